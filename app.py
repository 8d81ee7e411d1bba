"""Maeul Atlas: `python app.py` serves the atlas; settings come from the environment."""

from __future__ import annotations

import argparse
import socket
import sys

from dashboard.settings import BadSetting, Settings, describe, read_settings
from geo.errors import MaeulError


def main() -> int:
    """Serve until interrupted; 2 for a wrong setting or snapshot."""
    argparse.ArgumentParser(
        prog="python app.py",
        description="Serve the Maeul Atlas in a browser.",
        epilog=f"settings, from the environment:\n{describe()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    try:
        settings = read_settings()
        serve(settings)
    except MaeulError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


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

    several = settings.workers > 1
    _check_free(settings)
    application = build(settings)
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
