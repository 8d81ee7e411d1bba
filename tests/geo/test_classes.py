"""Class bounds are those of the literature, and those of mapclassify."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mapclassify import EqualInterval, FisherJenks, Quantiles

from geo.atlas import Atlas
from geo.measures.classes import MOST_SORTED, class_bounds
from geo.measures.density import count_by_area, presence, rate
from geo.schema import Scheme

INDEPENDENT = {
    Scheme.NATURAL: FisherJenks,
    Scheme.QUANTILES: Quantiles,
    Scheme.EQUAL: EqualInterval,
}


@pytest.fixture(scope="module")
def densities(sample: Atlas) -> np.ndarray:
    """Groups per km² of the neighbourhoods that have any, 2017."""
    areas = sample.neighbourhoods.set_index("code")
    present = presence(sample.groups, sample.applications, [2017])
    counts = count_by_area(present, sample.groups["neighbourhood_code"], list(areas.index))
    values = rate(counts, areas["area_km2"])[2017].to_numpy()
    return np.asarray(values[values > 0])


@pytest.mark.parametrize("scheme", INDEPENDENT)
@pytest.mark.parametrize("classes", [3, 5, 7, 9])
def test_each_classifier_equals_mapclassify(
    densities: np.ndarray, scheme: Scheme, classes: int
) -> None:
    """On the densities of the sample's neighbourhoods, bound for bound and area for area."""
    theirs: Any = INDEPENDENT[scheme](densities, classes)
    bounds = class_bounds(densities, scheme, classes)
    np.testing.assert_allclose(bounds, theirs.bins, rtol=1e-12)
    # A quantile may be a value itself, and then its last bit decides.
    clear = abs(densities[:, None] / theirs.bins[:-1] - 1).min(axis=1) > 1e-9
    place = np.searchsorted(bounds, densities, side="left")
    assert (place == theirs.yb)[clear].all()
    assert clear.sum() > 0.9 * len(densities)


@pytest.mark.parametrize("scheme", Scheme)
def test_only_what_is_there_is_classed(scheme: Scheme) -> None:
    """Zeros, missing values and infinite ones change nothing; every value has a class."""
    values = np.array([0.5, 1, 2, 4, 8, 16, 17, 40])
    padded = np.concatenate([values, [0, 0, -3, np.nan, np.inf]])
    bounds = class_bounds(padded, scheme, 5)
    assert bounds.tolist() == class_bounds(values, scheme, 5).tolist()
    assert bounds[-1] == 40
    assert (np.diff(bounds) > 0).all()
    assert class_bounds(np.array([0, np.nan]), scheme, 5).tolist() == []
    assert class_bounds(np.array([3.0, 3.0]), scheme, 5).tolist() == [3.0]


def test_square_root_steps_by_hand() -> None:
    """A quarter of the way to the top is half of the square root's."""
    assert class_bounds(np.array([1, 50, 100, 100]), Scheme.ROOT, 4).tolist() == [6, 25, 56, 100]


def test_ratios_are_classed_by_doublings() -> None:
    """Up to double, up to four times, more."""
    logs = np.log2([1.1, 1.9, 3, 20])
    bounds = class_bounds(logs, Scheme.ROOT, 3, logarithms=True)
    assert (2**bounds).tolist() == pytest.approx([2, 4, 20])


def test_thinned_natural_breaks_are_close() -> None:
    """Of 20,000 values, 6,000 in order of size give breaks of all but the same quality."""
    values = np.random.default_rng(1).gamma(2, 5, 20_000)
    assert len(values) > MOST_SORTED

    def spread(bounds: np.ndarray) -> float:
        place = np.searchsorted(bounds, values, side="left")
        return float(sum(((part := values[place == k]) - part.mean()) @ (part - part.mean())
                         for k in range(5)))  # fmt: skip

    from jenkspy import jenks_breaks

    exact = np.asarray(jenks_breaks(values, 5)[1:])
    assert spread(class_bounds(values, Scheme.NATURAL, 5)) < spread(exact) * 1.001
