"""`make bench`: every budget of the design beside what this machine takes."""

from __future__ import annotations

import sys

from benchmarks import browser, exports, intake, measures, server
from benchmarks.figures import Figure
from tests.browser import chromium


def main() -> int:
    """Measure, print, and tell by the exit code whether all budgets were met."""
    path = chromium.find()
    if path is None:
        print(chromium.MISSING, file=sys.stderr)
        return 2
    figures = _told([server.start()])
    with chromium.serve() as served:
        with chromium.launch(path) as opened:
            for measure in (
                browser.opening,
                browser.changing,
                browser.playing,
                browser.asking,
                browser.revealing,
            ):
                figures += _told(measure(opened, served.address))
        figures += _told(server.answers(served))
        figures += _told(server.networks(served))
        figures += _told(server.accounts(served))
        figures += _told([server.memory(served)])
    figures += _told(server.beside())
    figures += _told(measures.many_groups())
    figures += _told(intake.taking_in())
    figures += _told(exports.exporting())
    missed = [figure for figure in figures if not figure.met]
    print(f"{len(figures) - len(missed)} of {len(figures)} budgets met.")
    return 1 if missed else 0


def _told(figures: list[Figure]) -> list[Figure]:
    for figure in figures:
        print(figure, flush=True)
    return figures


if __name__ == "__main__":
    sys.exit(main())
