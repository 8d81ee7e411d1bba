"""끼리끼리: by hand, as published, as networkx and igraph have it, and beside all permutations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from itertools import combinations, pairwise, permutations, product

import igraph
import networkx as nx
import numpy as np
import pandas as pd
import pytest

from geo.measures import homophily as module
from geo.measures.homophily import Homophily, assortativity, e_i_index, homophily, mixing

COUPLES = pd.DataFrame(
    [[258, 16, 35, 13], [12, 157, 58, 19], [13, 23, 306, 35], [5, 7, 24, 16]],
    index=["black", "hispanic", "white", "other"],
    columns=["black", "hispanic", "white", "other"],
)
"""Newman (2003), table I, per thousand: men by women, in San Francisco, 1992."""
CLUB = nx.karate_club_graph()


def edges(pairs: Iterable[tuple[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(list(pairs), columns=["source", "target"], dtype="str")


@pytest.fixture
def factions() -> tuple[pd.DataFrame, pd.Series[str]]:
    """Zachary's club, and on whose side each member was."""
    tied = edges((str(a), str(b)) for a, b in CLUB.edges)
    return tied, pd.Series({str(one): data["club"] for one, data in CLUB.nodes(data=True)})


@pytest.fixture
def random_network() -> tuple[pd.DataFrame, pd.Series[str]]:
    """Eighty people of four kinds, some of whom nothing is known."""
    rng = np.random.default_rng(6)
    tied = edges((str(a), str(b)) for a, b in nx.gnp_random_graph(80, 0.08, seed=6).edges)
    kinds = pd.Series(rng.choice([*"abcd", None], 80), index=[str(n) for n in range(80)])
    return tied, kinds


# ---- E-I ---------------------------------------------------------------------------------------


def test_e_i_by_hand() -> None:
    """Two units of three, all tied inside, three ties across: (3 − 6)/(3 + 6) = −1/3."""
    inside = [*combinations("abc", 2), *combinations("def", 2)]
    unit = pd.Series(dict.fromkeys("abc", 1) | dict.fromkeys("def", 2))
    assert e_i_index(edges([*inside, *zip("abc", "def", strict=True)]), unit) == -1 / 3
    assert e_i_index(edges(inside), unit) == -1
    assert e_i_index(edges(product("abc", "def")), unit) == 1


@pytest.mark.parametrize(("units", "size"), [(2, 3), (4, 5), (6, 2)])
def test_where_all_know_all_only_sizes_count(units: int, size: int) -> None:
    """K units of n, all ties there: E = n²k(k − 1)/2, I = kn(n − 1)/2, whoever is where."""
    people = [f"{n:02d}" for n in range(units * size)]
    unit = pd.Series([n % units for n in range(len(people))], index=people)
    external, internal = size**2 * units * (units - 1) / 2, units * size * (size - 1) / 2
    expected = (external - internal) / (external + internal)
    found = homophily(edges(combinations(people, 2)), unit, 99)
    numbers = (found.e_i, found.expected, found.low, found.high)
    assert numbers == pytest.approx((expected,) * 4)
    assert found.p == 1


# ---- assortativity and mixing ------------------------------------------------------------------


def test_couples_are_as_assortative_as_published() -> None:
    """R = 0.621 for 1,958 couples; of the printed shares, men and women alike, 0.619."""
    pairs, kinds = [], {}
    for man, woman in product(COUPLES.index, COUPLES.columns):
        for _ in range(int(COUPLES.loc[man, woman])):
            number = len(pairs)
            pairs.append((f"m{number}", f"w{number}"))
            kinds |= {f"m{number}": man, f"w{number}": woman}
    couples, kind = edges(pairs), pd.Series(kinds)
    assert assortativity(couples, kind) == pytest.approx(0.621, abs=0.002)
    labels = sorted(COUPLES.index)
    both = COUPLES + COUPLES.T - np.diag(np.diag(COUPLES))
    pd.testing.assert_frame_equal(mixing(couples, kind), both.loc[labels, labels])


def test_coefficients_are_those_of_networkx_and_igraph(
    factions: tuple[pd.DataFrame, pd.Series[str]],
) -> None:
    """Of the karate club's two sides; and the mixing matrix, where each tie counts twice."""
    tied, side = factions
    theirs = nx.attribute_assortativity_coefficient(CLUB, "club")
    assert assortativity(tied, side) == pytest.approx(theirs)
    direct = igraph.Graph.from_networkx(CLUB)
    types = pd.factorize(side)[0].tolist()
    assert theirs == pytest.approx(direct.assortativity_nominal(types, directed=False))
    order = {"Mr. Hi": 0, "Officer": 1}
    counted = nx.attribute_mixing_matrix(CLUB, "club", mapping=order, normalized=False)
    ours = mixing(tied, side)
    assert ours.index.tolist() == ours.columns.tolist() == list(order)
    assert (ours + np.diag(np.diag(ours))).to_numpy().tolist() == counted.tolist()


def test_unlike_pairs_are_perfectly_disassortative() -> None:
    """Of two kinds, each tied to the other alone: −1; each tied to its own: 1."""
    kind = pd.Series(dict.fromkeys("abc", "x") | dict.fromkeys("def", "y"))
    assert assortativity(edges(product("abc", "def")), kind) == -1
    alike = edges([*combinations("abc", 2), *combinations("def", 2)])
    assert assortativity(alike, kind) == 1


def test_mixing_by_hand() -> None:
    """Each tie on both sides of the diagonal; a kind without a tie has a row; gaps are left out."""
    kind = pd.Series({"a": "x", "b": "x", "c": "y", "d": None, "e": "z"})
    found = mixing(edges([("a", "b"), ("a", "c"), ("c", "b"), ("a", "d"), ("a", "?")]), kind)
    expected = pd.DataFrame([[1, 2, 0], [2, 0, 0], [0, 0, 0]], list("xyz"), list("xyz"))
    pd.testing.assert_frame_equal(found, expected)


def test_mixing_holds_every_tie(random_network: tuple[pd.DataFrame, pd.Series[str]]) -> None:
    """Symmetric; its upper triangle adds up to the ties; the diagonal gives the E-I index."""
    tied, kinds = random_network
    found = mixing(tied, kinds)
    assert found.equals(found.T)
    ties, inside = int(np.triu(found).sum()), int(np.trace(found))
    assert e_i_index(tied, kinds) == pytest.approx(1 - 2 * inside / ties)
    assert homophily(tied, kinds, 9).ties == ties


# ---- beside chance -----------------------------------------------------------------------------


def test_permutations_are_all_there_are() -> None:
    """A row of five, xxxyy, can be dealt out in ten ways: their mean is what is expected.

    The share of them that is as far out as the row itself is p.
    """
    people = list("abcde")
    tied = edges(pairwise(people))
    ways = set(permutations("xxxyy"))
    every = np.array([e_i_index(tied, pd.Series(way, index=people)) for way in ways])
    assert len(every) == 10
    found = homophily(tied, pd.Series(list("xxxyy"), index=people), 9_999)
    assert found.e_i == -0.5
    assert found.expected == pytest.approx(every.mean())
    far = np.abs(every - every.mean()) >= abs(found.e_i - every.mean()) - 1e-9
    assert found.p == pytest.approx(far.mean(), abs=0.02)
    assert (found.low, found.high) == (every.min(), every.max())


def test_the_karate_club_is_of_two_sides(factions: tuple[pd.DataFrame, pd.Series[str]]) -> None:
    """Eleven of 78 ties are across, far fewer than by chance."""
    found = homophily(*factions)
    assert (found.ties, found.nodes, found.p) == (78, 34, 0.001)
    assert found.e_i == pytest.approx((11 - 67) / 78)
    assert found.e_i < found.low < found.expected < found.high
    assert found.expected == pytest.approx(1 - 2 * 2 * 17 * 16 / (34 * 33))


def test_what_is_dealt_out_at_random_is_as_expected(
    factions: tuple[pd.DataFrame, pd.Series[str]],
) -> None:
    """Of a hundred shuffled attributes at most ten are called homophily or its opposite at 5 %."""
    tied, side = factions
    rng = np.random.default_rng(7)
    all_of = [
        homophily(tied, pd.Series(rng.permutation(side), index=side.index), 199, seed)
        for seed in range(100)
    ]
    assert sum(found.p <= 0.05 for found in all_of) <= 10
    assert sum(found.low <= found.e_i <= found.high for found in all_of) >= 90
    mean = np.mean([found.e_i for found in all_of])
    assert mean == pytest.approx(all_of[0].expected, abs=0.04)


def test_order_direction_and_names_change_nothing(
    random_network: tuple[pd.DataFrame, pd.Series[str]],
) -> None:
    """Rows in another order, ties the other way round, categories renamed: the same figures."""
    tied, kinds = random_network
    here = homophily(tied, kinds, 99, seed=3)
    turned = tied.rename(columns={"source": "target", "target": "source"})
    turned = turned[["source", "target"]].sample(frac=1, random_state=1)
    other = kinds.map({"a": 4, "b": 3, "c": 2, "d": 1}).sample(frac=1, random_state=2)
    assert homophily(turned, other, 99, seed=3) == here
    assert homophily(tied, kinds, 99, seed=4).low != here.low


def test_some_at_a_time_are_all(
    random_network: tuple[pd.DataFrame, pd.Series[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many permutations are looked at in one go."""
    here = homophily(*random_network, 50)
    monkeypatch.setattr(module, "BATCH", 2_000)
    assert homophily(*random_network, 50) == here


def test_what_is_not_known_is_left_out(
    random_network: tuple[pd.DataFrame, pd.Series[str]],
) -> None:
    """Nodes without a category change nothing, whether named as missing or not at all."""
    tied, kinds = random_network
    known = kinds.dropna()
    both = tied[tied["source"].isin(known.index) & tied["target"].isin(known.index)]
    here = homophily(both, known, 99)
    assert homophily(tied, kinds, 99) == homophily(tied, known, 99) == here
    assert (here.ties, here.nodes) == (len(both), len({*both["source"], *both["target"]}))


NAN = float("nan")


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], Homophily(0, 0, NAN, NAN, NAN, NAN, NAN, NAN)),
        ([("a", "z")], Homophily(0, 0, NAN, NAN, NAN, NAN, NAN, NAN)),
        ([("a", "b")], Homophily(1, 2, -1.0, -1.0, -1.0, -1.0, 1.0, NAN)),
        ([("a", "c")], Homophily(1, 2, 1.0, 1.0, 1.0, 1.0, 1.0, -1.0)),
    ],
    ids=["no tie", "no tie known", "everyone alike", "one tie across"],
)
def test_few_ties(pairs: list[tuple[str, str]], expected: Homophily) -> None:
    """Without ties nothing is known; where all are alike nothing can be compared."""
    kind = pd.Series({"a": "x", "b": "x", "c": "y", "z": None})
    found = homophily(edges(pairs), kind, 19)
    assert asdict(found) == pytest.approx(asdict(expected), nan_ok=True)
    assert e_i_index(edges(pairs), kind) == pytest.approx(expected.e_i, nan_ok=True)


def test_nobody_has_a_category() -> None:
    """No attribute at all: no figure, an empty table."""
    none = pd.Series([None, None], index=["a", "b"])
    assert np.isnan(assortativity(edges([("a", "b")]), none))
    assert mixing(edges([("a", "b")]), none).shape == (0, 0)
    assert homophily(edges([("a", "b")]), none).ties == 0


def test_one_application_of_three_hundred() -> None:
    """All tied to all, half of them women: what there is is what is expected, to the last tie."""
    crowd = [f"{n:03d}" for n in range(300)]
    gender = pd.Series(["female", "male"] * 150, index=crowd)
    found = homophily(edges(combinations(crowd, 2)), gender)
    assert (found.ties, found.nodes, found.p) == (44_850, 300, 1.0)
    assert found.e_i == pytest.approx(found.expected) == pytest.approx(found.low)
