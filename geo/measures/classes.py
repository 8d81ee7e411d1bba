"""Where a map's colours change: bounds of classes over the values of all years."""

from __future__ import annotations

import numpy as np

from geo.schema import Scheme

STEPS = 32
"""Colours of a continuous scale; more than an eye tells apart."""
MOST_SORTED = 6_000
"""Natural breaks take time by the square of the values; more are thinned to this many."""
SHARE_BELOW_TOP = 0.99


def class_bounds(
    values: np.ndarray, scheme: Scheme, classes: int, *, logarithms: bool = False
) -> np.ndarray:
    """Upper bounds of the classes of a map.

    A class holds what is above the bound before it and up to its own. Zero and missing values
    are in no class: a map shows them in a colour of their own.

    Formula:
        natural: the partition into k classes with the smallest sum of squared deviations from
        the class means. quantiles: bound i at the i/k quantile, linearly interpolated. equal:
        bound i at min + (max − min) · i/k. root: bound i at q · (i/k)², q being the 99th
        percentile; for ratios at each doubling: 2, 4, 8 … continuous: 32 equal steps from zero
        to q, shown without bounds.

    Source:
        Natural breaks: Fisher (1958), On grouping for maximum homogeneity; Jenks (1977).
        Quantiles, equal intervals and the choice among them: Slocum et al. (2009), Thematic
        Cartography and Geovisualization. Without classes: Tobler (1973), Choropleth maps
        without class intervals?

    Assumes:
        One set of bounds serves every year, since colours that change their meaning cannot be
        compared; so the values of all years are classed together.

    Limits:
        The same figures look different under another scheme: look at the distribution before
        trusting a pattern. Quantiles separate places that hardly differ; equal steps leave most
        places in one class where few are large. Bounds of the root scheme are rounded to two
        digits. Of more than 6,000 values natural breaks see 6,000, evenly drawn in order of size.

    Args:
        values: of any shape; only the positive, finite ones are classed.
        scheme: how.
        classes: how many, 1 or more; fewer come out where there are not so many values.
        logarithms: whether the values are binary logarithms of ratios.

    Returns:
        Ascending bounds, the last one the largest value; empty without a positive value.

    >>> class_bounds(np.array([1, 2, 3, 10, 11, 30]), Scheme.NATURAL, 3).tolist()
    [3.0, 11.0, 30.0]
    >>> class_bounds(np.array([0, 1, 2, 3, 4]), Scheme.QUANTILES, 2).tolist()
    [2.5, 4.0]
    >>> class_bounds(np.array([1, 2, 3, 9]), Scheme.EQUAL, 2).tolist()
    [5.0, 9.0]
    """
    known = np.asarray(values, dtype=float)
    known = np.sort(known[np.isfinite(known) & (known > 0)])
    if not known.size:
        return known
    share = np.arange(1, classes) / classes
    top = np.quantile(known, SHARE_BELOW_TOP)
    if scheme is Scheme.NATURAL:
        inner = _natural(known, classes)
    elif scheme is Scheme.QUANTILES:
        inner = np.quantile(known, share)
    elif scheme is Scheme.EQUAL:
        inner = known[0] + (known[-1] - known[0]) * share
    elif scheme is Scheme.CONTINUOUS:
        inner = top * np.arange(1, STEPS) / STEPS
    elif logarithms:
        inner = np.arange(1.0, classes)
    else:
        inner = _two_digits(top * share**2, whole=bool((known == np.floor(known)).all()))
    inner = np.unique(inner)
    if (known == np.floor(known)).all():
        # Between whole numbers there is nothing to tell apart.
        inner = inner[np.unique(np.floor(inner), return_index=True)[1]]
    return np.append(inner[(inner >= known[0]) & (inner < known[-1])], known[-1])


def _natural(known: np.ndarray, classes: int) -> np.ndarray:
    """Inner bounds of natural breaks of sorted values."""
    # Exact like mapclassify's FisherJenks, which without Numba takes seconds.
    from jenkspy import jenks_breaks

    if len(known) > MOST_SORTED:
        known = known[np.linspace(0, len(known) - 1, MOST_SORTED).astype(int)]
    different = len(np.unique(known))
    if different <= classes:
        return np.unique(known)[:-1]
    return np.asarray(jenks_breaks(known, classes)[1:-1])


def _two_digits(bounds: np.ndarray, *, whole: bool) -> np.ndarray:
    """Bounds to two significant digits, whole numbers for counts."""
    digits = 1 - np.floor(np.log10(bounds)).astype(int)
    kept = np.minimum(digits, 0) if whole else digits
    return np.array([round(bound, digit) for bound, digit in zip(bounds, kept, strict=True)])
