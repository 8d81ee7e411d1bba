"""Whether groups that lie together also work together: clusters beside interest groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from dashboard.kept import Kept
from dashboard.queries.clusters import ClusterQueries
from dashboard.queries.density import Queries
from dashboard.queries.network import NetworkQueries
from dashboard.state import USUAL, ViewState
from dashboard.tables import Crosswalk, Why, first_of
from geo.measures import network
from geo.schema import Level

KEPT_ANSWERS = 24
PAIR_COLUMNS = (
    "cluster", "cluster_ko", "cluster_en", "community", "community_ko", "community_en", "groups",
    "of_cluster", "of_community",
)  # fmt: skip


class CrosswalkQueries:
    """Questions about neighbours in space and in the network."""

    def __init__(
        self, queries: Queries, kept: Kept, clusters: ClusterQueries, network: NetworkQueries
    ) -> None:
        self._queries = queries
        self._kept = kept
        self._clusters = clusters
        self._network = network
        keep: Callable[[Any], Any] = lru_cache(maxsize=KEPT_ANSWERS)
        self._crosswalk = keep(self._make)

    def crosswalk(self, state: ViewState) -> Crosswalk:
        """Clusters of the year beside interest groups of the years until it."""
        made: Crosswalk = self._crosswalk(self._asked(state))
        return made

    def _asked(self, state: ViewState) -> ViewState:
        """The part of a state that decides the answer."""
        asked = replace(self._network.of(state), count=state.count, smallest=state.smallest)
        return replace(asked, place=None, inside=None)

    def of_clusters(self, state: ViewState) -> ViewState:
        """The question of clusters that a state builds on."""
        return replace(
            ViewState(year=state.year, view="clusters"),
            **USUAL["clusters"],
            count=state.count,
            smallest=state.smallest,
            **state.filters,
        )

    def years(self, state: ViewState) -> pd.DataFrame:
        """``year``, ``ari``, ``nmi``, ``n`` of each year from the first one looked at on."""
        asked = self._asked(replace(state, year=self._queries.choices.years[-1]))
        return self._kept.table(f"crosswalk by year {asked}", lambda: self._by_year(asked))

    def _by_year(self, state: ViewState) -> pd.DataFrame:
        found = {
            year: self.crosswalk(replace(state, year=year))
            for year in self._queries.choices.years
            if year >= (state.since or 0)
        }
        return pd.DataFrame(
            [(year, one.ari, one.nmi, one.n) for year, one in found.items()],
            columns=["year", "ari", "nmi", "n"],
        )

    def rows(self, state: ViewState) -> pd.DataFrame:
        """PAIR_COLUMNS: a row for each cluster and interest group that share groups.

        ``of_cluster`` and ``of_community`` are the shares of the groups of the one and of the
        other that are in both; the most first.
        """
        found = self.crosswalk(state)
        cells = found.table.to_numpy(dtype=int)
        row, column = np.nonzero(cells)
        pairs = pd.DataFrame(
            {
                "cluster": found.table.index.to_numpy(dtype=int)[row],
                "community": found.table.columns.to_numpy(dtype=int)[column],
                "groups": cells[row, column],
            }
        )
        for side, frame in (("cluster", found.clusters), ("community", found.communities)):
            of = frame.reindex(pairs[side])
            pairs[f"{side}_ko"], pairs[f"{side}_en"] = of["name_ko"].array, of["name_en"].array
            pairs[f"of_{side}"] = pairs["groups"] / of["groups"].to_numpy(dtype=float)
        order = ["groups", "cluster", "community"]
        pairs = pairs.sort_values(order, ascending=[False, True, True])
        return pairs[list(PAIR_COLUMNS)].reset_index(drop=True)

    def _make(self, state: ViewState) -> Crosswalk:
        asked = self.of_clusters(state)
        found = self._clusters.clusters(asked)
        present = self._queries.presence(asked)[state.year].to_numpy()
        groups = self._queries.atlas.groups[present]
        index = pd.Index(groups["group_id"])
        cluster = found.members.loc[present, state.year].set_axis(index)
        working_in = self._network.group_communities(state).reindex(index)
        community = working_in.astype(float).fillna(-1).astype(int)
        inside, working = cluster >= 0, community >= 0
        both = inside & working
        names = self._named(state, community[working])
        clusters = found.rows[state.year].reindex(columns=["cluster", "name_ko", "name_en"])
        clusters = clusters.set_index("cluster")
        sizes = cluster[inside].value_counts().sort_index()
        clusters = clusters.reindex(sizes.index).assign(groups=sizes).rename_axis("cluster")
        table = pd.crosstab(cluster[both], community[both]).reindex(
            index=clusters.index, columns=names.index, fill_value=0
        )
        agreed = network.agreement(cluster[both], community[both])
        # Where all are in one part, whatever the other says agrees with it.
        told = cluster[both].nunique() > 1 and community[both].nunique() > 1
        why = found.why.get(state.year) or self._network.selected(state).why
        if why is None and clusters.empty:
            why = Why("no_cluster")
        elif why is None and names.empty:
            why = Why("no_interest_group")
        elif why is None and not both.any():
            why = Why("none_in_both")
        return Crosswalk(
            table=table.rename_axis(index="cluster", columns="community"),
            clusters=clusters,
            communities=names,
            ari=agreed.ari if told else float("nan"),
            nmi=agreed.nmi if told else float("nan"),
            n=int(both.sum()),
            only_cluster=int((inside & ~working).sum()),
            only_community=int((working & ~inside).sum()),
            neither=int((~working & ~inside).sum()),
            why=why,
        )

    def _named(self, state: ViewState, community: pd.Series[int]) -> pd.DataFrame:
        """Interest groups by letter and the neighbourhood of most of their applications."""
        areas = self._queries.areas(Level.NEIGHBOURHOOD)
        sizes = community.value_counts().sort_index()
        described = self._network.communities(state).set_index("community").loc[sizes.index]
        code = first_of(described["places"])
        names = {}
        for lang in ("ko", "en"):
            place = " · " + code.map(areas[f"name_{lang}"]).astype("str")
            names[f"name_{lang}"] = described["letter"].astype("str") + place.fillna("")
        return pd.DataFrame(names).assign(groups=sizes).rename_axis("community")


class Together(NamedTuple):
    """How often two groups that are one thing to each other are another; missing without any.

    ``near`` are in one interest group, of pairs in one cluster; ``far``, of pairs in two;
    ``working`` are in one cluster, of pairs in one interest group.
    """

    near: float
    far: float
    working: float


def together(table: pd.DataFrame) -> Together:
    """Pairs of groups, from their numbers by cluster (rows) and interest group (columns).

    >>> together(pd.DataFrame([[2, 0], [1, 1]]))
    Together(near=0.5, far=0.5, working=0.3333333333333333)
    """
    cells = table.to_numpy(dtype=float)
    both, near, working, every = (
        float((sizes * (sizes - 1) / 2).sum())
        for sizes in (cells, cells.sum(axis=1), cells.sum(axis=0), cells.sum())
    )

    def share(part: float, of: float) -> float:
        return part / of if of else float("nan")

    return Together(share(both, near), share(working - both, every - near), share(both, working))
