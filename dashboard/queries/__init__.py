"""ViewState -> tidy tables: the one place where measures meet the atlas."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dashboard.kept import Kept
from dashboard.queries.clusters import ClusterQueries
from dashboard.queries.cohesion import CohesionQueries
from dashboard.queries.crosswalk import CrosswalkQueries
from dashboard.queries.density import Queries
from dashboard.queries.kinds import KindQueries
from dashboard.queries.network import NetworkQueries
from dashboard.queries.spread import SpreadQueries

__all__ = ["Analyses", "Queries"]


@dataclass(frozen=True)
class Analyses:
    """Questions beyond how many are where."""

    clusters: ClusterQueries
    kinds: KindQueries
    spread: SpreadQueries
    network: NetworkQueries
    cohesion: CohesionQueries
    crosswalk: CrosswalkQueries

    @classmethod
    def of(cls, queries: Queries, folder: Path | None) -> Analyses:
        """Those of a snapshot; what takes long is kept in a folder, if there is one."""
        kept = Kept(folder, f"{queries.atlas.hash}-{queries.audience}-{queries.least_people}")
        kinds, clusters = KindQueries(queries, kept), ClusterQueries(queries, kept)
        network = NetworkQueries(queries, kept, clusters)
        return cls(
            clusters,
            kinds,
            SpreadQueries(queries, kinds),
            network,
            CohesionQueries(queries, kept, network),
            CrosswalkQueries(queries, clusters, network),
        )
