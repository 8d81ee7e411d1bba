"""Maeul Atlas: `python app.py` serves the atlas; settings come from the environment."""

from __future__ import annotations

import argparse
import sys

from dashboard.settings import Settings, describe, read_settings
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


def serve(settings: Settings) -> None:
    """Open the snapshot once here, so that a broken one stops the start; then serve it."""
    import uvicorn

    from dashboard.server import build

    several = settings.workers > 1
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
