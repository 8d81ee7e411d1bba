"""Counts of people that give nobody away: by hand, over many keys, and as a reader tries them."""

from __future__ import annotations

import hmac
import re
import time
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from geo.measures.disclosure import (
    BOUND,
    VARIANCE,
    Cells,
    _p_table,
    headcount,
    perturbed,
    record_keys,
)

NAN = float("nan")
HALF = 2**31


def crowd(sizes: dict[str, int]) -> pd.DataFrame:
    """So many people at each place, each named twice."""
    rows = [(f"{place}{n:02d}", place) for place, size in sizes.items() for n in range(size)]
    return pd.DataFrame(rows * 2, columns=["person_id", "place"]).astype("str")


@pytest.fixture(scope="module")
def named() -> pd.DataFrame:
    """Two thousand rows of three hundred people, at twenty places in six years."""
    rng = np.random.default_rng(4)
    return pd.DataFrame(
        {
            "person_id": [f"p{n:03d}" for n in rng.integers(300, size=2_000)],
            "place": [f"a{n:02d}" for n in rng.integers(20, size=2_000)],
            "year": pd.array(rng.integers(2012, 2018, size=2_000), dtype="Int64"),
        }
    )


# ---- keys --------------------------------------------------------------------------------------


def test_everybody_has_one_key_whatever_the_order(named: pd.DataFrame) -> None:
    """The order of rows, how often somebody is in them, and who else is there change no key.

    The secret does; and a key is what the HMAC begins with.
    """
    people = named["person_id"]
    keys = record_keys(people, b"5")
    assert keys.index.tolist() == sorted(set(people))
    assert (keys.dtype, keys.index.name) == ("int64", "person_id")
    shuffled = people.sample(frac=1, random_state=1).drop_duplicates()
    pd.testing.assert_series_equal(record_keys(pd.Index(shuffled), b"5"), keys)
    assert not record_keys(people, b"6").equals(keys)
    known = hmac.new(b"5", b"p007", "sha256").hexdigest()
    assert keys["p007"] == int(known[:8], 16)
    more = pd.concat([people, pd.Series(["a", "q"], dtype="str")])
    pd.testing.assert_series_equal(record_keys(more, b"5")[keys.index], keys)
    gap = pd.concat([people, pd.Series([None], dtype="str")])
    pd.testing.assert_series_equal(record_keys(gap, b"5"), keys)


def test_keys_spread_evenly() -> None:
    """Sixteenths of the range hold a sixteenth of the keys, and none lies outside."""
    keys = record_keys(pd.Index([f"{n:05d}" for n in range(40_000)]), b"8")
    assert keys.between(0, 2**32 - 1).all()
    found = np.bincount(keys // 2**28, minlength=16) / len(keys)
    assert found == pytest.approx(np.full(16, 1 / 16), abs=0.006)


def test_keys_of_a_city_take_no_time() -> None:
    """31,000 people in less than 0.2 s of a processor."""
    people = pd.Index([f"p{n:020d}" for n in range(31_000)])
    before = time.process_time()
    record_keys(people, b"8" * 32)
    assert time.process_time() - before < 0.2


# ---- exact -------------------------------------------------------------------------------------


def test_people_are_counted_once_in_each_cell(named: pd.DataFrame) -> None:
    """As pandas counts different values, for one column and for two, as numbers with a point."""
    for by in (["place"], ["place", "year"]):
        theirs = named.groupby(by)["person_id"].nunique().astype("float64")
        pd.testing.assert_series_equal(headcount(named, by), theirs, check_names=False)
    found = headcount(crowd({"x": 2, "y": 1}), ["place"])
    assert (found.index.name, found.dtype, found.to_dict()) == (
        "place",
        "float64",
        {"x": 2, "y": 1},
    )


def test_a_row_without_a_place_or_a_person_is_left_out() -> None:
    """Nor has it a cell of its own; the other rows of the same person count."""
    table = pd.DataFrame(
        {"person_id": ["a", "a", "b", None, "c"], "place": ["x", None, "x", "x", None],
         "year": pd.array([2012, 2012, None, 2012, 2013], dtype="Int64")}
    )  # fmt: skip
    assert headcount(table, ["place"]).to_dict() == {"x": 2}
    assert headcount(table, ["year"]).to_dict() == {2012: 1, 2013: 1}
    assert headcount(table, ["place", "year"]).to_dict() == {("x", 2012): 1}
    nobody = headcount(table.iloc[:0], ["place"])
    assert (len(nobody), nobody.dtype) == (0, "float64")


# ---- rounded -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ([0, 0], NAN),
        ([HALF, 0, 0], 3),
        ([0, 0, 0, 0], 6),  # u = 0 is below 1/3
        ([HALF, 0, 0, 0], 3),  # a half is above
        ([HALF, 0, 0, 0, 0], 6),  # and below 2/3
        ([HALF, HALF - 1, 0, 0, 0], 3),  # hardly below one
        ([HALF, HALF, 0, 0, 0], 6),  # once around is nothing
        ([HALF + 5, HALF, 5, 7, 11, 13], 6),  # a multiple stays
    ],
)
def test_rounding_by_hand(keys: list[int], told: float) -> None:
    """To a multiple of 3, up where the keys' sum, as part of the range, is below n mod 3 / 3."""
    people = [f"p{n}" for n in range(len(keys))]
    table = pd.DataFrame({"person_id": people, "place": "x"})
    found = headcount(table, ["place"], pd.Series(keys, index=people), base=3)
    assert found.tolist() == pytest.approx([told], nan_ok=True)


@pytest.mark.parametrize("base", [2, 3, 5])
def test_rounding_is_unbiased(base: int) -> None:
    """Over five hundred seeds the mean is the true number, and each told is next to it."""
    sizes = {f"{n:02d}": n for n in range(1, 24)}
    table = crowd(sizes)
    told = pd.DataFrame(
        [
            headcount(table, ["place"], record_keys(table["person_id"], b"%d" % seed), base)
            for seed in range(500)
        ]
    )
    true = pd.Series(sizes, dtype="float64")
    few = true < base
    assert told.loc[:, few].isna().all(axis=None)
    enough = told.loc[:, ~few]
    assert (enough % base == 0).all(axis=None)
    assert (abs(enough - true[~few]) < base).all(axis=None)
    slack = 4.5 * base / 2 / np.sqrt(len(told))
    assert enough.mean().to_numpy() == pytest.approx(true[~few].to_numpy(), abs=slack)


def test_the_same_people_are_the_same_number(named: pd.DataFrame) -> None:
    """Whatever they are called together, and by which rows a reader came to them."""
    keys = record_keys(named["person_id"], b"3")
    here = headcount(named, ["place"], keys, base=3)
    other = named.assign(place="z" + named["place"], year=2012).sample(frac=1, random_state=2)
    other = pd.concat([other, other.drop_duplicates()])
    there = headcount(other, ["place", "year"], keys.sample(frac=1, random_state=1), base=3)
    assert there.tolist() == here.tolist()
    for place, told in here.items():
        alone = headcount(named[named["place"] == place], ["place"], keys, base=3)
        assert alone.to_dict() == {place: told}


def test_rows_in_another_order_change_nothing(named: pd.DataFrame) -> None:
    """Nor does another index."""
    keys = record_keys(named["person_id"], b"3")
    here = headcount(named, ["place", "year"], keys, base=3)
    shuffled = named.sample(frac=1, random_state=9)
    pd.testing.assert_series_equal(headcount(shuffled, ["place", "year"], keys, base=3), here)


@pytest.fixture(scope="module", params=[3, 5])
def one_by_one(request: pytest.FixtureRequest) -> tuple[int, pd.DataFrame]:
    """A base, and what is told, by many seeds, of the first n of some people, n being a column."""
    base = request.param
    people = [f"p{n:02d}" for n in range(4 * base)]
    growing = [(person, n + 1) for n in range(len(people)) for person in people[: n + 1]]
    table = pd.DataFrame(growing, columns=["person_id", "n"])
    seeds = [record_keys(pd.Index(people), b"%d" % seed) for seed in range(500)]
    return base, pd.DataFrame([headcount(table, ["n"], keys, base) for keys in seeds])


def test_a_number_never_says_how_many_there_are(one_by_one: tuple[int, pd.DataFrame]) -> None:
    """Each number told can come from 2b − 1 true ones, the first from b, and none from b − 1."""
    base, told = one_by_one
    came_from = {
        number: {n for n in told.columns if (told[n] == number).any()}
        for number in (base, 2 * base, 3 * base)
    }
    assert came_from == {
        base: set(range(base, 2 * base)),
        2 * base: set(range(base + 1, 3 * base)),
        3 * base: set(range(2 * base + 1, 4 * base)),
    }
    assert told.loc[:, : base - 1].isna().all(axis=None)


def test_one_person_less_moves_a_number_by_nothing_or_the_base(
    one_by_one: tuple[int, pd.DataFrame],
) -> None:
    """Up as well as down; and the number that stays can have had one person more or less."""
    base, told = one_by_one
    for less, n in pairwise(range(base, 4 * base + 1)):
        moved = set(told[n] - told[less])
        assert moved <= {0.0, base, -base}
        assert 0.0 in moved
        if less % base and n % base:
            assert moved == {0.0, base, -base}


def test_what_two_numbers_can_tell() -> None:
    """The known limit: who knows that two cells differ by one person, and sees them differ.

    With 6 told without somebody and 3 told with, there must be four without and five with.
    """
    people = [f"p{n}" for n in range(9)]
    found: dict[tuple[float, float], set[int]] = {}
    for seed in range(300):
        keys = record_keys(pd.Index(people), b"%d" % seed)
        told = [
            headcount(pd.DataFrame({"person_id": people[:n], "x": 1}), ["x"], keys, 3).iloc[0]
            for n in range(3, 9)
        ]
        for n, pair in enumerate(pairwise(told), start=4):
            found.setdefault(pair, set()).add(n)
    assert found[(3, 3)] == {4, 5}
    assert found[(6, 6)] == {5, 6, 7, 8}
    assert found[(3, 6)] == {4, 5, 6}
    assert found[(6, 3)] == {5}


def test_rounding_needs_a_key_of_everybody() -> None:
    """Without keys, or with somebody's missing, nothing is told."""
    table = crowd({"x": 2})
    sentence = "To round to a multiple of 3, give keys, as record_keys makes them."
    with pytest.raises(ValueError, match=rf"^{re.escape(sentence)}$"):
        headcount(table, ["place"], base=3)
    sentence = "'x01' has no key: make keys of everybody whom the atlas names."
    with pytest.raises(ValueError, match=rf"^{re.escape(sentence)}$"):
        headcount(table, ["place"], record_keys(pd.Index(["x00"]), b"1"), base=3)
    keys = record_keys(pd.Index(["x00"]), b"1")
    assert headcount(table, ["place"], keys).to_dict() == {"x": 2}


# ---- moved -------------------------------------------------------------------------------------


def moved(sizes: dict[str, int], seeds: range, least: int = 1) -> pd.DataFrame:
    """What is told of so many people at each place, by many secrets."""
    table = crowd(sizes)
    return pd.DataFrame(
        [
            perturbed(table, ["place"], record_keys(table["person_id"], b"%d" % seed), least)
            for seed in seeds
        ]
    )


def test_noise_is_bounded_unbiased_and_as_wide_as_said() -> None:
    """Over two thousand secrets: within 5, mean 0, variance 4, for few people and many.

    None is negative, and every move that the bound allows is made.
    """
    sizes = {f"{n:02d}": n for n in (1, 2, 3, 4, 5, 12, 60)}
    told = moved(sizes, range(2_000))
    for place, n in sizes.items():
        noise = told[place].fillna(0) - n  # 0 is not told, and nothing else is untold
        assert (noise.min(), noise.max()) == (-min(n, BOUND), BOUND)
        assert set(noise) == set(range(-min(n, BOUND), BOUND + 1))
        assert noise.mean() == pytest.approx(0, abs=4 * 2 / np.sqrt(2_000))
        assert noise.var() == pytest.approx(VARIANCE, rel=0.15)


def test_probabilities_fall_away_from_the_true_number() -> None:
    """Of many people: even to both sides, each further step less likely, a normal curve cut off.

    The greatest entropy under a bound and a variance has probabilities whose logarithms have
    second differences that are all alike.
    """
    noise = moved({"x": 40}, range(4_000))["x"] - 40
    share = noise.value_counts(normalize=True).sort_index()
    assert share.loc[-2:2].tolist() == pytest.approx([0.122 * s for s in
        (1, 1.424, 1.602, 1.424, 1)], abs=0.022)  # fmt: skip
    exact = np.diff(_p_table()[-1], prepend=0)
    assert exact == pytest.approx(exact[::-1])
    bends = np.diff(np.log(exact), n=2)
    assert bends == pytest.approx(np.full(len(bends), bends[0]), rel=1e-4)


def test_every_row_of_the_table_keeps_mean_and_variance() -> None:
    """Probabilities of all moves add up to 1, with mean 0 and variance 4; nobody is not moved."""
    moves = np.arange(-BOUND, BOUND + 1)
    rows = np.diff(_p_table(), prepend=0, axis=1)
    assert rows.sum(axis=1) == pytest.approx(np.ones(BOUND + 1))
    assert rows @ moves == pytest.approx(np.zeros(BOUND + 1), abs=1e-7)
    assert rows @ moves**2 == pytest.approx([0] + [VARIANCE] * BOUND, abs=1e-7)
    assert [(row > 0).argmax() for row in rows] == [5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize("least", [3, 5])
def test_few_are_not_told_and_cannot_be_told_from_nobody(least: int) -> None:
    """Neither where there are fewer, nor where the noise makes them fewer."""
    told = moved({f"{n}": n for n in range(1, 9)}, range(300), least)
    assert told.loc[:, [f"{n}" for n in range(1, least)]].isna().all(axis=None)
    assert (told.min() >= least)[[f"{n}" for n in range(least, 9)]].all()
    assert told[f"{least}"].isna().any()


def test_the_same_people_are_moved_alike(named: pd.DataFrame) -> None:
    """In every table, whatever the fewest told of, the order of rows, and who else there is."""
    keys = record_keys(named["person_id"], b"3")
    here = perturbed(named, ["place"], keys, 3)
    pd.testing.assert_series_equal(perturbed(named.sample(frac=1), ["place"], keys, 3), here)
    pd.testing.assert_series_equal(perturbed(named, ["place"], keys, 1), here)
    for place, told in here.items():
        alone = named[named["place"] == place].assign(year=1)
        assert perturbed(alone, ["year"], keys, 3).tolist() == [told]
        some = Cells(named, ["year"], keys, 3)
        there = some.perturbed(some.having(named["place"] == place))
        assert there.equals(perturbed(named[named["place"] == place], ["year"], keys, 3))


def test_noise_needs_a_key_of_everybody() -> None:
    """As rounding does; without keys numbers are exact where that is asked for."""
    sentence = "'x01' has no key: make keys of everybody whom the atlas names."
    with pytest.raises(ValueError, match=rf"^{re.escape(sentence)}$"):
        perturbed(crowd({"x": 2}), ["place"], record_keys(pd.Index(["x00"]), b"1"))
    assert Cells(crowd({"x": 2}), ["place"]).perturbed().to_dict() == {"x": 2}


# ---- parts of cells ----------------------------------------------------------------------------


def test_a_part_is_told_like_a_cell_of_its_own(named: pd.DataFrame) -> None:
    """People with a row of some kind: as if the others were not there."""
    keys = record_keys(named["person_id"], b"3")
    early = named["year"] < 2014
    for base in (1, 3):
        cells = Cells(named, ["place"], keys, base)
        alone = headcount(named[early], ["place"], keys, base)
        pd.testing.assert_series_equal(cells.count(cells.having(early)), alone)
        pd.testing.assert_series_equal(cells.count(), headcount(named, ["place"], keys, base))


def test_nobody_is_none_only_where_numbers_are_exact() -> None:
    """Else nobody and few look alike."""
    table = crowd({"x": 4, "y": 4})
    keys = record_keys(table["person_id"], b"3")
    nobody = np.zeros(len(table), dtype=bool)
    exact, rounded = (Cells(table, ["place"], keys, base) for base in (1, 3))
    assert exact.count(exact.having(nobody)).to_dict() == {"x": 0, "y": 0}
    assert rounded.count(rounded.having(nobody)).isna().all()
