"""확장과 지속성: by hand, as published, as scipy and statsmodels have it, and year by year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import CensoredData, ecdf, logrank, norm
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

from geo.measures.retention import cohorts, differs, lifetimes, survival, survival_by

TREATED = (
    "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+",
    {0: 1, 6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448},
)
PLACEBO = (
    "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23",
    {1: 0.905, 2: 0.810, 3: 0.762, 4: 0.667, 5: 0.571, 8: 0.381, 11: 0.286, 12: 0.190}
    | {15: 0.143, 17: 0.095, 22: 0.048, 23: 0},
)
"""Weeks in remission, + where it still lasted: Freireich et al. (1963), and the curves as
Kleinbaum and Klein, Survival analysis: a self-learning text, print them."""


def followed(times: str) -> pd.DataFrame:
    """Lives from times as survival analysts write them, + for those still going."""
    each = times.split()
    ended = np.array([not one.endswith("+") for one in each], dtype=bool)
    years = pd.Series([int(one.rstrip("+")) for one in each], dtype="Int64")
    fate = pd.Series(np.where(ended, "ended", "going"), dtype="str")
    return pd.DataFrame({"years": years, "ended": ended, "fate": fate})


def applied(*rows: tuple[object, ...]) -> pd.DataFrame:
    """Applications: a group, a year, an outcome."""
    return pd.DataFrame(rows, columns=["group_id", "year", "outcome"])


def founded(**years: int | None) -> pd.DataFrame:
    """Groups by name and the year in which they were founded."""
    index = pd.Index(years, name="group_id", dtype="str")
    return pd.DataFrame({"founded_year": pd.Series([*years.values()], index=index, dtype="Int64")})


def censored(lives: pd.DataFrame) -> CensoredData:
    """The same lives for scipy."""
    lives = lives[lives["fate"] != "never"]
    years, ended = lives["years"].to_numpy(dtype=float), lives["ended"]
    return CensoredData(uncensored=years[ended], right=years[~ended])


@pytest.fixture
def atlas() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Four hundred groups founded from 2015 to 2021, and what they applied for up to 2021."""
    rng = np.random.default_rng(8)
    names = np.array([f"g{n:03d}" for n in range(400)])
    start = rng.integers(2015, 2022, len(names))
    rows = [
        (name, int(year), rng.choice(["selected", "rejected", "under_review"], p=[0.5, 0.4, 0.1]))
        for name, first in zip(names, start, strict=True)
        for year in range(first, 2022)
        if year == first or rng.random() < 0.6
    ]
    return founded(**dict(zip(names, start.tolist(), strict=True))), applied(*rows)


@pytest.fixture
def lives(atlas: tuple[pd.DataFrame, pd.DataFrame]) -> pd.DataFrame:
    return lifetimes(*atlas, 2021)


@pytest.fixture
def kinds(lives: pd.DataFrame) -> pd.Series[str]:
    """Of many groups, of few, of one, and of none known."""
    rng = np.random.default_rng(9)
    drawn = rng.choice(["x", "y", "z", None], len(lives), p=[0.6, 0.3, 0.03, 0.07])
    drawn[np.flatnonzero((lives["fate"] == "going") & (lives["years"] == 3))[0]] = "alone"
    return pd.Series(drawn, index=lives.index, dtype="str", name="kind")


# ---- lifetimes ---------------------------------------------------------------------------------


def test_lifetimes_by_hand() -> None:
    """Until 2020: ended at once, ended after a pause, going on, and never selected."""
    groups = founded(once=2017, paused=2016, late=2017, going=2018, new=2020, never=2017)
    rows = applied(
        ("once", 2017, "selected"),
        *[("paused", 2016, "rejected"), ("paused", 2017, "selected"), ("paused", 2019, "selected")],
        *[("late", 2017, "rejected"), ("late", 2020, "selected"), ("late", 2020, "rejected")],
        *[("going", year, "selected") for year in (2018, 2019, 2020)],
        *[("new", 2020, "selected"), ("never", 2017, "under_review"), ("never", 2020, "other")],
    )
    expected = pd.DataFrame(
        {
            "founded": [2017, 2016, 2017, 2018, 2020, 2017],
            "last": pd.array([2017, 2019, 2020, 2020, 2020, None], dtype="Int64"),
            "years": pd.array([1, 4, 3, 2, 0, None], dtype="Int64"),
            "ended": [True, True, False, False, False, False],
            "fate": pd.array(["ended", "ended", "going", "going", "going", "never"], dtype="str"),
        },
        index=groups.index,
    )
    pd.testing.assert_frame_equal(lifetimes(groups, rows, 2020), expected)


def test_what_comes_later_is_not_known_yet() -> None:
    """Applications after the last year count for nothing; groups of then, or of no year, neither.

    An application without an outcome is not selected; one of an unknown group is nobody's.
    """
    groups = founded(a=2016, b=2019, c=None)
    rows = applied(("a", 2016, "selected"), ("a", 2018, None), ("a", 2019, "selected"))
    rows = pd.concat([rows, applied(("b", 2019, "selected"), ("?", 2018, "selected"))])
    found = lifetimes(groups, rows, 2018)
    assert found.index.tolist() == ["a"]
    assert found.loc["a"].tolist() == [2016, 2016, 1, True, "ended"]


def test_lifetimes_are_those_of_a_diary(
    atlas: tuple[pd.DataFrame, pd.DataFrame],
) -> None:
    """Group by group and year by year: still there while it is selected then or later."""
    groups, rows = atlas
    found = lifetimes(groups, rows, 2019)
    chosen = rows[rows["outcome"] == "selected"]
    seen = set(zip(chosen["group_id"], chosen["year"], strict=True))
    for group, start in groups["founded_year"].items():
        when = [year for year in range(2015, 2020) if (group, year) in seen]
        if start > 2019:
            assert group not in found.index
            continue
        fate, years = "never", pd.NA
        if when:
            there = [year for year in range(start, 2020) if max(when) >= year]
            fate = "going" if 2019 in when else "ended"
            years = len(there) - (fate == "going")
        assert found.loc[group, "fate"] == fate
        assert found.loc[group, "ended"] == (fate == "ended")
        assert found.loc[group, "years"] is years or found.loc[group, "years"] == years


@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"),
        st.dictionaries(st.integers(2016, 2022), st.booleans(), min_size=1),
    ),
    st.integers(2016, 2021),
)
@settings(max_examples=80, deadline=None)
def test_another_year_resolves_what_was_open(years: dict[str, dict[int, bool]], until: int) -> None:
    """Those going on are followed one year more; an end stays as it was, or proves a pause."""
    groups = founded(**{group: min(when) for group, when in years.items()})
    rows = applied(
        *(
            (group, year, "selected" if chosen else "rejected")
            for group, when in years.items()
            for year, chosen in when.items()
        )
    )
    before, after = (lifetimes(groups, rows, last) for last in (until, until + 1))
    after = after.loc[before.index]
    again, going = after["last"].eq(until + 1).fillna(False), before["fate"] == "going"
    assert (after["fate"][again] == "going").all()
    assert (after["years"][going] == before["years"][going] + 1).all()
    assert (after["ended"][going] == ~again[going]).all()
    same = ~again & ~going
    pd.testing.assert_frame_equal(after[same], before[same])


def test_no_groups_no_lives() -> None:
    """Nobody founded, or nobody selected: the columns are there."""
    groups, rows = founded(a=2018), applied(("a", 2018, "selected"))
    for found in (lifetimes(groups, rows, 2017), lifetimes(founded(), rows, 2018)):
        assert found.empty
        assert found.columns.tolist() == ["founded", "last", "years", "ended", "fate"]
    none = lifetimes(groups, applied().astype({"group_id": "str", "year": int}), 2018)
    assert none["fate"].tolist() == ["never"]


# ---- survival ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("times", "printed"), [TREATED, PLACEBO])
def test_survival_is_as_published(times: str, printed: dict[int, float]) -> None:
    """Two arms of 21 children with leukaemia, week by week; between the ends it stands still."""
    found = survival(followed(times)).set_index("years")
    assert found["survival"][list(printed)].round(3).to_dict() == printed
    assert found.index.tolist() == list(range(int(times.split()[-1].rstrip("+")) + 1))
    steady = found["survival"].diff().iloc[1:].eq(0)
    assert steady.equals(found["ended"].iloc[1:].eq(0))


def test_those_at_risk_are_as_published() -> None:
    """One who left in a week was still at risk in it."""
    found = survival(followed(TREATED[0])).set_index("years")
    at_risk = {6: 21, 7: 17, 10: 15, 13: 12, 16: 11, 22: 7, 23: 6, 35: 1}
    assert found["at_risk"][list(at_risk)].to_dict() == at_risk
    assert found["ended"][found["ended"] > 0].to_dict() == {6: 3} | dict.fromkeys(
        [7, 10, 13, 16, 22, 23], 1
    )


def test_survival_by_hand() -> None:
    """Of four, one ends in year 1 and one leaves; of the two in year 2 one ends: 3/4, 3/8."""
    found = survival(followed("1 1+ 2 2+"))
    assert found["at_risk"].tolist() == [4, 4, 2]
    assert found["ended"].tolist() == [0, 1, 1]
    assert found["survival"].tolist() == [1, 0.75, 0.375]
    # V is 1/(4·3) in year 1, and 1/(2·1) more in year 2.
    for row, share, variance in ((1, 0.75, 1 / 12), (2, 0.375, 7 / 12)):
        wide = np.exp(1.959964 * np.sqrt(variance) / -np.log(share))
        bounds = found.loc[row, ["low", "high"]].tolist()
        assert bounds == pytest.approx([share**wide, share ** (1 / wide)])
    assert found.loc[0, ["low", "high"]].isna().all()


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined:RuntimeWarning")
def test_survival_is_that_of_scipy(lives: pd.DataFrame) -> None:
    """Shares and their log-log interval, which is not defined while nobody has ended."""
    found = survival(lives)
    theirs = ecdf(censored(lives)).sf
    assert found["years"].tolist() == theirs.quantiles.tolist()
    np.testing.assert_allclose(found["survival"], theirs.probabilities, rtol=1e-12)
    interval = theirs.confidence_interval(method="log-log")
    np.testing.assert_allclose(found["low"], interval.low.probabilities, rtol=1e-9)
    np.testing.assert_allclose(found["high"], interval.high.probabilities, rtol=1e-9)
    assert found["low"].isna().tolist() == (found["survival"] == 1).tolist()


@pytest.mark.parametrize("times", [TREATED[0], PLACEBO[0]])
def test_survival_is_that_of_statsmodels(times: str) -> None:
    """Shares, those at risk, and Greenwood's error behind the interval."""
    one = followed(times)
    theirs = SurvfuncRight(one["years"].astype(float), one["ended"].astype(int))
    found = survival(one).set_index("years").loc[theirs.surv_times.astype(int)]
    np.testing.assert_allclose(found["survival"], theirs.surv_prob)
    assert found["at_risk"].tolist() == theirs.n_risk.tolist()
    share, error = theirs.surv_prob[:-1], theirs.surv_prob_se[:-1]
    wide = np.exp(norm.ppf(0.975) * error / (share * np.log(share)))
    np.testing.assert_allclose(found["high"].iloc[:-1], share**wide)
    np.testing.assert_allclose(found["low"].iloc[:-1], share ** (1 / wide))


def test_where_all_is_known_survival_is_a_share() -> None:
    """Nobody left early: the share of those whose end came later; none is left at last."""
    years = "1 1 2 3 3 3 5 7"
    found = survival(followed(years))
    each = np.array(years.split(), dtype=int)
    assert found["survival"].tolist() == pytest.approx([(each > t).mean() for t in range(8)])
    assert found["survival"].iloc[-1] == 0
    assert found.loc[7, ["low", "high"]].isna().all()


def test_those_never_selected_have_no_part(lives: pd.DataFrame) -> None:
    """Without them nothing changes; of them alone there is no row."""
    never = lives["fate"] == "never"
    assert never.any()
    pd.testing.assert_frame_equal(survival(lives), survival(lives[~never]))
    for nobody in (survival(lives[never]), survival(lives.iloc[:0])):
        assert nobody.empty
        assert nobody.columns.tolist() == survival(lives).columns.tolist()


def test_survival_falls_inside_its_interval(lives: pd.DataFrame) -> None:
    """From 1 downwards; twice as many groups, the same share, a narrower interval."""
    found, twice = survival(lives), survival(pd.concat([lives, lives]))
    assert found["survival"].iloc[0] == 1
    assert found["survival"].is_monotonic_decreasing
    assert found["survival"].iloc[1:].between(found["low"].iloc[1:], found["high"].iloc[1:]).all()
    np.testing.assert_allclose(twice["survival"], found["survival"])
    assert (twice["at_risk"] == 2 * found["at_risk"]).all()
    assert ((twice["high"] - twice["low"]) < (found["high"] - found["low"])).iloc[1:].all()
    assert found["ended"].sum() == lives["ended"].sum()


# ---- by kind -----------------------------------------------------------------------------------


@pytest.mark.parametrize("after", range(8))
def test_each_kind_has_its_own_curve(
    lives: pd.DataFrame, kinds: pd.Series[str], after: int
) -> None:
    """As if the others were not there; beyond the last one followed only zero is known."""
    found = survival_by(lives, kinds, after)
    assert found.index.tolist() == ["alone", "x", "y", "z"]
    assert found.index.name == "kind"
    for kind, row in found.iterrows():
        own = lives[kinds == kind]
        fates = own["fate"].value_counts().reindex(["ended", "going", "never"], fill_value=0)
        assert row[["groups", "ended", "going", "never"]].tolist() == [len(own), *fates]
        curve = survival(own).set_index("years").reindex(range(after + 1))
        assert row["at_risk"] == curve["at_risk"].fillna(0)[after]
        expected = curve.loc[after, ["survival", "low", "high"]].tolist()
        if curve["survival"].min() == 0:
            expected[0] = curve["survival"].ffill()[after]
        assert row[["survival", "low", "high"]].tolist() == pytest.approx(expected, nan_ok=True)


def test_kinds_by_hand() -> None:
    """After 3 years: half are left; all ended before; followed too short; never selected."""
    lives = followed("2 3+ 1 2 2+ 0+ 1 2+ 1+")
    lives.loc[8, ["years", "ended", "fate"]] = [pd.NA, False, "never"]
    by = pd.Series([*"aabbccddn"], name="kind")
    by[5] = None
    found = survival_by(lives, by, 3)
    expected = pd.DataFrame(
        [
            [2, 1, 1, 0, 0.5, 1],
            [2, 2, 0, 0, 0, 0],
            [1, 0, 1, 0, np.nan, 0],
            [2, 1, 1, 0, np.nan, 0],
            [1, 0, 0, 1, np.nan, 0],
        ],
        index=pd.Index([*"abcdn"], name="kind", dtype="str"),
        columns=["groups", "ended", "going", "never", "survival", "at_risk"],
    )
    counts = ["groups", "ended", "going", "never", "at_risk"]
    expected = expected.astype(dict.fromkeys(counts, int))
    pd.testing.assert_frame_equal(found[expected.columns], expected)
    bounds = survival(lives.iloc[:2])[["low", "high"]].iloc[3].tolist()
    assert found.loc["a", ["low", "high"]].tolist() == pytest.approx(bounds)
    assert found[["low", "high"]].iloc[1:].isna().all(axis=None)


def test_kinds_are_looked_up_by_group(lives: pd.DataFrame, kinds: pd.Series[str]) -> None:
    """In whatever order they come, and whoever else is in them; renamed, they stay the same."""
    found, p = survival_by(lives, kinds, 2), differs(lives, kinds)
    more = pd.concat([kinds, pd.Series(["x"], index=["unknown"])]).sample(frac=1, random_state=2)
    more = more.rename("kind")
    pd.testing.assert_frame_equal(survival_by(lives, more, 2), found)
    pd.testing.assert_series_equal(differs(lives, more), p)
    pd.testing.assert_frame_equal(survival_by(lives.iloc[::-1], kinds, 2), found)
    renamed = survival_by(lives, "k" + kinds, 2)
    pd.testing.assert_frame_equal(renamed, found.set_index("k" + found.index))
    one = survival_by(lives, pd.Series("all", index=lives.index), 2)
    assert one.loc["all", "survival"] == survival(lives)["survival"][2]


# ---- cohorts -----------------------------------------------------------------------------------


def test_cohorts_by_hand() -> None:
    """Two of 2017, one of 2019: who was selected in each year until 2019."""
    groups = founded(a=2017, b=2017, c=2019, later=2020, unknown=None)
    rows = applied(
        *[("a", 2017, "selected"), ("a", 2017, "selected"), ("b", 2017, "rejected")],
        *[("b", 2019, "selected"), ("a", 2019, "selected"), ("c", 2019, "under_review")],
        *[("a", 2020, "selected"), ("?", 2019, "selected"), ("unknown", 2019, "selected")],
    )
    expected = pd.DataFrame(
        [[2017, 0, 2, 1, 0.5], [2017, 1, 2, 0, 0], [2017, 2, 2, 2, 1], [2019, 0, 1, 0, 0]],
        columns=["founded", "since", "groups", "active", "share"],
    ).astype({"founded": int, "since": int, "groups": int, "active": int})
    pd.testing.assert_frame_equal(cohorts(groups, rows, 2019), expected)


def test_cohorts_are_counted_one_by_one(atlas: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Every founding year and every year since; groups selected in a year add up."""
    groups, rows = atlas
    found = cohorts(groups, rows, 2020)
    chosen = rows[rows["outcome"] == "selected"]
    cells = [(f, s) for f in range(2015, 2021) for s in range(2020 - f + 1)]
    assert list(found[["founded", "since"]].itertuples(index=False, name=None)) == cells
    for row in found.itertuples():
        own = groups.index[groups["founded_year"] == row.founded]
        then = chosen.loc[chosen["year"] == row.founded + row.since, "group_id"]
        assert (row.groups, row.active) == (len(own), len(set(own) & set(then)))
        assert row.share == row.active / row.groups
    by_year = found["active"].groupby(found["founded"] + found["since"]).sum()
    active = chosen[chosen["year"] <= 2020].groupby("year")["group_id"].nunique()
    assert by_year.to_dict() == active.to_dict()


def test_without_pauses_a_cohort_is_its_survival() -> None:
    """Selected each year from the first to the last: what is active is what is left."""
    lasting = {f"g{n}": years for n, years in enumerate([1, 1, 2, 3, 3, 5, 6])}
    groups = founded(**dict.fromkeys(lasting, 2016))
    rows = applied(
        *((g, 2016 + year, "selected") for g, years in lasting.items() for year in range(years))
    )
    curve = survival(lifetimes(groups, rows, 2020))
    cohort = cohorts(groups, rows, 2020)
    assert cohort["since"].tolist() == curve["years"].tolist()
    assert curve["survival"].tolist() == pytest.approx(cohort["share"].tolist())


def test_no_groups_no_cohorts(atlas: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    """Before the first was founded there is no row; without applications nobody is active."""
    groups, rows = atlas
    found = cohorts(groups, rows, 2014)
    assert found.empty
    assert found.columns.tolist() == ["founded", "since", "groups", "active", "share"]
    assert (cohorts(groups, rows.iloc[:0], 2016)["active"] == 0).all()


# ---- differences -------------------------------------------------------------------------------


def test_difference_is_as_published() -> None:
    """Treated against placebo: χ² = 16.79 with one degree of freedom, from either side."""
    lives = pd.concat([followed(TREATED[0]), followed(PLACEBO[0])], ignore_index=True)
    found = differs(lives, pd.Series(["treated"] * 21 + ["placebo"] * 21))
    assert found.index.tolist() == ["placebo", "treated"]
    assert found["placebo"] == pytest.approx(found["treated"])
    assert norm.isf(found["treated"] / 2) ** 2 == pytest.approx(16.79, abs=0.005)


def test_difference_by_hand() -> None:
    """Three of six end in year 1, all of one kind: 3 − 1.5 over √(3·3·3·3/(36·5)) is √5."""
    found = differs(followed("1 1 1 4+ 4+ 4+"), pd.Series([*"xxxyyy"]))
    assert found.tolist() == pytest.approx([2 * norm.sf(np.sqrt(5))] * 2)
    pair = differs(followed("1 1+"), pd.Series([*"xy"]))  # 1 − 1/2 over √(1/4)
    assert pair.tolist() == pytest.approx([2 * norm.sf(1)] * 2)


def test_difference_is_that_of_scipy_and_statsmodels(
    lives: pd.DataFrame, kinds: pd.Series[str]
) -> None:
    """Each kind against all others; those without a kind are on neither side."""
    found = differs(lives, kinds)
    known = lives[kinds.notna() & (lives["fate"] != "never")]
    for kind, p in found.items():
        own = kinds[known.index] == kind
        theirs = logrank(censored(known[own]), censored(known[~own])).pvalue
        assert p == pytest.approx(theirs, rel=1e-9)
        years, ended = known["years"].astype(float), known["ended"].astype(int)
        assert p == pytest.approx(survdiff(years, ended, own.astype(int))[1], rel=1e-9)


def test_nothing_to_compare_is_missing(lives: pd.DataFrame) -> None:
    """One kind alone, one never selected, one followed for no year; nobody ended; nobody there."""
    assert differs(lives, pd.Series("all", index=lives.index)).isna().tolist() == [True]
    some = followed("1 2+ 1 3+ 0+ 2+")
    some.loc[5, ["years", "fate"]] = [pd.NA, "never"]
    found = differs(some, pd.Series([*"aabbcd"], name="kind"))
    assert found.isna().to_dict() == {"a": False, "b": False, "c": True, "d": True}
    assert found.index.name == "kind"
    assert differs(followed("1+ 2+ 2+"), pd.Series([*"aab"])).isna().all()
    assert differs(lives.iloc[:0], pd.Series(dtype="str")).empty


def test_chance_seldom_makes_a_difference(lives: pd.DataFrame) -> None:
    """Of 300 kinds dealt out at random about one in twenty has p below 0.05."""
    rng = np.random.default_rng(4)
    ps = [
        differs(lives, pd.Series(rng.permutation(len(lives)) % 2, index=lives.index))[0]
        for _ in range(300)
    ]
    assert np.mean(np.array(ps) < 0.05) == pytest.approx(0.05, abs=0.03)
    assert np.mean(ps) == pytest.approx(0.5, abs=0.06)
