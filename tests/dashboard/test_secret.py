"""The secret that rounds figures of people: the same in every edition, process and worker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import app
from dashboard.queries import Analyses, Queries
from dashboard.secret import kept_as, secret_of
from dashboard.settings import Settings
from dashboard.state import parse
from geo.atlas import Atlas, publish
from geo.boundaries import Boundaries
from geo.private_key import OPEN_KEY, BadKey
from geo.schema import Audience, Provenance

ROOT = Path(__file__).parent.parent.parent
EDITIONS = 24


def people_of(group: str, count: int) -> list[tuple[str, str]]:
    return [(group, f"{group}-{number:03d}") for number in range(count)]


def edition(number: int, out: Path, seoul: Boundaries) -> Atlas:
    """A hundred people of one district in 2013; in each edition one group of 2012 more."""
    earlier = ["old", *(f"g{one:02d}" for one in range(number))]
    groups = pd.DataFrame(
        {
            "group_id": ["here", *earlier],
            "name": ["여기", *earlier],
            "category": "청년",
            "district_code": ["11305", *["11440"] * len(earlier)],
        }
    )
    applications = pd.DataFrame(
        {
            "application_id": groups["group_id"],
            "group_id": groups["group_id"],
            "year": ["2013", *["2012"] * len(earlier)],
            "outcome": "selected",
            "programme": "씨앗",
        }
    )
    named = people_of("here", 100) + [pair for group in earlier for pair in people_of(group, 5)]
    memberships = pd.DataFrame(named, columns=["application_id", "person_id"])
    memberships["role"] = "member"
    place = memberships.index
    people = pd.DataFrame(
        {
            "person_id": memberships["person_id"],
            "gender": ["female" if n % 3 else "male" for n in place],
            "birth_year": [str(1940 + n % 50) for n in place],
        }
    )
    told = {"groups": groups, "applications": applications, "memberships": memberships,
            "people": people}  # fmt: skip
    return publish(told, out, seoul, name="town", made_from="t")


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory, seoul: Boundaries) -> list[Atlas]:
    out = tmp_path_factory.mktemp("editions") / "atlas"
    return [edition(number, out, seoul) for number in range(EDITIONS)]


def settings(atlas: Atlas, folder: Path, **more: object) -> Settings:
    given = {"atlas": atlas.path, "cache": folder / "cache", "secret": folder / "keys" / "key"}
    return Settings.model_validate(given | more)


def figures(atlas: Atlas, folder: Path) -> pd.DataFrame:
    """What a public audience is told of the hundred: gender and age, newcomers."""
    queries = Queries(atlas)
    analyses = Analyses.of(queries, None, secret_of(atlas, settings(atlas, folder)))
    found = []
    for view in ("composition", "emergence"):
        state, notices = parse(f"view={view}&year=2013&level=district", queries.choices)
        assert notices == ()
        found.append(analyses.accounts.account(state).rows.loc[[(2013, "11305")]])
    return pd.concat(found, axis=1)


def test_every_edition_tells_the_same_people_alike(editions: list[Atlas], tmp_path: Path) -> None:
    """Twenty-four editions with one group more each: averaging them gives nothing."""
    first = figures(editions[0], tmp_path)
    assert len({atlas.hash for atlas in editions}) == EDITIONS
    assert first["women"].notna().all()
    for atlas in editions[1:]:
        pd.testing.assert_frame_equal(figures(atlas, tmp_path), first)
    (tmp_path / "keys" / "key").unlink()
    others = pd.concat([figures(editions[0], tmp_path / str(n)) for n in range(8)])
    assert others["women"].nunique() > 1  # with other secrets they would differ


def test_another_process_tells_the_same(editions: list[Atlas], tmp_path: Path) -> None:
    """Another machine with a copy of the file, whatever Python's own hashes are seeded with."""
    here = figures(editions[3], tmp_path)
    script = (
        "import sys, pathlib; from tests.dashboard.test_secret import figures; "
        "from geo.atlas import Atlas; "
        "print(figures(Atlas.open(pathlib.Path(sys.argv[1])), pathlib.Path(sys.argv[2])).to_csv())"
    )
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", script, str(editions[3].path), str(tmp_path)],
            cwd=ROOT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert there.stdout == f"{here.to_csv()}\n"


def test_a_secret_is_told_of_once(
    editions: list[Atlas], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where it is and what becomes of figures without it, when it is made and never after."""
    given = settings(editions[0], tmp_path)
    secret = secret_of(editions[0], given)
    assert capsys.readouterr().err == (
        f"A secret was made in {given.secret}: it decides how figures of people are rounded. Keep "
        "it, and copy it to every machine that serves this atlas. If it is lost, a new one rounds "
        "otherwise, and who has the figures of both could average them.\n"
    )
    assert secret_of(editions[0], given) == secret
    assert capsys.readouterr().err == ""


def test_tables_of_another_secret_are_told_of(
    editions: list[Atlas], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A lost key, made anew, is noticed by what the cache keeps of the same atlas."""
    given = settings(editions[0], tmp_path)
    kept = kept_as(editions[0].hash, Audience.PUBLIC, 3, secret_of(editions[0], given))
    (given.cache / f"{kept}-0123456789ab").mkdir(parents=True)
    capsys.readouterr()
    secret_of(editions[0], given)
    assert capsys.readouterr().err == ""
    given.secret.unlink()
    secret_of(editions[0], given)
    assert capsys.readouterr().err.splitlines()[1:] == [
        f"Tables in {given.cache} were made of this atlas with another secret than that of "
        f"{given.secret}, so figures of people are rounded otherwise than before. If there is a "
        "copy of the earlier one, name it with MAEUL_SECRET."
    ]


def test_nobody_real_needs_no_secret(
    sample: Atlas, editions: list[Atlas], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sample is rounded alike everywhere, and an internal audience not at all."""
    assert secret_of(sample, settings(sample, tmp_path)) == OPEN_KEY
    internal = settings(editions[0], tmp_path, audience="internal")
    assert secret_of(editions[0], internal) == OPEN_KEY
    assert (capsys.readouterr().err, list(tmp_path.iterdir())) == ("", [])
    with pytest.raises(ValueError, match=r"^For a public audience real people take a secret, as"):
        Analyses.of(Queries(editions[0]), None)


def test_tables_are_kept_by_the_secret_that_made_them() -> None:
    """Another secret, another folder; what an internal audience reads hangs on none."""
    one, other = (kept_as("hash", Audience.PUBLIC, 3, secret) for secret in (b"1", b"2"))
    assert one != other
    assert one.startswith("hash-public-3-")
    assert kept_as("hash", Audience.INTERNAL, 1, b"1") == "hash-internal-1"


@pytest.mark.parametrize("workers", ["1", "3"])
def test_the_start_stops_at_a_secret_that_will_not_do(
    editions: list[Atlas],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    workers: str,
) -> None:
    """Before anything is served or any worker starts: a sentence and exit 2."""
    (tmp_path / "key").symlink_to(tmp_path / "elsewhere")
    for name, value in {"ATLAS": editions[0].path, "SECRET": tmp_path / "key", "WORKERS": workers,
                        "CACHE": tmp_path / "cache", "PORT": "18962"}.items():  # fmt: skip
        monkeypatch.setenv(f"MAEUL_{name}", str(value))
    assert app.main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"{tmp_path / 'key'} is a link: name the file itself with MAEUL_SECRET, or remove the "
        "link.\n"
    )


def test_one_real_group_is_enough_for_a_secret(seoul: Boundaries, tmp_path: Path) -> None:
    """An atlas that is called simulated may hold some that are not; the open key is not theirs."""
    atlas = edition(1, tmp_path / "atlas", seoul)
    groups = atlas.groups.assign(provenance=["simulated", *["imported"] * (len(atlas.groups) - 1)])
    tables = {name: getattr(atlas, name) for name in ("applications", "people", "memberships")}
    mixed = publish(
        {"groups": groups, **tables}, tmp_path / "mixed", seoul, name="mixed", made_from="t",
        provenance=Provenance.SIMULATED,
    )  # fmt: skip
    assert mixed.manifest.provenance == "simulated"
    assert secret_of(mixed, settings(mixed, tmp_path)) != OPEN_KEY
    assert (tmp_path / "keys" / "key").is_file()
    with pytest.raises(ValueError, match=r"^For a public audience real people take a secret"):
        Analyses.of(Queries(mixed), None)


def test_a_secret_inside_the_atlas_is_refused_wherever_the_snapshot_lies(
    editions: list[Atlas],
) -> None:
    """The atlas is handed on as a whole, though one snapshot of it is served."""
    atlas = editions[0]
    inside = atlas.home / "rounding.key"
    with pytest.raises(BadKey) as refused:
        secret_of(atlas, settings(atlas, atlas.home, secret=inside))
    assert str(refused.value) == (
        f"{inside} is inside the atlas: keep the key elsewhere, with MAEUL_SECRET."
    )
    assert not inside.exists()


def test_a_process_that_is_started_later_makes_no_secret(
    editions: list[Atlas], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would round otherwise than the first."""
    monkeypatch.setattr("multiprocessing.parent_process", lambda: "the first")
    chosen = settings(editions[0], tmp_path)
    with pytest.raises(BadKey) as refused:
        secret_of(editions[0], chosen)
    assert str(refused.value) == (
        f"{chosen.secret} is gone since the start: bring it back, then start again."
    )
