"""Several bureaus support the same groups: how often, and how often by chance."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from geo.measures.duplication import doubled, matrix

COLUMNS = ["group_id", "supporter", "outcome", "amount_krw"]
WON = {"money": "int64", "doubled_money": "int64"}


def applied(rows: list[tuple[object, ...]], year: int = 2013) -> pd.DataFrame:
    """Applications of one year, as an atlas has them."""
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["application_id"] = [f"a{number}" for number in range(len(frame))]
    return frame.assign(year=year).astype({"amount_krw": "Int64", "year": "Int64"})


def drawn(
    rng: np.random.Generator, groups: int, years: int, rates: dict[str, float], asking: float
) -> pd.DataFrame:
    """Years in which groups ask some of the supporters, each of which decides by itself."""
    every = pd.MultiIndex.from_product([range(2012, 2012 + years), range(groups), rates])
    frame = every.to_frame(index=False, name=["year", "group", "supporter"])
    frame = frame[rng.random(len(frame)) < asking].reset_index(drop=True)
    chosen = rng.random(len(frame)) < frame["supporter"].map(rates)
    frame["outcome"] = np.where(chosen, "selected", "rejected")
    frame["group_id"] = "g" + frame["group"].astype(str).str.zfill(3)
    frame["amount_krw"] = 10 * frame["group"]
    return frame.astype({"year": "Int64", "amount_krw": "Int64"})


@pytest.fixture(scope="module")
def years() -> pd.DataFrame:
    """Three years of six supporters in four districts; some districts and supporters missing."""
    rng = np.random.default_rng(5)
    rates = {"a": 0.9, "b": 0.5, "c": 0.3, "d": 1.0, "e": 0.0, "f": 0.6}
    frame = drawn(rng, 120, 3, rates, 0.4)
    again = frame.sample(60, random_state=1).assign(outcome="under_review")
    frame = pd.concat([frame, again], ignore_index=True)
    frame["supporter"] = frame["supporter"].mask(rng.random(len(frame)) < 0.1)
    frame["amount_krw"] = frame["amount_krw"].mask(rng.random(len(frame)) < 0.1)
    frame["code"] = (frame["group"] % 5).map({0: "11110", 1: "11140", 2: "11170", 3: "11200"})
    return frame


# ---- pairs of supporters -----------------------------------------------------------------------


def test_a_pair_by_hand() -> None:
    """Four asked a, of which two got; three asked b, two got; three asked both, two got both.

    Expected 3 · 2/4 · 2/3 = 1; P(K ≥ 2) of three with a third each = 7/27, doubled 14/27.
    """
    found = matrix(
        applied(
            [
                ("w", "a", "rejected", 1), ("x", "a", "selected", 1), ("y", "a", "selected", 1),
                ("z", "a", "under_review", 1), ("x", "b", "selected", 1),
                ("y", "b", "selected", 1), ("z", "b", "other", 1), ("z", None, "selected", 1),
            ]
        )
    )  # fmt: skip
    expected = pd.DataFrame(
        {"a": ["a"], "b": ["b"], "applied": [3], "groups": [2], "expected": [1.0], "ratio": [2.0],
         "p": [14 / 27]}
    )  # fmt: skip
    pd.testing.assert_frame_equal(found, expected)


def test_a_group_that_applied_twice_is_one() -> None:
    """Selected if any of its applications to the supporter was; counted once."""
    once = applied([(group, name, "selected", 1) for group in "xy" for name in "ab"])
    more = applied([("x", "a", "rejected", 1), ("y", "b", "selected", 1)])
    pd.testing.assert_frame_equal(matrix(pd.concat([more, once])), matrix(once))


def test_pairs_are_all_there_are(years: pd.DataFrame) -> None:
    """Sets of groups, pair by pair, and scipy's binomial tail, say the same."""
    one = years[years["year"] == 2013]
    found = matrix(one).set_index(["a", "b"])
    assert found.index.tolist() == list(combinations("abcdef", 2))
    asked = {name: set(part["group_id"]) for name, part in one.groupby("supporter")}
    got = {
        name: set(part.loc[part["outcome"] == "selected", "group_id"])
        for name, part in one.groupby("supporter")
    }
    for (a, b), row in found.iterrows():
        both, chance = asked[a] & asked[b], 1.0
        for name in (a, b):
            chance *= len(got[name]) / len(asked[name])
        assert (row["applied"], row["groups"]) == (len(both), len(got[a] & got[b]))
        assert row["expected"] == pytest.approx(len(both) * chance)
        if chance == 0:
            assert row[["ratio", "p"]].isna().all()
            continue
        hits, tails = int(row["groups"]), ("less", "greater")
        one_sided = [binomtest(hits, len(both), chance, tail).pvalue for tail in tails]
        assert row["p"] == pytest.approx(min(1, 2 * min(one_sided)))
        assert row["ratio"] == pytest.approx(hits / row["expected"])


def test_supporters_by_another_name(years: pd.DataFrame) -> None:
    """Renamed so that their order is reversed: the same numbers, pairs turned round."""
    one = years[years["year"] == 2012]
    other = dict(zip("abcdef", "fedcba", strict=True))
    renamed = matrix(one.assign(supporter=one["supporter"].map(other)))
    back = renamed.assign(a=renamed["b"].map(other), b=renamed["a"].map(other))
    back = back.sort_values(["a", "b"], ignore_index=True)
    pd.testing.assert_frame_equal(back, matrix(one))
    shuffled = one.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(matrix(shuffled), matrix(one))


def test_who_decides_alone_seldom_stands_out() -> None:
    """Of 900 pairs of independent supporters less than 5 % have p ≤ 0.05; ratios are about 1."""
    tables = drawn(np.random.default_rng(11), 60, 300, {"a": 0.7, "b": 0.5, "c": 0.4}, 0.6)
    all_of = pd.concat([matrix(one) for _, one in tables.groupby("year")])
    assert len(all_of) == 900
    assert 0 < (all_of["p"] <= 0.05).mean() < 0.05
    assert all_of["groups"].sum() / all_of["expected"].sum() == pytest.approx(1, abs=0.03)


def test_who_follows_another_stands_out() -> None:
    """Of forty groups, the same half selected by both: 20 where 10 are expected."""
    rows = [
        (f"g{group}", name, "selected" if group % 2 else "rejected", 1)
        for group in range(40)
        for name in "ab"
    ]
    row = matrix(applied(rows)).iloc[0]
    assert row[["applied", "groups", "expected", "ratio"]].tolist() == [40, 20, 10, 2]
    assert row["p"] == pytest.approx(2 * binomtest(20, 40, 0.25, "greater").pvalue)
    assert row["p"] < 0.002


def test_a_part_of_the_city_has_the_rates_of_all(years: pd.DataFrame) -> None:
    """What is expected of the districts adds up to what is expected of the city."""
    one = years[(years["year"] == 2014)].fillna({"code": "11215"})
    whole, pair = matrix(one), ["a", "b"]
    parts = pd.concat([matrix(part, one) for _, part in one.groupby("code")])
    added = parts.groupby(pair)[["applied", "groups", "expected"]].sum().reset_index()
    pd.testing.assert_frame_equal(added, whole[[*pair, "applied", "groups", "expected"]])


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], []),
        ([("x", "a", "selected", 1)], []),
        (
            [("x", "a", "selected", 1), ("y", "b", "selected", 1)],
            [["a", "b", 0, 0, 0.0, None, None]],
        ),
        (
            [("x", "a", "selected", 1), ("x", "b", "rejected", 1)],
            [["a", "b", 1, 0, 0.0, None, None]],
        ),
        (
            [("x", "a", "selected", 1), ("x", "b", "selected", 1)],
            [["a", "b", 1, 1, 1.0, 1.0, 1.0]],
        ),
    ],
    ids=["nobody", "one supporter", "no group in common", "nothing expected", "all selected"],
)
def test_few_supporters(rows: list[tuple[object, ...]], expected: list[list[object]]) -> None:
    """Without a pair there is no row; where nothing is expected nothing is compared."""
    columns = ["a", "b", "applied", "groups", "expected", "ratio", "p"]
    kinds = dict(zip(columns, ["str"] * 2 + ["int64"] * 2 + ["float64"] * 3, strict=True))
    found = matrix(applied(rows).astype({"supporter": "str"}))
    pd.testing.assert_frame_equal(
        found, pd.DataFrame(expected, columns=columns).astype(kinds), check_column_type=False
    )


def test_pairs_are_of_one_year(years: pd.DataFrame) -> None:
    """A group selected by one in 2012 and by another in 2014 was not selected twice."""
    with pytest.raises(ValueError, match=r"^Applications of 3 years: give those of one year\.$"):
        matrix(years)


# ---- doubled -----------------------------------------------------------------------------------


def test_doubled_by_hand() -> None:
    """Rates: a 1/2, b 1/2, c 1/1.

    Expected of x, who asked a, b and c, surely selected by c: 1 − 1/2 · 1/2 = 3/4; of y, who
    asked a and b, 1/4. Both vary by 3/16. A supporter that selects twice is one.
    """
    found = doubled(
        applied(
            [
                ("x", "a", "selected", 100), ("x", "a", "selected", 20), ("x", "b", "rejected", 7),
                ("x", "c", "selected", None), ("y", "a", "rejected", 5), ("y", "b", "selected", 50),
                ("y", None, "selected", 900),
            ]
        ),
        ["year"],
    )  # fmt: skip
    expected = pd.DataFrame(
        {"supported": [2], "doubled": [1], "doubled_share": [0.5], "money": [170],
         "doubled_money": [120], "expected": [1.0], "chance_low": [0.0],
         "chance_high": [1.5 + 1.96 * (6 / 16) ** 0.5]},
        index=pd.Index([2013], dtype="Int64", name="year"),
    )  # fmt: skip
    pd.testing.assert_frame_equal(found, expected)


def test_doubled_is_what_sets_say(years: pd.DataFrame) -> None:
    """Group by group, with every way in which its supporters can decide written out."""
    known = years.dropna(subset=["supporter"])
    rates = {}
    for key, part in known.groupby(["year", "supporter"]):
        got = part.loc[part["outcome"] == "selected", "group_id"]
        rates[key] = got.nunique() / part["group_id"].nunique()
    assert {0.0, 1.0} <= set(rates.values())
    rows: dict[tuple[object, ...], list[float]] = {}
    for (year, code, _), part in known.dropna(subset=["code"]).groupby(
        ["year", "code", "group_id"]
    ):
        chances = [rates[year, name] for name in sorted(set(part["supporter"]))]
        expected = 0.0
        for way in np.ndindex(*[2] * len(chances)):
            if sum(way) >= 2:
                expected += np.prod(np.where(way, chances, 1 - np.array(chances)))
        selected = part[part["outcome"] == "selected"]
        by, money = selected["supporter"].nunique(), selected["amount_krw"].sum()
        row = rows.setdefault((year, code), [0, 0, 0, 0, 0])
        for place, value in enumerate((by >= 1, by >= 2, money, money * (by >= 2), expected)):
            row[place] += value
    names = ["supported", "doubled", "money", "doubled_money", "expected"]
    expected = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    found = doubled(years, ["year", "code"])
    assert found.index.names == ["year", "code"]
    assert found.index.tolist() == expected.index.tolist()
    np.testing.assert_allclose(found[names], expected.astype(float))
    np.testing.assert_allclose(found["doubled_share"], expected["doubled"] / expected["supported"])
    assert found.dtypes[names[:4]].tolist() == ["int64"] * 4


def test_parts_add_up_to_the_city(years: pd.DataFrame) -> None:
    """Where every group has a district, the districts' figures are the city's."""
    placed = years.fillna({"code": "11215"})
    names = ["supported", "doubled", "money", "doubled_money", "expected"]
    parts = doubled(placed, ["year", "code"])[names].groupby("year").sum()
    pd.testing.assert_frame_equal(parts, doubled(years, ["year"])[names])


def test_a_missing_key_leaves_the_rates(years: pd.DataFrame) -> None:
    """Groups of unknown place are in no district, yet supporters decided on them too."""
    placed = years.fillna({"code": "11215"})
    everywhere = doubled(placed, ["year", "code"]).drop("11215", level="code")
    pd.testing.assert_frame_equal(doubled(years, ["year", "code"]), everywhere)
    without = doubled(years.dropna(subset=["code"]), ["year", "code"])
    assert not np.allclose(without["expected"], everywhere["expected"])


def test_years_are_apart(years: pd.DataFrame) -> None:
    """One year alone gives its row of them all: rates are the year's."""
    rows = [doubled(part, ["year"]) for _, part in years.groupby("year")]
    pd.testing.assert_frame_equal(doubled(years, ["year"]), pd.concat(rows))


def test_order_and_names_change_nothing(years: pd.DataFrame) -> None:
    """Rows shuffled, supporters and groups renamed."""
    other = years.sample(frac=1, random_state=4)
    other["supporter"] = other["supporter"].map(dict(zip("abcdef", "zyxwvu", strict=True)))
    other["group_id"] = other["group_id"].str[::-1]
    by = ["year", "code"]
    pd.testing.assert_frame_equal(doubled(other, by), doubled(years, by))


def test_expected_is_what_comes_of_deciding_alone() -> None:
    """Over 1,000 years of independent supporters, as many are doubled as expected."""
    rates = {"a": 0.7, "b": 0.5, "c": 0.4, "d": 0.2}
    found = doubled(drawn(np.random.default_rng(2), 50, 1_000, rates, 0.5), ["year"])
    assert found["doubled"].sum() == pytest.approx(found["expected"].sum(), rel=0.02)
    assert found["doubled"].between(found["chance_low"], found["chance_high"]).mean() > 0.95


def test_one_supporter_doubles_nothing() -> None:
    """Nor does a group that asked but one, however often it was selected there: exactly 0."""
    found = doubled(
        applied([("x", "a", "selected", 5), ("x", "a", "selected", 5), ("y", "b", "rejected", 5)]),
        ["year"],
    )
    assert found.to_numpy().tolist() == [[1, 0, 0, 10, 0, 0, 0, 0.5]]


def test_nobody_is_supported() -> None:
    """A row of zeros without a share; without applications, or known supporters, no row."""
    none = applied([("x", "a", "rejected", 5), ("y", "b", "under_review", 5)])
    found = doubled(none, ["year"])
    assert found.drop(columns="doubled_share").to_numpy().tolist() == [[0, 0, 0, 0, 0, 0, 0.5]]
    assert found["doubled_share"].isna().all()
    for nothing in (none.iloc[:0], none.assign(supporter=None)):
        empty = doubled(nothing, ["year"])
        assert empty.columns.tolist() == found.columns.tolist()
        assert len(empty) == 0
