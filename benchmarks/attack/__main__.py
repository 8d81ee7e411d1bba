"""`make attack`: everything that was promised, attacked, as a table; 1 if anything gave way."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.attack import bits, blocks, crowd, fuzz, kills, reconstruction, walk
from benchmarks.attack.rows import Row, table


def main(arguments: list[str] | None = None) -> int:
    """Attack, print, and tell by the exit code whether everything held."""
    parts = _parts()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.attack", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(parts)}; default: all"
    )
    parser.add_argument("--quick", action="store_true", help="a little of each")
    parser.add_argument("--seed", type=int, default=fuzz.SEED, help="of the fuzzed requests")
    parser.add_argument("--failures", type=Path, metavar="FILE", help="for requests that failed")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.parts if name not in parts]:
        parser.error(f"there is no part {', '.join(unknown)}: choose {', '.join(parts)}")
    rows: list[Row] = []
    for name in given.parts or parts:
        print(f"{name} …", file=sys.stderr, flush=True)
        rows += parts[name](given)
    print(table(rows))
    missed = [row for row in rows if not row.met]
    print(f"{len(rows) - len(missed)} of {len(rows)} held.")
    return 1 if missed else 0


def _parts() -> dict[str, Callable[[argparse.Namespace], list[Row]]]:
    """Name of each attack -> how it is run, as the command line asks for it."""
    return {
        "fuzz": lambda given: fuzz.run(
            500 if given.quick else fuzz.COUNT, given.seed, given.failures
        ),
        "crowd": lambda given: crowd.run(10, 10) if given.quick else crowd.run(),
        "blocks": lambda given: blocks.run(("11545",) if given.quick else ()),
        "reconstruction": lambda given: reconstruction.run(),
        "kills": lambda given: kills.run(20 if given.quick else kills.COUNT),
        "bits": lambda given: bits.run(50 if given.quick else bits.COUNT),
        "walk": lambda given: walk.run(20 if given.quick else None),
    }


if __name__ == "__main__":
    sys.exit(main())
