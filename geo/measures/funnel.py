"""신청에서 선정까지: what became of applications, and how far a rate of few can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import ndtri

FEWEST = 10
"""Applications below which a rate is flagged."""
SINGLE = ("selected", "rejected", "under_review")
"""Outcomes with a column of their own; the rest is ``other``."""


def wilson(successes: pd.Series, trials: pd.Series, confidence: float = 0.95) -> pd.DataFrame:
    """Between which bounds a rate lies, given how few or many it was counted in.

    Formula:
        (p + z²/(2n) ± z √(p(1 − p)/n + z²/(4n²)))/(1 + z²/n), p = successes/n of n trials, z
        the quantile of the normal distribution, 1.96 for 95 %.

    Source:
        The score interval: Wilson (1927), Probable inference, the law of succession, and
        statistical inference; recommended for few trials: Brown, Cai and DasGupta (2001),
        Interval estimation for a binomial proportion.

    Assumes:
        Each trial succeeds with one and the same probability, whatever becomes of the others.

    Limits:
        Applications of one group, or of one round with a fixed budget, hang together: then the
        true uncertainty is larger. Two intervals that overlap may still differ.

    Args:
        successes: how many succeeded.
        trials: of how many, on the same index.
        confidence: how often such an interval holds the true rate, between 0 and 1.

    Returns:
        ``low`` and ``high``, from 0 to 1, on the same index; missing without trials, or where
        either number is missing.

    Raises:
        ValueError: a confidence that is not between 0 and 1.

    >>> wilson(pd.Series([0, 5]), pd.Series([10, 10])).round(3).to_numpy().tolist()
    [[0.0, 0.278], [0.237, 0.763]]
    """
    if not 0 < confidence < 1:
        raise ValueError(f"No confidence of {confidence}: give one between 0 and 1, such as 0.95.")
    z2 = ndtri((1 + confidence) / 2) ** 2
    k, n = (each.astype(float) for each in (successes, trials))
    middle = (k + z2 / 2) / (n + z2)
    around = np.sqrt(z2 * (k * (n - k) / n + z2 / 4)) / (n + z2)
    # Where all succeeded, the last digit may be rounded beyond 1.
    return pd.DataFrame({"low": middle - around, "high": (middle + around).clip(upper=1)})


def selection(applications: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """How many applied, how many were selected, and how sure the rate of selection is.

    Formula:
        rate = selected/applications; decided rate = selected/(selected + rejected). The interval
        is Wilson's, at 95 %, of the rate.

    Source:
        Shares of what was counted, as this atlas defines them; interval: Wilson (1927), Probable
        inference, the law of succession, and statistical inference.

    Assumes:
        An application is one try, and weighs as much as any other, whatever it asked for.

    Limits:
        An application under review counts among those that applied and is not yet selected, so
        the rate of a recent year rises as decisions come in. The decided rate leaves it out: it
        is that of the early decisions alone. Below ten applications a rate says little. A group
        may apply several times: these are rates of applications, not of groups. Why one was
        selected, the rate does not tell.

    Args:
        applications: ``outcome`` and the columns of ``by``, each application once.
        by: the columns to count by. Rows in which one of them is missing are left out.

    Returns:
        By the values of ``by`` that occur, sorted: ``applications``, ``selected``, ``rejected``,
        ``under_review``, ``other`` (any other outcome, or an unknown or missing one), ``rate``,
        ``low``, ``high``, ``decided_rate`` (missing where nothing is decided).

    >>> outcomes = ["selected", "selected", "rejected", "unknown"]
    >>> applied = pd.DataFrame({"year": 2019, "outcome": outcomes})
    >>> selection(applied, ["year"]).round(3).loc[2019].tolist()
    [4.0, 2.0, 1.0, 0.0, 1.0, 0.5, 0.15, 0.85, 0.667]
    """
    each = pd.DataFrame({"applications": 1}, index=applications.index)
    for outcome in SINGLE:
        each[outcome] = (applications["outcome"] == outcome).astype(int)
    found = each.groupby([applications[key] for key in by], observed=True).sum()
    found["other"] = found["applications"] - found[list(SINGLE)].sum(axis=1)
    found["rate"] = found["selected"] / found["applications"]
    found[["low", "high"]] = wilson(found["selected"], found["applications"])
    found["decided_rate"] = found["selected"] / (found["selected"] + found["rejected"])
    return found


def smoothed_rate(selected: pd.Series, applications: pd.Series) -> pd.Series:
    """What the rate of an area would be, were areas with few applications not left to chance.

    Formula:
        w r + (1 − w) m, r = selected/n of n applications, m the rate of all areas together,
        w = A/(A + m/n), A = Σ n(r − m)²/Σ n − m/n̄, n̄ being the mean of n. Where A is not above
        zero, areas differ no more than by chance, and all have m.

    Source:
        Global empirical Bayes: Marshall (1991), Mapping disease and mortality rates using
        empirical Bayes estimators; as in GeoDa.

    Assumes:
        The true rates of areas scatter about one mean, wherever they lie, and the fewer the
        applications the more chance adds.

    Limits:
        It takes chance to be that of rare events, so where a good part is selected it pulls
        harder towards the mean than it must. An area that truly stands apart on few
        applications is pulled as well. It is for maps: quote the rate as counted, with its
        interval.

    Args:
        selected: how many were selected, by area.
        applications: of how many, on the same index.

    Returns:
        From 0 to 1, on the same index; missing without applications, or where either number is
        missing. Areas without applications have no part in the mean.

    >>> smoothed_rate(pd.Series([1, 90, 10]), pd.Series([1, 100, 100])).round(2).tolist()
    [0.62, 0.89, 0.11]
    """
    n = applications.astype(float).where((applications > 0) & selected.notna())
    rate = selected.astype(float) / n
    mean = rate.mul(n).sum() / n.sum() if n.any() else np.nan
    spread = (n * (rate - mean) ** 2).sum() / n.sum() - mean / n.mean() if n.any() else 0.0
    weight = spread / (spread + mean / n) if spread > 0 else 0.0
    return (weight * rate + (1 - weight) * mean).where(n.notna())
