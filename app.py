"""Maeul Atlas: `python app.py` serves the atlas, `python app.py export` makes files of a briefing.

Settings come from the environment.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
from datetime import date
from pathlib import Path

from dashboard.briefing import ENDINGS
from dashboard.settings import BadSetting, Settings, describe, read_settings
from geo.errors import MaeulError


class BadExport(MaeulError):
    """A file that cannot be read, or cannot be written."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted, or export; 2 for a wrong setting, snapshot or file."""
    given = _parser().parse_args(arguments)
    try:
        settings = read_settings()
        if given.command == "export":
            export(given, settings)
        else:
            serve(settings)
    except MaeulError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python app.py",
        description="Serve the Maeul Atlas in a browser, or make a file of a briefing.",
        epilog=f"settings, from the environment:\n{describe()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    told = "make a file of a briefing, without a window"
    commands = parser.add_subparsers(dest="command", metavar="export")
    one = commands.add_parser("export", help=told, description=told.capitalize() + ".")
    one.add_argument("briefing", type=Path, metavar="BRIEFING", help="its TOML file")
    one.add_argument("--to", required=True, choices=ENDINGS, help="png: a ZIP of pictures")
    one.add_argument("--out", required=True, type=Path, metavar="FILE", help="where to write it")
    one.add_argument("--lang", choices=("ko", "en"), default="ko", help="default: ko")
    one.add_argument(
        "--template", type=Path, metavar="FILE", help="with pptx: slides of one's own to build on"
    )
    return parser


def export(given: argparse.Namespace, settings: Settings) -> None:
    """A briefing's file made into another; the new one takes its place only when it is whole."""
    _check_files(given)
    content = _content(given.briefing)
    beside = given.out.resolve().with_name(f".{given.out.name}.{os.getpid()}")
    try:
        _put(given.out, beside)
        made = _made(given, content, settings)
        _put(given.out, beside, made)
    finally:
        beside.unlink(missing_ok=True)
    print(f"{given.out}: {len(made) / 1e6:.1f} MB")


def _made(given: argparse.Namespace, content: bytes, settings: Settings) -> bytes:
    """The file, with warnings and progress for whoever waits."""
    from tqdm import tqdm

    from dashboard.briefing import files, telling
    from dashboard.server import opened

    atlas = opened(settings)
    briefing, warnings = files.read(content, atlas.queries.choices)
    for warning in warnings:
        print(warning, file=sys.stderr)
    with tqdm(total=2 * len(briefing.scenes), file=sys.stderr, leave=False) as bar:
        return telling.export(
            briefing,
            atlas.sheets,
            atlas.shapes,
            given.to,
            given.lang,
            date.today(),
            given.template,
            lambda done, _: bar.update(done - bar.n) and None,
        )


def _check_files(given: argparse.Namespace) -> None:
    """Refuse what cannot come to anything before minutes are spent on it."""
    ending = f".{ENDINGS[given.to]}"
    if given.out.is_dir():
        raise BadExport(f"--out {given.out}: this is a directory. Name a file in it.")
    if given.out.exists() and not given.out.is_file():
        raise BadExport(f"--out {given.out}: this is no ordinary file. Name another.")
    if given.out.suffix.lower() != ending:
        raise BadExport(f"--out {given.out}: --to {given.to} makes a file that ends in {ending}.")
    if given.template and given.to != "pptx":
        raise BadExport(f"--template {given.template}: only --to pptx takes a template.")
    if given.template and not given.template.is_file():
        raise BadExport(f"--template {given.template}: there is no such file.")


def _content(path: Path) -> bytes:
    from dashboard.briefing.files import LARGEST

    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)  # more is refused anyway
    except OSError as error:
        raise BadExport(f"{path}: cannot be read ({error.strerror}). Name a briefing.") from error


def _put(path: Path, beside: Path, content: bytes | None = None) -> None:
    """Write beside the file and take its place; without content only see whether one could."""
    try:
        beside.write_bytes(content or b"")
        if content is not None:
            beside.replace(path.resolve())
    except OSError as error:
        raise BadExport(f"--out {path}: cannot be written ({error.strerror}).") from error


def _check_free(settings: Settings) -> None:
    """Refuse an address that cannot be had before anything says that it is served."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise BadSetting(
            f"MAEUL_HOST={settings.host} MAEUL_PORT={settings.port}: cannot be served "
            f"({error.strerror}). Is another atlas running? Choose another port, "
            "for example MAEUL_PORT=8051."
        ) from error


def serve(settings: Settings) -> None:
    """Open the snapshot once here, so that a broken one stops the start; then serve it."""
    import uvicorn

    from dashboard.server import build
    from dashboard.work import processes

    several = settings.workers > 1
    _check_free(settings)
    application = build(settings, processes(settings.workers))
    print(f"Maeul Atlas: http://{settings.host}:{settings.port}", flush=True)
    uvicorn.run(
        "dashboard.server:from_environment" if several else application,
        factory=several,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        log_level="warning",
        server_header=False,
    )


if __name__ == "__main__":
    sys.exit(main())
