"""중복과 낭비: whether several bureaus support the same groups, and more than chance would do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import binom

from geo.schema import Outcome

USUAL = 1.96
"""Standard deviations around a mean between which 95 of 100 normal values lie."""


def matrix(applications: pd.DataFrame, city: pd.DataFrame | None = None) -> pd.DataFrame:
    """How often two supporters selected the same group in one year, beside chance.

    Formula:
        Of the n groups that applied to both a and b, k were selected by both. Expected is
        n · r_a · r_b, r_x being the share of the groups that applied to x which x selected;
        ratio = k/expected. By chance k is binomial, of n trials with r_a · r_b each;
        p = 2 · min(P(K ≤ k), P(K ≥ k)), at most 1.

    Source:
        Observed over expected, now called lift: Brin, Motwani, Ullman and Tsur (1997), Dynamic
        itemset counting and implication rules for market basket data. The smaller tail doubled:
        Gibbons and Pratt (1975), P-values: interpretation and methodology.

    Assumes:
        A supporter is a bureau with one of its programmes. By chance each decides without regard
        to the other, and selects those who applied to both as often as those who did not.

    Limits:
        A ratio above one is no proof of carelessness: both may select what is good, or agree to
        share the cost. The rates come from the same groups, which makes p larger than it need be,
        most of all where the same groups asked both: only strong agreement is found. There are
        many pairs, so some stand out by chance alone: correct p for their number. What is still
        under review counts as not selected. Applications without a known supporter are left out.

    Args:
        applications: of one year: ``group_id``, ``year``, ``supporter`` (may be missing) and
            ``outcome``. A group is selected by a supporter if any of its applications there was.
        city: applications of the same year from which the rates are taken, where those above are
            only a part of them.

    Returns:
        A row for each pair of supporters, ``a`` before ``b`` in the alphabet: ``a``, ``b``,
        ``applied`` (groups that applied to both), ``groups`` (selected by both), ``expected``,
        ``ratio``, ``p``; the last two are missing where nothing is expected.

    Raises:
        ValueError: applications of more than one year.

    >>> applications = pd.DataFrame({"group_id": list("wxyzxyz"), "year": 2013,
    ...     "supporter": list("aaaabbb"),
    ...     "outcome": ["rejected", *["selected"] * 2, "rejected", *["selected"] * 2, "rejected"]})
    >>> matrix(applications).round(3).to_numpy().tolist()
    [['a', 'b', 3, 2, 1.0, 2.0, 0.519]]
    """
    if (years := applications["year"].nunique()) > 1:
        raise ValueError(f"Applications of {years} years: give those of one year.")
    table = _decisions(applications)
    asked, selected = table.notna().to_numpy(dtype=float), table.fillna(0).to_numpy()
    a, b = np.triu_indices(len(table.columns), 1)
    applied, both = ((each.T @ each)[a, b].astype(int) for each in (asked, selected))
    rate = (table if city is None else _decisions(city)[table.columns]).mean().to_numpy()
    chance = rate[a] * rate[b]
    found = pd.DataFrame({"a": table.columns[a], "b": table.columns[b], "applied": applied})
    found["groups"], found["expected"] = both, applied * chance
    found["ratio"] = found["groups"] / found["expected"].where(found["expected"] > 0)
    tails = np.minimum(binom.cdf(both, applied, chance), binom.sf(both - 1, applied, chance))
    found["p"] = pd.Series(np.minimum(1, 2 * tails)).where(found["expected"] > 0)
    return found


def _decisions(applications: pd.DataFrame) -> pd.DataFrame:
    """1 where a supporter (columns) selected a group (rows), 0 where not; missing if not asked."""
    known = applications[applications["supporter"].notna()]
    chosen = (known["outcome"] == Outcome.SELECTED).astype(float)
    return chosen.groupby([known["group_id"], known["supporter"]]).max().unstack()


def doubled(applications: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """How many groups several supporters support in the same year, and with how much money.

    Formula:
        Supported: selected by one supporter or more; doubled: by two or more;
        doubled share = doubled/supported. Expected is Σ P(two or more select g) over all groups
        g, where each supporter x that g applied to selects it with probability r_x, whatever the
        others do; r_x is the share of the groups that applied to x in the year which x selected,
        in the whole city. With q_g for this probability, chance alone gives a number between
        expected ± (1.96 √Σ q_g (1 − q_g) + ½), at least 0, in 95 of 100 cases.

    Source:
        Overlap and duplication as offices count them: United States Government Accountability
        Office (2015), Fragmentation, overlap, and duplication: an evaluation and management
        guide. The number of successes when chances differ: Wang (1993), On the number of
        successes in independent trials. What speaks for more than one: Landau (1969), Redundancy,
        rationality, and the problem of duplication and overlap.

    Assumes:
        A supporter is a bureau with one of its programmes. What two of them give to one group in
        one year might have been for the same thing.

    Limits:
        Doubled is not wasted: two programmes may pay for different things, and one can stand in
        where the other fails. The money of doubled groups is all that they got, not what could be
        saved. Where groups ask more supporters, more are doubled by chance alone: read the number
        beside the one expected. What is still under review counts as not selected; a missing
        amount counts nothing. Applications without a known supporter are left out. The rates come
        from the same groups, which makes the span of chance wider than it need be; of many places
        some lie beyond theirs by chance alone.

    Args:
        applications: ``group_id``, ``year``, ``supporter`` (may be missing), ``outcome``,
            ``amount_krw`` and the columns of ``by``. The rates of the supporters are taken from
            all of them: give the whole city's.
        by: key columns, ``year`` among them; in a year a group has one key. Applications with a
            missing key are left out of the figures, not of the rates.

    Returns:
        By key: ``supported`` and ``doubled`` (groups), ``doubled_share`` (missing where none is
        supported), ``money`` (of all that was selected, KRW), ``doubled_money`` (of the doubled
        groups), ``expected`` (number of doubled groups), ``chance_low`` and ``chance_high`` (what
        chance alone gives).

    >>> applications = pd.DataFrame({"group_id": list("xxyyz"), "year": 2013,
    ...     "supporter": list("ababa"), "amount_krw": [10, 20, 30, 40, 50],
    ...     "outcome": ["selected", "selected", "selected", "rejected", "rejected"]})
    >>> doubled(applications, ["year"]).round(3).reset_index().to_numpy().tolist()
    [[2013.0, 2.0, 1.0, 0.5, 60.0, 30.0, 0.667, 0.0, 2.473]]
    """
    keys = list(by)
    known = applications[applications["supporter"].notna()]
    group = known.groupby(["year", "group_id"]).ngroup()
    supporter = known.groupby(["year", "supporter"]).ngroup()
    selected = known["outcome"] == Outcome.SELECTED
    made = selected.groupby([group, supporter]).any()
    supporters = made.groupby(level=0).sum()
    each = known[keys].set_axis(group)
    each = each[~each.index.duplicated()].sort_index()
    each["supported"], each["doubled"] = supporters >= 1, supporters >= 2
    each["money"] = known["amount_krw"].where(selected, 0).fillna(0).groupby(group).sum()
    each["doubled_money"] = each["money"].where(each["doubled"], 0)
    each["expected"] = _two_or_more(made)
    each["variance"] = each["expected"] * (1 - each["expected"])
    found = each.groupby(keys).sum().astype({"money": "int64", "doubled_money": "int64"})
    around = USUAL * np.sqrt(found.pop("variance")) + 0.5  # half a group, since groups are whole
    found["chance_low"] = (found["expected"] - around).clip(lower=0)
    found["chance_high"] = found["expected"] + around
    share = found["doubled"] / found["supported"].where(found["supported"] > 0)
    found.insert(2, "doubled_share", share)
    return found


def _two_or_more(made: pd.Series[bool]) -> np.ndarray:
    """The probability of each group that two or more of those it asked select it.

    ``made`` holds decisions by group and supporter, sorted, supporters of two years apart.
    """
    rates = made.groupby(level=1).transform("mean").to_numpy()
    first = ~made.index.get_level_values(0).duplicated()
    group = np.cumsum(first) - 1
    turn = np.arange(len(made)) - np.flatnonzero(first)[group]
    table = np.zeros((first.sum(), turn.max(initial=-1) + 1))
    table[group, turn] = rates
    none, one, more = np.ones(len(table)), np.zeros(len(table)), np.zeros(len(table))
    for rate in table.T:  # as many steps as the most supporters that one group asked
        more = more + one * rate
        one, none = one * (1 - rate) + none * rate, none * (1 - rate)
    return more
