"""Make lists, read them, and print what became of them."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from tqdm import tqdm

from benchmarks.lists.office import SEED, Office
from benchmarks.lists.trial import SET_ASIDE, WITHOUT_QUESTION, Tally, Trial
from geo import boundaries

COUNT = 10_000
TOLD = 15
"""Reasons for questions, the most frequent first."""


def main(arguments: list[str] | None = None) -> int:
    """1 where a value is wrong, or too many lists end in a question or rows are set aside."""
    given = _parser().parse_args(arguments)
    areas = boundaries.load()
    office = Office(areas, given.seed)
    if given.keep is not None:
        given.keep.mkdir(parents=True, exist_ok=True)
    start = perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        some = tqdm(office.made(given.first, given.count), total=given.count, disable=None)
        tally = Trial(Path(folder), areas).run(some)
    for wrong in tally.wrong:
        print(wrong)
        if given.keep is not None:
            (given.keep / wrong.file).write_bytes(office.write(wrong.number).content)
    for why, times in tally.why.most_common(TOLD):
        print(f"  {times:,} × {why} (first in list {tally.where[why]})")
    print(_sums(tally, perf_counter() - start))
    is_good = not tally.wrong and tally.share >= WITHOUT_QUESTION
    return int(not is_good or tally.aside > SET_ASIDE * tally.rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lists", description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=COUNT, help="how many to make")
    parser.add_argument("--first", type=int, default=0, help="the number of the first")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--keep", type=Path, help="a folder for the files that come back wrong")
    return parser


def _sums(tally: Tally, seconds: float) -> str:
    wrong = len({one.number for one in tally.wrong})
    return (
        f"{tally.tables:,} lists in {seconds:,.0f} s: {tally.read:,} read without a question "
        f"({tally.share:.1%}), {tally.asked:,} with one, {tally.refused:,} refused; "
        f"{wrong:,} with a wrong value. {tally.rows:,} rows, {tally.aside:,} of them set aside."
    )


if __name__ == "__main__":
    sys.exit(main())
