"""A secret's file: made once, private, whole; whatever is in its place is named with a remedy."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from geo import private_key as module
from geo.private_key import BadKey, fingerprint, private_key

OTHER = "or name another file with MAEUL_SECRET."
NO_KEY = f"{{}} is no key of 64 hexadecimal digits: bring back the one that it was, {OTHER}"


def key(path: Path) -> bytes:
    """The secret of a file that is not in the atlas."""
    return private_key(path, path.parent / "atlas", "MAEUL_SECRET")[0]


def refused(path: Path) -> str:
    """What is said of a file that will not do."""
    with pytest.raises(BadKey) as caught:
        key(path)
    return str(caught.value)


def test_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    """Mode 600 in a folder of mode 700, nothing beside it; then it is read."""
    path, atlas = tmp_path / "maeul" / "rounding.key", tmp_path / "atlas"
    secret, made = private_key(path, atlas, "MAEUL_SECRET")
    assert (len(secret), made) == (32, True)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert list(path.parent.iterdir()) == [path]
    assert private_key(path, atlas, "MAEUL_SECRET") == (secret, False)
    other = key(tmp_path / "other")
    assert other != secret
    assert fingerprint(other) != fingerprint(secret)
    assert len(fingerprint(secret)) == 12


def test_who_starts_at_once_has_the_same_key(tmp_path: Path) -> None:
    """Six processes find no file; one of them makes it, and all go on with that."""
    script = (
        "import sys, pathlib; from geo.private_key import private_key; sys.stdin.readline(); "
        "secret, made = private_key(pathlib.Path(sys.argv[1]), pathlib.Path('data'), 'S'); "
        "print(secret.hex(), made)"
    )
    many = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path / "keys" / "key")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(6)
    ]  # fmt: skip
    for one in many:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    said = [one.communicate(timeout=60)[0].split() for one in many]
    assert len({secret for secret, _ in said}) == 1
    assert sorted(made for _, made in said) == ["False"] * 5 + ["True"]
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["key"]


def link(path: Path) -> None:
    path.with_name("real").write_text("ab" * 32)
    path.symlink_to(path.with_name("real"))


def loop(path: Path) -> None:
    path.symlink_to(path)


def content(text: str) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        path.write_text(text)
        path.chmod(0o600)

    return write


@pytest.mark.parametrize(
    ("put", "sentence"),
    [
        (link, "{} is a link: name the file itself with MAEUL_SECRET, or remove the link."),
        (loop, "{} is a link: name the file itself with MAEUL_SECRET, or remove the link."),
        (lambda path: path.symlink_to("nowhere"),
         "{} is a link: name the file itself with MAEUL_SECRET, or remove the link."),
        (Path.mkdir, "{} is no ordinary file: name another with MAEUL_SECRET."),
        (os.mkfifo, "{} is no ordinary file: name another with MAEUL_SECRET."),
        (content(""), NO_KEY),
        (content("ab" * 31), NO_KEY),
        (content("ab" * 100), NO_KEY),
        (content("\0" * 64), NO_KEY),
    ],
)  # fmt: skip
def test_what_is_no_key_is_named_and_left_alone(
    tmp_path: Path, put: Callable[[Path], None], sentence: str
) -> None:
    """Links lead nowhere, a pipe keeps nobody waiting, and nothing new lies in the folder."""
    path = tmp_path / "key"
    put(path)
    before = sorted(tmp_path.iterdir())
    assert refused(path) == sentence.format(path)
    assert sorted(tmp_path.iterdir()) == before
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_leads_nowhere_is_told_of(tmp_path: Path) -> None:
    """Linked in a circle, or the home of somebody without one."""
    loop(tmp_path / "folder")
    path = tmp_path / "folder" / "key"
    assert refused(path) == (
        f"{path} cannot be found (Symlink loop from {str(path)!r}): name another file with "
        "MAEUL_SECRET."
    )
    assert refused(Path("~nobody-of-this-name/key")) == (
        "~nobody-of-this-name/key cannot be found (Could not determine home directory.): name "
        "another file with MAEUL_SECRET."
    )


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_or_write_is_refused(tmp_path: Path, mode: int) -> None:
    """Group or everybody."""
    path = tmp_path / "key"
    key(path)
    path.chmod(mode)
    assert refused(path) == f"Others may read {path}: run `chmod 600 {path}`."


def test_a_key_inside_the_atlas_is_refused(tmp_path: Path) -> None:
    """It would be handed on with it."""
    path = tmp_path / "atlas" / "keys" / "key"
    with pytest.raises(BadKey) as caught:
        private_key(path, tmp_path / "atlas", "MAEUL_SECRET")
    assert str(caught.value) == (
        f"{path} is inside the atlas: keep the key elsewhere, with MAEUL_SECRET."
    )
    assert not path.parent.exists()


@pytest.mark.parametrize("fails", ["mkdir", "mkstemp", "fsync", "link"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_disk_that_takes_no_key_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str, code: int
) -> None:
    """A full one, a read-only one, a forbidden one: at every step a sentence, and nothing left."""

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    where = {"mkdir": Path, "mkstemp": module.tempfile, "fsync": os, "link": os}[fails]
    monkeypatch.setattr(where, fails, fail)
    path = tmp_path / "key"
    assert refused(path) == (
        f"{path}: no key can be made there ({os.strerror(code)}). Name a file in a place that can "
        "be written, with MAEUL_SECRET."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_cannot_be_read_is_told_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another's file, or one below something that is no folder."""
    path = tmp_path / "key"
    key(path)

    def denied(*_: object) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", denied)
        assert refused(path) == (
            f"{path} cannot be read (Permission denied): let whoever runs this read it, {OTHER}"
        )
    assert refused(path / "below") == (
        f"{path / 'below'}: no key can be made there (File exists). Name a file in a place that "
        "can be written, with MAEUL_SECRET."
    )
