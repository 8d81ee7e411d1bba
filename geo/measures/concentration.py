"""편중과 소외: whether a few places hold most, and how far that hangs on single places."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import rel_entr

MISSING = float("nan")
DRAWS = 999
TOP = 0.1
"""The share of places whose hold is told, without another being asked for."""
INDICES = ("gini", "theil", "herfindahl", "top_share")


def lorenz(values: pd.Series, weights: pd.Series | None = None) -> pd.DataFrame:
    """How much the places with the least hold together, up to all places and all that is held.

    Formula:
        From (0, 0) through the points x_i = (w_1 + … + w_i)/Σ w, y_i = (v_1 + … + v_i)/Σ v, places
        in ascending order of v/w: v is what a place holds, w its weight, one if none is given.

    Source:
        Lorenz (1905), Methods of measuring the concentration of wealth.

    Assumes:
        What is held adds up and is never below zero. Inside a place it is spread evenly over the
        weight.

    Limits:
        It depends on how places are cut: larger ones hide what differs inside them. It does not
        tell which places hold much, nor whether they lie together. Places where a value or a weight
        is missing are left out.

    Args:
        values: what each place holds.
        weights: how large each is, such as its residents, by the same names; without them all
            places count one.

    Returns:
        ``places`` and ``values``: shares of the weight and of what is held, from 0 to 1, a row
        for the beginning and one for each place; no row if there is nothing to share out.

    >>> lorenz(pd.Series([3, 1, 0])).round(2).to_numpy().tolist()
    [[0.0, 0.0], [0.33, 0.0], [0.67, 0.25], [1.0, 1.0]]
    """
    held, size = _places(values, weights)
    curve = np.column_stack([_shares(size), _shares(held)]) if len(held) else np.empty((0, 2))
    return pd.DataFrame(curve, columns=["places", "values"])


def _places(values: pd.Series, weights: pd.Series | None) -> tuple[np.ndarray, np.ndarray]:
    """What the known places hold and how large they are, those with the least per weight first.

    Both are empty where nothing is held, or nothing has a weight.
    """
    held = values.astype(float).to_numpy()
    given = pd.Series(1, values.index) if weights is None else weights.reindex(values.index)
    size = given.astype(float).to_numpy()
    known = ~(np.isnan(held) | np.isnan(size))
    held, size = held[known], size[known]
    if not held.sum() > 0 or not size.sum() > 0:
        return held[:0], size[:0]
    per = np.divide(held, size, out=np.full(len(held), np.inf), where=size > 0)
    order = np.argsort(per, kind="stable")
    return held[order], size[order]


def _shares(amounts: np.ndarray) -> np.ndarray:
    """Cumulative shares along the last axis, from nought to one."""
    sums = np.cumsum(amounts, axis=-1)
    shares = sums / sums[..., -1:]
    return np.concatenate([np.zeros_like(shares[..., :1]), shares], axis=-1)


def gini(values: pd.Series, weights: pd.Series | None = None) -> float:
    """How unequally places share what is held, in one number: the Gini coefficient.

    Formula:
        G = 1 − Σ (x_i − x_h)(y_i + y_h), i being a point of the Lorenz curve, h the one before:
        twice the area between the curve and the diagonal.

    Source:
        Gini (1912), Variabilità e mutabilità; as an area: Gini (1914), Sulla misura della
        concentrazione e della variabilità dei caratteri.

    Assumes:
        What is held adds up and is never below zero. Without weights all places ought to hold
        the same, with weights the same per weight.

    Limits:
        Zero if all hold alike; with n places that count alike at most 1 − 1/n. Places that hold
        nothing count: leave them out and it falls. Different curves have the same Gini, and finer
        places mostly give a larger one; compare only the same places. With few groups and many
        places it is high by chance alone. Places where a value or a weight is missing are left out.

    Args:
        values: what each place holds.
        weights: how large each is, by the same names; without them all places count one.

    Returns:
        From 0 to 1; missing if nothing is held, or without a place.

    >>> gini(pd.Series([1, 1, 1, 1])), gini(pd.Series([0, 0, 0, 8]))
    (0.0, 0.75)
    """
    held, size = _places(values, weights)
    return float(_gini(held, size)) if len(held) else MISSING


def _gini(held: np.ndarray, size: np.ndarray) -> np.ndarray:
    x, y = _shares(size), _shares(held)
    below = (np.diff(x, axis=-1) * (y[..., 1:] + y[..., :-1])).sum(axis=-1)
    area: np.ndarray = np.maximum(0.0, 1 - below)
    return area


def theil(values: pd.Series, weights: pd.Series | None = None) -> float:
    """How unequally places share what is held, in a form that falls into parts: Theil's T.

    Formula:
        T = Σ s_i ln(s_i / w_i), s_i being the share of what is held that place i has, w_i its share
        of the weight, or 1/n without weights; 0 · ln 0 = 0.

    Source:
        Theil (1967), Economics and Information Theory.

    Assumes:
        What is held adds up and is never below zero. Without weights all places ought to hold
        the same, with weights the same per weight.

    Limits:
        Zero if all hold alike; without weights at most ln n, so that it is no share, and does not
        compare where there are more places or fewer. Places that hold much move it most. Places
        where a value or a weight is missing are left out; T is missing if one without weight holds
        something.

    Args:
        values: what each place holds.
        weights: how large each is, by the same names; without them all places count one.

    Returns:
        Zero or more, in natural logarithms; missing if nothing is held, or without a place.

    >>> round(theil(pd.Series([0, 0, 0, 8])), 4) == round(float(np.log(4)), 4)
    True
    """
    held, size = _places(values, weights)
    return float(_theil(held, size)) if len(held) else MISSING


def _theil(held: np.ndarray, size: np.ndarray) -> np.ndarray:
    s, w = (part / part.sum(axis=-1, keepdims=True) for part in (held, size))
    found = rel_entr(s, w).sum(axis=-1)
    return np.where(np.isfinite(found), np.maximum(0.0, found), np.nan)


class TheilParts(NamedTuple):
    """Theil's T between groups of places, and inside them; both add up to T."""

    between: float
    within: float


def theil_parts(
    values: pd.Series, groups: pd.Series, weights: pd.Series | None = None
) -> TheilParts:
    """How much of Theil's T lies between groups of places, such as districts, and how much inside.

    Formula:
        T = Σ_g S_g ln(S_g / W_g) + Σ_g S_g T_g: the first sum is between groups, the second within.
        S_g is the share of what is held that group g has, W_g its share of the weight, T_g Theil's
        T inside it.

    Source:
        Theil (1967), Economics and Information Theory; how it falls into parts: Bourguignon (1979),
        Decomposable income inequality measures; between and within regions: Shorrocks and Wan
        (2005), Spatial decomposition of inequality.

    Assumes:
        Each place is in one group, as a neighbourhood is in its district.

    Limits:
        The finer the groups, the more lies between them: with one place in each all does. A part is
        no cause. Places where a value, a weight or the group is missing are left out, so that the
        parts add up to T of the others.

    Args:
        values: what each place holds.
        groups: the group of each place, by the same names.
        weights: how large each is, by the same names; without them all places count one.

    Returns:
        Both parts, named; both missing where T is.

    >>> parts = theil_parts(pd.Series([4, 4, 1, 3]), pd.Series(["a", "a", "b", "b"]))
    >>> round(parts.between, 4), round(parts.within, 4)
    (0.0566, 0.0436)
    """
    size = pd.Series(1.0, values.index) if weights is None else weights.reindex(values.index)
    places = {"held": values, "size": size, "group": groups.reindex(values.index)}
    known = pd.DataFrame(places).dropna()
    sums = known.groupby("group", observed=True)[["held", "size"]].sum()
    whole = theil(known["held"], known["size"])
    between = theil(sums["held"], sums["size"]) if whole >= 0 else MISSING
    return TheilParts(between, float(np.maximum(0.0, whole - between)))


def herfindahl(values: pd.Series) -> float:
    """How likely two things drawn at random, the first put back, are held by the same place.

    Formula:
        H = Σ s_i², s_i being the share of what is held that place i has; 1/H is how many places
        that hold alike would give the same.

    Source:
        The Herfindahl–Hirschman index: Hirschman (1964), The paternity of an index; Herfindahl
        (1950), Concentration in the steel industry.

    Assumes:
        What is held adds up and is never below zero; all places could hold it.

    Limits:
        From 1/n, if n places hold alike, to one, if a place holds all. A few large places decide
        it: the many that hold little or nothing hardly move it. It knows no residents. Missing
        values are left out.

    Args:
        values: what each place holds.

    Returns:
        Above 0, at most 1; missing if nothing is held, or without a place.

    >>> herfindahl(pd.Series([2, 2, 0])), herfindahl(pd.Series([0, 8]))
    (0.5, 1.0)
    """
    held, _ = _places(values, None)
    return float((held**2).sum() / held.sum() ** 2) if len(held) else MISSING


def top_share(values: pd.Series, weights: pd.Series | None = None, top: float = TOP) -> float:
    """How much the places that hold most have, such as the tenth at the top.

    Formula:
        1 − L(1 − q), L being the Lorenz curve, q the share of places, or of the weight, at the top;
        a place that is cut counts in part.

    Source:
        Shares of the top, as in Alvaredo, Atkinson, Piketty and Saez (2013), The top 1 percent in
        international and historical perspective.

    Assumes:
        What is held adds up and is never below zero. Inside a place it is spread evenly over the
        weight.

    Limits:
        It equals q if all hold alike. It says nothing of how the others share what is left, nor of
        the places at the top among themselves; below one place it is a part of the first. Places
        where a value or a weight is missing are left out.

    Args:
        values: what each place holds.
        weights: how large each is, by the same names; without them all places count one.
        top: the share of places, or of their weight, above 0 and up to 1.

    Returns:
        From ``top`` to 1; missing if nothing is held, or without a place.

    Raises:
        ValueError: ``top`` is no such share.

    >>> top_share(pd.Series([5, 1, 1, 1]), top=0.25)
    0.625
    """
    if not 0 < top <= 1:
        raise ValueError(f"{top!r} is no share of the places: give one above 0 and up to 1.")
    held, size = _places(values, weights)
    return float(_top(held, size, top)) if len(held) else MISSING


def _top(held: np.ndarray, size: np.ndarray, top: float) -> np.ndarray:
    x, y = _shares(size), _shares(held)
    # The step of the curve in which the top begins.
    step = np.maximum((x < 1 - top).sum(axis=-1, keepdims=True), 1)
    (left, low), (right, high) = (
        [np.take_along_axis(part, at, axis=-1)[..., 0] for part in (x, y)]
        for at in (step - 1, step)
    )
    along = np.divide(1 - top - left, right - left, out=np.zeros_like(left), where=right > left)
    found: np.ndarray = 1 - low - along * (high - low)
    return found


def location_quotient(values: pd.Series, base: pd.Series) -> pd.Series[float]:
    """Whether a place holds more of something than its share of the base would suggest.

    Formula:
        LQ_i = (v_i / Σ v) / (b_i / Σ b), v being what is held, b what it is compared with, such as
        residents, or groups of all kinds.

    Source:
        Isard (1960), Methods of Regional Analysis.

    Assumes:
        If places did not differ, each would hold in proportion to its base.

    Limits:
        One is as expected, two is twice as much. With a small base one more or one less moves it
        far: read it beside the numbers. It compares places with each other, so unless all are alike
        some are below one. A place where either is missing has none and is in neither sum.

    Args:
        values: what each place holds.
        base: what it is compared with, by the same names.

    Returns:
        On the index of ``values``; missing where the base is zero, and everywhere if either sum
        is zero.

    >>> location_quotient(pd.Series([3, 1, 0]), pd.Series([2, 2, 0])).tolist()
    [1.5, 0.5, nan]
    """
    held, among = values.astype(float), base.reindex(values.index).astype(float)
    known = held.notna() & among.notna()
    held, among = held.where(known), among.where(known)
    return (held / held.sum()) / (among.where(among > 0) / among.sum())


def bootstrap(
    values: pd.Series, weights: pd.Series | None = None, draws: int = DRAWS, seed: int = 0
) -> pd.DataFrame:
    """How far the indices of concentration hang on single places.

    Formula:
        As many places as there are, drawn with replacement, each with its weight, again and again;
        from the 2.5 % to the 97.5 % quantile of what the indices then are. The share at the top is
        that of a tenth.

    Source:
        Efron (1979), Bootstrap methods: another look at the jackknife; for inequality: Mills and
        Zandvakili (1997), Statistical inference via bootstrapping for measures of inequality.

    Assumes:
        Places are drawn one by one, as if neighbours had nothing to do with each other.

    Limits:
        Places are no sample of anything: the city has these and no others. So the interval is not
        where a true value lies; it tells how far an index hangs on single places, and is wide where
        a few hold most. Draws in which nobody holds anything are passed over. With few places it is
        too narrow, and it may lie to one side of the value.

    Args:
        values: what each place holds; missing ones are left out with their weight.
        weights: how large each is, by the same names; without them all places count one. The
            Herfindahl index has none.
        draws: how many.
        seed: of the draws.

    Returns:
        Index ``gini``, ``theil``, ``herfindahl``, ``top_share``: ``value``, ``low``, ``high``;
        missing if nothing is held, or without a place.

    >>> found = bootstrap(pd.Series([1, 2, 3, 4]), draws=99)
    >>> float(found.loc["gini", "value"])
    0.25
    """
    held, size = _places(values, weights)
    n = len(held)
    if not n:
        return pd.DataFrame(MISSING, index=list(INDICES), columns=["value", "low", "high"])
    # How often each place is drawn; first all places once. Places drawn twice lie side by side.
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), size=draws)
    times = np.concatenate([np.ones((1, n)), drawn])
    times = times[(times @ held > 0) & (times @ size > 0)]
    holds, sizes = times * held, times * size
    found = np.array(
        [
            _gini(holds, sizes),
            _theil(holds, sizes),
            (holds @ held) / holds.sum(axis=-1) ** 2,
            _top(holds, sizes, TOP),
        ]
    )
    others = found[:, 1:] if len(times) > 1 else np.full((len(found), 1), np.nan)
    low, high = np.quantile(others, [0.025, 0.975], axis=-1)
    return pd.DataFrame({"value": found[:, 0], "low": low, "high": high}, index=list(INDICES))
