"""확장과 지속성: how long groups go on being selected, once they have appeared."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

Z = float(ndtri(0.975))
"""Of an interval at 95 %."""


def lifetimes(groups: pd.DataFrame, applications: pd.DataFrame, until: int) -> pd.DataFrame:
    """How many years each group went on, as far as the data reach.

    Formula:
        With f the year founded, l the last year selected and u the last year of the data: ended,
        if l < u, after l − f + 1 years, in the first year without it; going, if l = u, followed
        for u − f years so far; never, if it was not selected at all.

    Source:
        The definition of this atlas. Lives of organisations, some of them still going when the
        study closes: Freeman, Carroll and Hannan (1983), The liability of newness: age dependence
        in organizational death rates.

    Assumes:
        A group lives from its first application to its last year selected, pauses included, and
        its end is the end of its support.

    Limits:
        Groups go on without support, and one that pauses in the last years may come back: its
        end is then undone by more data. Groups older than the data seem founded in their first
        year. A group that takes another name starts anew. While applications of the last year
        are under review, too many groups seem ended.

    Args:
        groups: by ``group_id``; ``founded_year``, the year of its first application of all.
        applications: ``group_id``, ``year``, ``outcome``. Those after ``until`` and those of
            other groups count for nothing.
        until: the last year of the data.

    Returns:
        On the index of the groups founded by ``until``, those of which the year is missing left
        out: ``founded``, ``last`` (missing if never selected), ``years`` (likewise), ``ended``
        (whether it has), ``fate`` (``ended``, ``going`` or ``never``).

    >>> groups = pd.DataFrame({"founded_year": [2016, 2016, 2018]}, index=["a", "b", "c"])
    >>> applied = pd.DataFrame({"group_id": ["a", "b", "c"], "year": [2016, 2018, 2018]})
    >>> applied["outcome"] = ["selected", "selected", "rejected"]
    >>> lives = lifetimes(groups, applied, 2018)
    >>> lives["fate"].tolist(), lives["years"].tolist()
    (['ended', 'going', 'never'], [1, 2, <NA>])
    """
    founded = _founded(groups, until)
    selected = _selected(applications, until)
    last = selected.groupby("group_id")["year"].max().reindex(founded.index).astype("Int64")
    never, going = last.isna(), last.eq(until).fillna(False).astype(bool)
    fate = np.select([never, going], ["never", "going"], "ended")
    return pd.DataFrame(
        {
            "founded": founded,
            "last": last,
            "years": (last - founded + 1).mask(going, until - founded),
            "ended": fate == "ended",
            "fate": pd.Series(fate, index=founded.index, dtype="str"),
        }
    )


def _founded(groups: pd.DataFrame, until: int) -> pd.Series:
    founded = groups["founded_year"]
    return founded[founded <= until].astype(int)


def _selected(applications: pd.DataFrame, until: int) -> pd.DataFrame:
    chosen = (applications["outcome"] == "selected") & (applications["year"] <= until)
    return applications.loc[chosen, ["group_id", "year"]]


def survival(lives: pd.DataFrame) -> pd.DataFrame:
    """Which share of groups is still there so many years after it was founded.

    Formula:
        S(t) = Π (1 − d_i/n_i) over the years i up to t, d_i of the n_i groups followed for i
        years or more having ended in year i. Interval at 95 %: from S^(w) to S^(1/w),
        w = exp(1.96 √V/|ln S|), V = Σ d_i/(n_i(n_i − d_i)).

    Source:
        Kaplan and Meier (1958), Nonparametric estimation from incomplete observations; variance:
        Greenwood (1926), The natural duration of cancer; interval on the scale of log(−log S):
        Kalbfleisch and Prentice (1980), The statistical analysis of failure time data.

    Assumes:
        Groups of which only the beginning is known yet end as the others do: those founded
        lately are no better and no worse. Ends are known to the year.

    Limits:
        Groups never selected have no part in it, so it tells of those that were selected once. A
        group first selected years after it was founded could not end before, which flatters the
        first years. The last years rest on the few groups founded first: look at how many are at
        risk. The limits of the data on ends are those of the lifetimes.

    Args:
        lives: ``years``, ``ended`` and ``fate``, as `lifetimes` gives them.

    Returns:
        A row for each year from 0 to the longest that any group was followed, none without
        groups: ``years``, ``at_risk``, ``ended`` (in that year), ``survival``, ``low``, ``high``
        (both missing while nobody has ended, and once none is left).

    >>> lives = pd.DataFrame({"years": [1, 2, 2], "ended": [True, True, False], "fate": "?"})
    >>> survival(lives)["survival"].round(3).tolist()
    [1.0, 0.667, 0.333]
    """
    longest = _longest(lives)
    ended, at_risk = _by_year(lives, np.zeros(len(lives), dtype=int), 1, longest)
    share, low, high = _kaplan_meier(ended, at_risk)
    years = np.arange(longest + 1)
    columns = {"years": years, "at_risk": at_risk[0], "ended": ended[0], "survival": share[0]}
    return pd.DataFrame({**columns, "low": low[0], "high": high[0]})


def _longest(lives: pd.DataFrame) -> int:
    """Years that any group was followed; −1 without one."""
    longest = lives["years"].max()
    return -1 if pd.isna(longest) else int(longest)


def _by_year(
    lives: pd.DataFrame, code: np.ndarray, kinds: int, longest: int
) -> tuple[np.ndarray, np.ndarray]:
    """How many ended in each year and were at risk in it, shape (kinds, longest + 1) each.

    A group followed for t years is at risk in the years 0 to t. Those that were never selected,
    or whose code is below zero, are left out.
    """
    followed = (lives["fate"] != "never").to_numpy() & (code >= 0)
    years = lives["years"].to_numpy()[followed].astype(int)
    cell = code[followed] * (longest + 2) + np.minimum(years, longest + 1)
    ended, left = (
        np.bincount(cells, minlength=kinds * (longest + 2)).reshape(kinds, longest + 2)
        for cells in (cell[lives["ended"].to_numpy()[followed]], cell)
    )
    at_risk = left[:, ::-1].cumsum(axis=1)[:, ::-1]
    return ended[:, :-1], at_risk[:, :-1]


def _kaplan_meier(
    ended: np.ndarray, at_risk: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Survival, low and high, in the shape given; years in which nobody is at risk change none."""
    stay = at_risk - ended
    step = np.divide(stay, at_risk, out=np.ones(stay.shape), where=at_risk > 0)
    share = np.cumprod(step, axis=1)
    terms = np.divide(ended, at_risk * stay, out=np.zeros(stay.shape), where=stay > 0)
    # 1 to any power is 1, and no end so far is no certainty.
    between = np.where((share > 0) & (share < 1), share, np.nan)
    wide = np.exp(-Z * np.sqrt(np.cumsum(terms, axis=1)) / np.log(between))
    return share, between**wide, between ** (1 / wide)


def survival_by(lives: pd.DataFrame, by: pd.Series, after: int) -> pd.DataFrame:
    """Where, or of which kind, groups last: the share of each still there after some years.

    Formula:
        S(t) = Π (1 − d_i/n_i) over the years i up to t, d_i of the n_i groups of a kind that were
        followed for i years or more having ended in year i. Interval at 95 %: from S^(w) to
        S^(1/w), w = exp(1.96 √V/|ln S|), V = Σ d_i/(n_i(n_i − d_i)).

    Source:
        Kaplan and Meier (1958), Nonparametric estimation from incomplete observations; interval:
        Kalbfleisch and Prentice (1980), The statistical analysis of failure time data.

    Assumes:
        Within a kind, groups founded lately end as the earlier ones do.

    Limits:
        Kinds differ in when their groups were founded as well: one whose groups are young is
        known for few years. Where few are at risk a single end moves the share a long way. A
        group is of one kind all the time, the one that it is given here. Why a kind lasts, it
        does not tell.

    Args:
        lives: ``years``, ``ended`` and ``fate``, as `lifetimes` gives them.
        by: the kind of each group, by group. Groups without one are left out.
        after: years since founding.

    Returns:
        By kind, sorted: ``groups``, of which ``ended``, ``going`` and ``never``; ``survival``,
        ``low``, ``high`` and ``at_risk`` after so many years. Survival is missing where nobody
        was followed that long, unless the last one followed had ended by then, when it is 0; the
        interval also where survival is 0 or 1.

    >>> lives = pd.DataFrame({"years": [1, 2, 2], "ended": [True, True, False]})
    >>> lives["fate"] = ["ended", "ended", "going"]
    >>> survival_by(lives, pd.Series(["x", "x", "y"]), 1)["survival"].tolist()
    [0.5, 1.0]
    """
    code, kinds = _coded(lives, by)
    ended, at_risk = _by_year(lives, code, len(kinds), after)
    share, low, high = (each[:, -1] for each in _kaplan_meier(ended, at_risk))
    fates = {
        fate: np.bincount(code[(lives["fate"] == fate) & (code >= 0)], minlength=len(kinds))
        for fate in ("ended", "going", "never")
    }
    found = pd.DataFrame({"groups": sum(fates.values()), **fates}, index=kinds)
    unknown = (at_risk[:, -1] == 0) & (share > 0)
    for column, values in (("survival", share), ("low", low), ("high", high)):
        found[column] = np.where(unknown, np.nan, values)
    found["at_risk"] = at_risk[:, -1]
    return found


def _coded(lives: pd.DataFrame, by: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """The kind of each group as a position among the sorted kinds, −1 where there is none."""
    code, kinds = pd.factorize(by.reindex(lives.index), sort=True)
    return code, pd.Index(kinds, name=by.name)


def cohorts(groups: pd.DataFrame, applications: pd.DataFrame, until: int) -> pd.DataFrame:
    """Of the groups founded in a year, which share was selected in each year since.

    Formula:
        a(f, s)/n(f): of the n groups founded in year f, those with an application selected in
        year f + s.

    Source:
        Those who start together, followed together: Ryder (1965), The cohort as a concept in the
        study of social change.

    Assumes:
        A group belongs to the year of its first application, selected or not.

    Limits:
        It falls and rises: groups pause and come back. In year 0 it is the share selected at the
        first try, not 1. Years differ in budget, so compare cohorts in the same calendar year
        too. The first cohort also holds groups older than the data; the last year lacks what is
        still under review.

    Args:
        groups: by ``group_id``; ``founded_year``, the year of its first application of all.
        applications: ``group_id``, ``year``, ``outcome``. Those after ``until`` count for nothing.
        until: the last year of the data.

    Returns:
        A row for each year in which groups were founded and each year since, up to ``until``:
        ``founded``, ``since``, ``groups``, ``active``, ``share``.

    >>> groups = pd.DataFrame({"founded_year": [2017, 2017]}, index=["a", "b"])
    >>> applied = pd.DataFrame({"group_id": ["a", "b", "a"], "year": [2017, 2017, 2018]})
    >>> cohorts(groups, applied.assign(outcome="selected"), 2018)["share"].tolist()
    [1.0, 0.5]
    """
    founded = _founded(groups, until)
    year, size = np.unique(founded, return_counts=True)
    rows = until - year + 1
    found = pd.DataFrame({"founded": np.repeat(year, rows)})
    found["since"] = found.groupby("founded").cumcount()
    selected = _selected(applications, until).drop_duplicates()
    selected = selected.join(founded.rename("founded"), on="group_id", how="inner")
    selected["since"] = selected["year"] - selected["founded"]
    active = selected.groupby(["founded", "since"]).size()
    found["groups"] = np.repeat(size, rows)
    cells = pd.MultiIndex.from_frame(found[["founded", "since"]])
    found["active"] = active.reindex(cells, fill_value=0).to_numpy()
    found["share"] = found["active"] / found["groups"]
    return found


def differs(lives: pd.DataFrame, by: pd.Series) -> pd.Series:
    """Whether groups of a kind end sooner, or later, than all others do.

    Formula:
        z = Σ (d_ki − n_ki d_i/n_i)/√V, d_i of the n_i groups at risk having ended in year i, and
        d_ki of the n_ki of kind k; V = Σ n_ki(n_i − n_ki) d_i(n_i − d_i)/(n_i²(n_i − 1)). p is
        that of the normal distribution, two-sided.

    Source:
        The log-rank test: Mantel (1966), Evaluation of survival data and two new rank order
        statistics arising in its consideration; Peto and Peto (1972), Asymptotically efficient
        rank invariant test procedures.

    Assumes:
        Without a difference, each of the groups at risk in a year is as likely to end as any
        other. Groups end independently of each other.

    Limits:
        It finds differences that go one way all along; curves that cross may escape it. With few
        ends p is rough. One p for each kind is many tests: correct them before naming any.
        Groups of one programme end together when it does, which makes p too small.

    Args:
        lives: ``years``, ``ended`` and ``fate``, as `lifetimes` gives them. Groups never selected
            have no part in it.
        by: the kind of each group, by group. Groups without one are left out, on both sides.

    Returns:
        p by kind, sorted; missing where there is nothing to compare: no ends, or nobody at risk
        on one side when groups ended.

    >>> lives = pd.DataFrame({"years": [1, 1, 1, 4, 4, 4], "ended": [True] * 3 + [False] * 3})
    >>> differs(lives.assign(fate="?"), pd.Series(list("xxxyyy"))).round(3).tolist()
    [0.025, 0.025]
    """
    code, kinds = _coded(lives, by)
    ended, at_risk = _by_year(lives, code, len(kinds), _longest(lives))
    # The end of the only one left is no surprise, and has no variance.
    several = at_risk.sum(axis=0) > 1
    ended, at_risk = ended[:, several].astype(float), at_risk[:, several].astype(float)
    d, n = ended.sum(axis=0), at_risk.sum(axis=0)
    beyond = (ended - at_risk * d / n).sum(axis=1)
    variance = (at_risk * (n - at_risk) * d * (n - d) / (n**2 * (n - 1))).sum(axis=1)
    deviation = np.sqrt(variance)
    z = np.divide(beyond, deviation, out=np.full(len(kinds), np.nan), where=deviation > 0)
    return pd.Series(2 * ndtr(-np.abs(z)), index=kinds, name="p")
