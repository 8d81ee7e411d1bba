"""The shapes of the tables that queries hand out and that maps, figures and files read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd

GROUP_COLUMNS = (
    "group_id",
    "name",
    "category",
    "district_code",
    "neighbourhood_code",
    "administrative_code",
    "precision",
    "founded_year",
)
DENSITY_COLUMNS = (
    "code",
    "name_ko",
    "name_en",
    "groups",
    "area_km2",
    "population",
    "value",
    "population_is_estimated",
    "district_code",
    "rank",
    "change",
    "class",
)
EXPECTED_COLUMNS = ("expected", "limit_low", "limit_high")
SURFACE_COLUMNS = ("class", "low", "high", "groups_smoothed", "area_km2")


@dataclass(frozen=True)
class Frames:
    """What a state without its year shows, for every year of the atlas.

    ``population``, ``groups``, ``measured`` and ``values`` have a row for each area of the level
    and a column a year; ``values`` is what was measured, or its difference to the year compared
    with where one was asked for. ``inside`` marks the areas that the chosen districts leave in
    sight; ``n`` and ``unplaced`` are by year. ``valid`` tells in which years each area existed,
    where that differs.
    """

    areas: pd.DataFrame
    population: pd.DataFrame
    inside: pd.Series[bool]
    groups: pd.DataFrame
    measured: pd.DataFrame
    values: pd.DataFrame
    n: pd.Series[int]
    unplaced: pd.Series[int]
    expected: Expected | None = None
    valid: pd.DataFrame | None = None

    @cached_property
    def shading(self) -> pd.DataFrame:
        """What is classed: values; of ratios the binary logarithm, 0 inside the funnel."""
        if self.expected is None:
            return self.values
        beyond = (self.groups < self.expected.low) | (self.groups > self.expected.high)
        with np.errstate(divide="ignore"):
            return self.values.apply(np.log2).where(beyond, 0.0)

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Place of each value among the areas in sight, ties sharing the better one."""
        inside = self.values[self.inside].rank(method="min", ascending=False)
        return inside.reindex(self.areas.index)

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What was measured less that of the year before; missing in the first year."""
        return self.measured.diff(axis=1)


@dataclass(frozen=True)
class Expected:
    """Groups that areas would have, and the funnel that chance leaves them, by year."""

    groups: pd.DataFrame
    low: pd.DataFrame
    high: pd.DataFrame


@dataclass(frozen=True)
class Classes:
    """How values become colours, the same in every year.

    A class holds sizes above the bound before it up to its own. ``kind`` is ``amount``,
    ``difference`` (classes on both sides of zero) or ``ratio`` (both sides of one, the bounds
    being binary logarithms); ``whole`` tells whole numbers; ``least`` is the smallest size.
    """

    scheme: str
    kind: Literal["amount", "difference", "ratio"]
    bounds: tuple[float, ...]
    least: float
    whole: bool

    @property
    def diverging(self) -> bool:
        return self.kind != "amount"

    @property
    def colours(self) -> int:
        """How many it takes."""
        return len(self.bounds) * (2 if self.diverging else 1)

    def of(self, shading: np.ndarray) -> np.ndarray:
        """The class of each value, from 1 on; negative for falls; 0 for none."""
        size = np.nan_to_num(np.abs(shading), posinf=np.inf)
        step = np.searchsorted(self.bounds, size, side="left") + 1
        step = np.where(size > 0, np.minimum(step, len(self.bounds)), 0)
        return step * np.where(shading < 0, -1, 1)


@dataclass(frozen=True)
class Surface:
    """The smoothed surface of one year.

    ``bands`` has a row for each class that is there, with SURFACE_COLUMNS and the polygon
    (EPSG:5179); ``peaks`` the highest spots, with the names of the neighbourhood; ``cells`` the
    density in every cell of the city; ``unplaced`` groups have no exact place, or one too lonely
    to show.
    """

    bands: gpd.GeoDataFrame
    peaks: pd.DataFrame
    bandwidth: int
    cells: np.ndarray
    cell_km2: float
    n: int
    unplaced: int


@dataclass(frozen=True)
class Density:
    """The table of one state: ``rows`` with DENSITY_COLUMNS, and what the rows leave out."""

    rows: pd.DataFrame
    n: int
    unplaced: int


KIND_COLUMNS = ("code", "name_ko", "name_en", "district_code", "groups", "kind")


@dataclass(frozen=True)
class Kinds:
    """Areas told by kind, for every year: hot and cold, first reached, rising.

    ``kinds`` and the frames of ``numbers`` have a row for each area and a column a year; what is
    of no kind is ``none``. ``order`` are the kinds that have a colour. ``why`` says of a year
    that cannot be told of what it lacks, as a key of the catalogues with its values. ``n`` and
    ``unplaced`` count groups of the whole city, whatever districts are in sight (``inside``).
    """

    level: str
    areas: pd.DataFrame
    inside: pd.Series[bool]
    groups: pd.DataFrame
    kinds: pd.DataFrame
    order: tuple[str, ...]
    numbers: dict[str, pd.DataFrame]
    n: pd.Series[int]
    unplaced: pd.Series[int]
    why: dict[int, Why] = field(default_factory=dict)

    def rows(self, year: int) -> pd.DataFrame:
        """The table of a year: KIND_COLUMNS and a column for each number, by code."""
        told = {name: frame[year] for name, frame in self.numbers.items()}
        rows = self.areas.assign(groups=self.groups[year], kind=self.kinds[year], **told)
        columns = [*KIND_COLUMNS, *self.numbers]
        return rows.loc[self.inside, columns].reset_index(drop=True)


@dataclass(frozen=True)
class Why:
    """Why there is nothing to tell: a key of the catalogues, and what goes into it."""

    key: str
    values: dict[str, int] = field(default_factory=dict)


CLUSTER_COLUMNS = (
    "cluster",
    "name_ko",
    "name_en",
    "groups",
    "since",
    "event",
    "other",
    "founded_from",
    "founded_to",
    "districts",
    "district_codes",
    "crosses",
    "category",
    "category_share",
    "area_km2",
    "per_km2",
    "applications",
    "selected_share",
    "probability",
)


@dataclass(frozen=True)
class Clusters:
    """Clusters of every year, each known by its lineage, a number from 0 on.

    ``members`` and ``probability`` have a row for each group of the atlas and a column a year,
    -1 for no cluster; ``rows`` has CLUSTER_COLUMNS by year, the largest first; ``hulls`` the
    ground of each by lineage (EPSG:5179), by year; ``events`` is told by `follow_clusters`.
    ``placed`` groups have a point, the others (``unplaced``) can be in none.
    """

    members: pd.DataFrame
    probability: pd.DataFrame
    rows: dict[int, pd.DataFrame]
    hulls: dict[int, gpd.GeoSeries]
    events: pd.DataFrame
    n: pd.Series[int]
    unplaced: pd.Series[int]
    why: dict[int, Why] = field(default_factory=dict)


@dataclass(frozen=True)
class Nearby:
    """Groups around the named places.

    ``rows`` by year: ``site_id``, names, ``district_code``, ``groups``, ``random`` (the median of
    random places), ``p`` (corrected); ``by_category`` by year: sites by category; ``random`` the
    median by year.
    """

    rows: dict[int, pd.DataFrame]
    by_category: dict[int, pd.DataFrame]
    random: pd.Series[float]
    n: pd.Series[int]
    unplaced: pd.Series[int]


CENTRE_COLUMNS = ("year", "groups", "x", "y", "distance_m", "major_m", "minor_m", "moved_m", "way")


@dataclass(frozen=True)
class Centres:
    """The centre of each year that has one: ``rows`` with CENTRE_COLUMNS (EPSG:5179, metres).

    ``ellipses`` are polygons by year.
    """

    rows: pd.DataFrame
    ellipses: dict[int, Any]
    n: pd.Series[int]
    unplaced: pd.Series[int]


NODE_COLUMNS = (
    "node",
    "kind",
    "name",
    "community",
    "labels",
    "year",
    "programme",
    "department",
    "outcome",
    "group_id",
    "category",
    "neighbourhood_code",
    "people",
    "x",
    "y",
)
EDGE_COLUMNS = ("source", "target", "shared", "weight")
LABEL_COLUMNS = ("label", "year", "programme", "outcome", "applications")
COMMUNITY_COLUMNS = (
    "community",
    "letter",
    "people",
    "groups",
    "applications",
    "selected",
    "rejected",
    "under_review",
    "selected_share",
    "year_from",
    "year_to",
    "category",
    "places",
    "bridging",
    "bridges",
)


def first_of(joined: pd.Series[str]) -> pd.Series[str]:
    """The first of several keys that a space joins, of each row; missing where there is none.

    >>> first_of(pd.Series(["a b", "c", None])).tolist()
    ['a', 'c', nan]
    """
    return joined.astype("str").str.extract(r"^(\S+)", expand=False)


@dataclass(frozen=True)
class Network:
    """Who is linked to whom in a place and some years.

    Attributes:
        mode: what the nodes are, one of `MODES`, or ``communities`` where people would be too
            many to draw: then each node stands for one, and choosing it opens it.
        nodes: NODE_COLUMNS, a row each. ``node`` is the key, ``kind`` one of ``person``,
            ``application``, ``group``, ``neighbourhood``, ``bureau``, ``community``. ``labels``
            is an application's label, or those of a person's applications, joined by " · ".
            ``community`` is a number from 0 on, the largest first, missing outside the interest
            groups. ``people`` is missing where fewer are counted than may be told. ``x`` and
            ``y`` are where the node is drawn (EPSG:5179, metres): a drawing, not a place.
        places: where each node is in the city, by ``node``: ``x``, ``y`` (EPSG:5179) and
            ``code``, the legal neighbourhood; missing where it is nowhere.
        edges: EDGE_COLUMNS by keys of nodes; ``shared`` counts what the two share (1 between a
            person and an application), missing where fewer people than may be told.
        flows: people shared by two neighbourhoods: EDGE_COLUMNS by their codes.
        labels: LABEL_COLUMNS in the order of the printed legend.
        steps: labels that each step of the staged reveal adds, in order; before them stands the
            bare network, after them the interest groups.
        communities: COMMUNITY_COLUMNS, the largest first. ``places`` are neighbourhood codes and
            ``bridges`` pseudonyms, joined by a space, the most first.
        hulls: the ground of each community in the drawing, by its number (EPSG:5179).
        people: how many there are; None where they are fewer than may be told.
        applications: how many there are.
        across: share of the ties between people that join two communities.
        box: west, south, east, north of the drawing (EPSG:5179).
        ground: the same of the place.
        inside: the community of a larger network that this one is of.
        why: what keeps it from being drawn.
    """

    mode: str
    nodes: pd.DataFrame
    places: pd.DataFrame
    edges: pd.DataFrame
    flows: pd.DataFrame
    labels: pd.DataFrame
    steps: tuple[str, ...]
    communities: pd.DataFrame
    hulls: gpd.GeoSeries
    people: int | None
    applications: int
    across: float
    box: tuple[float, float, float, float]
    ground: tuple[float, float, float, float]
    inside: int | None = None
    why: Why | None = None

    @property
    def opens(self) -> bool:
        """Whether a node stands for a community that can be looked into."""
        return self.mode == "communities"


COHESION_COLUMNS = (
    "year",
    "people",
    "ties",
    "components",
    "giant_share",
    "density",
    "mean_degree",
    "largest_degree",
    "core",
    "core_nodes",
    "rejected",
    "near_selected",
    "near_share",
)
HOMOPHILY_COLUMNS = (
    "attribute", "nodes", "ties", "e_i", "expected", "low", "high", "p", "assortativity",
)  # fmt: skip


@dataclass(frozen=True)
class Cohesion:
    """What holds a network of people together.

    ``whole`` is the row of COHESION_COLUMNS of the years together (``year`` missing), ``years``
    those of each year alone. ``homophily`` has a row of HOMOPHILY_COLUMNS for each attribute, of
    the years together; ``homophily_years`` the same by ``year``. ``told`` are the attributes
    that this audience may be told of. ``brokers`` has ``node``, ``community``, ``labels``,
    ``betweenness``, ``degree``, the most first. ``categories`` are ties between groups by
    category, ``bureaus`` people by pair of bureaus (missing where too few).
    """

    whole: pd.DataFrame
    years: pd.DataFrame
    homophily: pd.DataFrame
    homophily_years: pd.DataFrame
    told: tuple[str, ...]
    brokers: pd.DataFrame
    categories: pd.DataFrame
    bureaus: pd.DataFrame


@dataclass(frozen=True)
class Crosswalk:
    """Clusters in space beside communities in the network, of the groups that are in both.

    ``table`` has groups by ``cluster`` (rows) and ``community`` (columns), all of them;
    ``clusters`` and ``communities`` name them (``name_ko``, ``name_en``, ``groups``) by number.
    ``ari`` and ``nmi`` are over the ``n`` groups that are in both; ``only_cluster``,
    ``only_community`` and ``neither`` count the others.
    """

    table: pd.DataFrame
    clusters: pd.DataFrame
    communities: pd.DataFrame
    ari: float
    nmi: float
    n: int
    only_cluster: int
    only_community: int
    neither: int
    why: Why | None = None


@dataclass(frozen=True)
class Account:
    """What a question counts, for every area and year, and for all of them together.

    ``rows`` have an index of year and code, all areas in every year, and a column for each
    figure; ``whole`` the same columns by year, of all that the filters and chosen districts keep,
    placed or not. ``value`` is the column on the map, ``few`` marks rows that rest on too little
    to be read alone. Counts of people are those that the audience may be told of, missing where
    they are too few. ``n`` and ``unplaced`` count what the question is about: applications, or
    groups.
    """

    level: str
    areas: pd.DataFrame
    inside: pd.Series[bool]
    rows: pd.DataFrame
    whole: pd.DataFrame
    value: str
    few: pd.Series[bool]
    n: pd.Series[int]
    unplaced: pd.Series[int]
    why: dict[int, Why] = field(default_factory=dict)

    def wide(self, column: str) -> pd.DataFrame:
        """A figure by area and year."""
        frame = self.rows[column].astype(float).unstack(level="year")
        return frame.reindex(self.areas.index)

    def of(self, year: int) -> pd.DataFrame:
        """The table of a year: code, names and every figure of the areas in sight."""
        names = self.areas[["code", "name_ko", "name_en"]]
        told = self.rows.loc[year].assign(few=self.few.loc[year])
        return names.join(told)[self.inside].reset_index(drop=True)
