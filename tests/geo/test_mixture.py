"""융합: by hand, as scipy has entropy, and whatever rows and kinds are called."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy

from geo.measures.mixture import bridging, mixture

NAN = float("nan")
FOUND = ["n", "kinds", "entropy", "effective"]


@pytest.fixture
def many() -> pd.DataFrame:
    """Two thousand rows in thirty areas and three years, of six kinds, some of them not known."""
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "year": rng.integers(2012, 2015, 2_000),
            "area": [f"{n:02d}" for n in rng.integers(0, 30, 2_000)],
            "kind": rng.choice([*"abcdef", None], 2_000, p=[0.4, 0.2, 0.2, 0.1, 0.04, 0.01, 0.05]),
        }
    )


# ---- mixture -----------------------------------------------------------------------------------


def test_a_mixture_by_hand() -> None:
    """Of three kinds: even, two to one, one kind alone, and a place where nothing is known.

    Two to one: H = ln 3 − (2/3) ln 2, and exp(H) = 3/2^(2/3).
    """
    rows = ["a x", "a y", "a z", "b x", "b x", "b y", "c z", "c z", "d ?", "c ?", "? y"]
    frame = pd.DataFrame([row.split() for row in rows], columns=["area", "kind"]).replace("?", None)
    two_to_one = np.log(3) - 2 / 3 * np.log(2)
    expected = pd.DataFrame(
        [
            [3, 3, 1.0, 3.0],
            [3, 2, two_to_one / np.log(3), 3 / 2 ** (2 / 3)],
            [2, 1, 0.0, 1.0],
            [0, 0, NAN, NAN],
        ],
        index=pd.Index(list("abcd"), name="area"),
        columns=FOUND,
    ).astype({"n": int, "kinds": int})
    pd.testing.assert_frame_equal(mixture(frame, ["area"], "kind"), expected)


def test_entropy_is_that_of_scipy(many: pd.DataFrame) -> None:
    """In each area and year, as a share of the logarithm of all six kinds."""
    found = mixture(many, ["year", "area"], "kind")
    assert found.index.names == ["year", "area"]
    assert found.index.is_monotonic_increasing
    assert len(found) == 90
    for key, rows in many.groupby(["year", "area"]):
        counts = rows["kind"].value_counts()
        expected = [
            counts.sum(),
            len(counts),
            entropy(counts) / np.log(6),
            np.exp(entropy(counts)),
        ]
        assert found.loc[key].tolist() == pytest.approx(expected)


def test_names_and_order_change_nothing(many: pd.DataFrame) -> None:
    """Kinds renamed, rows in another order, kinds as a category: the same figures."""
    here = mixture(many, ["area"], "kind")
    other = many.assign(kind=many["kind"].map(dict(zip("abcdef", range(6), strict=True))))
    pd.testing.assert_frame_equal(mixture(other.sample(frac=1), ["area"], "kind"), here)
    category = many.assign(kind=many["kind"].astype("category"))
    pd.testing.assert_frame_equal(mixture(category, ["area"], "kind"), here)


def test_twice_as_many_are_as_mixed(many: pd.DataFrame) -> None:
    """All rows twice: twice the number, nothing else."""
    here, twice = (
        mixture(frame, ["area"], "kind") for frame in (many, pd.concat([many] * 2, axis=0))
    )
    pd.testing.assert_frame_equal(twice, here.assign(n=here["n"] * 2))


def test_a_kind_found_elsewhere_widens_the_scale() -> None:
    """Two kinds alike in number are all there is, until a third turns up in another place."""
    frame = pd.DataFrame({"area": list("aab"), "kind": list("xyx")})
    assert mixture(frame, ["area"], "kind")["entropy"].tolist() == pytest.approx([1, 0])
    frame.loc[3] = ["b", "z"]
    found = mixture(frame, ["area"], "kind")
    assert found["entropy"].tolist() == pytest.approx([np.log(2) / np.log(3)] * 2)
    assert found["effective"].tolist() == pytest.approx([2, 2])
    # Even one whose place is not known.
    frame.loc[4] = [None, "w"]
    assert mixture(frame, ["area"], "kind")["entropy"].tolist() == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("kind", ["x", None], ids=["one kind", "no kind known"])
def test_one_kind_is_no_scale(kind: str | None) -> None:
    """With fewer than two kinds in all nothing can be mixed; how many there are is known."""
    frame = pd.DataFrame({"area": ["a", "a"], "kind": pd.Series([kind] * 2, dtype="str")})
    found = mixture(frame, ["area"], "kind")
    expected = [2, 1, NAN, 1] if kind else [0, 0, NAN, NAN]
    assert found.loc["a"].tolist() == pytest.approx(expected, nan_ok=True)


def test_nothing_is_mixed() -> None:
    """No rows: no keys, the same columns."""
    empty = pd.DataFrame({"year": [], "area": [], "kind": []})
    found = mixture(empty, ["year", "area"], "kind")
    assert found.columns.tolist() == FOUND
    assert (len(found), found.index.names) == (0, ["year", "area"])
    assert mixture(empty, ["area"], "kind").index.name == "area"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("uvwxyz")), min_size=1))
def test_entropy_and_effective_keep_their_bounds(rows: list[tuple[str, str]]) -> None:
    """Entropy from 0 to 1; effective kinds from one to as many as there are."""
    found = mixture(pd.DataFrame(rows, columns=["area", "kind"]), ["area"], "kind")
    assert found["n"].sum() == len(rows)
    assert found["entropy"].dropna().between(0, 1).all()
    assert found["effective"].ge(1 - 1e-9).all()
    assert (found["effective"] <= found["kinds"] + 1e-9).all()
    assert (found["kinds"] <= found["n"]).all()


# ---- bridging ----------------------------------------------------------------------------------


def named(rows: str) -> pd.DataFrame:
    """``2013 p bureau`` and so on, a question mark for what is not known."""
    frame = pd.DataFrame([row.split() for row in rows.split(",")])
    return frame.replace("?", None).set_axis(["year", "person_id", "bureau"], axis=1)


def test_bridging_by_hand() -> None:
    """Two bureaus in one year are across; in two years, or one bureau twice, they are not."""
    table = named("1 p x, 1 p y, 1 q x, 1 q x, 2 q y, 2 p x, 2 r ?, 2 ? x, ? q z")
    expected = pd.DataFrame(
        [["1", "p", True], ["1", "q", False], ["2", "q", False], ["2", "p", False]],
        columns=["year", "person_id", "across"],
    )
    pd.testing.assert_frame_equal(bridging(table, ["year"], "bureau"), expected)


def test_in_the_whole_table_more_are_across() -> None:
    """Without a key, years are taken together: q is named by two bureaus as well."""
    found = bridging(named("1 p x, 1 p y, 1 q x, 2 q y, 2 r z"), [], "bureau")
    assert found.to_dict("list") == {"person_id": ["p", "q", "r"], "across": [True, True, False]}


def test_bridging_is_a_count_of_sides(many: pd.DataFrame) -> None:
    """One row for each key and person; across as pandas counts different kinds."""
    rng = np.random.default_rng(4)
    table = many.assign(person_id=[f"p{n}" for n in rng.integers(0, 300, len(many))])
    keys = ["year", "area"]
    found = bridging(table, keys, "kind")
    assert found.columns.tolist() == [*keys, "person_id", "across"]
    assert found["across"].dtype == bool
    counted = table.dropna().groupby([*keys, "person_id"])["kind"].nunique().ge(2)
    assert 0 < counted.sum() < len(counted)
    here = found.set_index([*keys, "person_id"])["across"].sort_index()
    pd.testing.assert_series_equal(here, counted.rename("across"))


def test_nobody_is_named() -> None:
    """No row with all that is needed: no row comes back."""
    found = bridging(named("1 ? x, 1 p ?"), ["year"], "bureau")
    assert found.columns.tolist() == ["year", "person_id", "across"]
    assert len(found) == 0
