"""Maeul Atlas: `python app.py` serves the atlas, `python app.py export` makes files of a briefing.

Settings come from the environment.
"""

from __future__ import annotations

import argparse
import http.client
import os
import resource
import signal
import socket
import sys
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

from dashboard.briefing import ENDINGS
from dashboard.settings import PREFIX, BadSetting, Settings, describe, read_settings
from geo import files
from geo.errors import MaeulError

MOST_OPEN = 10_000
"""Files and connections of one worker, where the system allows as many."""
LOOK_S = 0.1
"""Between two looks whether a worker answers."""
SERVED = "Maeul Atlas: {}"
SLOWEST_WORKER_S = 60
"""One that says nothing for longer is started again; a busy machine may start it slowly."""


class BadExport(MaeulError):
    """A file that cannot be read, or is not to be written."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted, or export.

    Returns:
        2 for a wrong setting, snapshot or file; 130 if the process that serves is interrupted, 0
        if it has workers, which end first.
    """
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
    except KeyboardInterrupt:
        return 130
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
    files.try_out(given.out)
    made = _made(given, content, settings)
    files.put(given.out, made)
    print(f"{given.out}: {len(made) / 1e6:.1f} MB")


def _made(given: argparse.Namespace, content: bytes, settings: Settings) -> bytes:
    """The file, with warnings and progress for whoever waits."""
    from tqdm import tqdm

    from dashboard.briefing import telling
    from dashboard.briefing.files import read
    from dashboard.server import opened

    atlas = opened(settings)
    briefing, warnings = read(content, atlas.queries.choices)
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


def _allow_connections() -> None:
    """Every reader holds up to six, for minutes; many systems allow 1,024 files unless asked."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, MOST_OPEN)), hard))


def _say_when_up(settings: Settings) -> None:
    """Say where the atlas is once a worker answers: they take a while."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)
    while True:
        connection = http.client.HTTPConnection(host, settings.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()  # whatever it says: a refusal is of a worker too
        except (OSError, http.client.HTTPException):
            time.sleep(LOOK_S)
        else:
            print(SERVED.format(settings.address), flush=True)
            return
        finally:
            connection.close()


def serve(settings: Settings) -> None:
    """Open the snapshot once here, so that a broken one stops the start; then serve it.

    Every worker opens that very snapshot, whatever is current when it is started.
    """
    import uvicorn

    from dashboard import memory
    from dashboard.server import STARTED, build
    from dashboard.serving.protocol import OPTIONS
    from dashboard.work import processes
    from geo.atlas import Atlas

    memory.give_back()
    several = settings.workers > 1
    _check_free(settings)
    _allow_connections()
    # Held until the end, so that `prune` leaves it to workers that are started again.
    held = Atlas.open(settings.atlas)
    settings = settings.model_copy(update={"atlas": held.path})
    os.environ[f"{PREFIX}ATLAS"] = str(settings.atlas)  # which workers read
    served: Any = build(settings, processes(settings.workers))
    os.environ[STARTED] = served.state.snapshot
    if token := settings.token.get_secret_value():
        os.environ[f"{PREFIX}TOKEN"] = token  # the workers must have the same
    if several:
        served = "dashboard.server:from_environment"  # what was tried goes; workers have their own
        threading.Thread(target=_say_when_up, args=(settings,), daemon=True).start()
    else:
        print(SERVED.format(settings.address), flush=True)
    memory.settle()
    uvicorn.run(
        served,
        factory=several,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        timeout_worker_healthcheck=SLOWEST_WORKER_S,
        **OPTIONS,
    )


if __name__ == "__main__":
    sys.exit(main())
elif __name__ == "__mp_main__":
    # A process that still starts: the first one hears an interruption too, and ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
