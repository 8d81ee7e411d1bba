"""ViewState -> tidy tables: the one place where measures meet the atlas."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dashboard.kept import Kept
from dashboard.queries.clusters import ClusterQueries
from dashboard.queries.density import Queries
from dashboard.queries.kinds import KindQueries
from dashboard.queries.spread import SpreadQueries

__all__ = ["Analyses", "Queries"]


@dataclass(frozen=True)
class Analyses:
    """Questions beyond how many are where."""

    clusters: ClusterQueries
    kinds: KindQueries
    spread: SpreadQueries

    @classmethod
    def of(cls, queries: Queries, folder: Path | None) -> Analyses:
        """Those of a snapshot; what takes long is kept in a folder, if there is one."""
        kept = Kept(folder, f"{queries.atlas.hash}-{queries.audience}")
        kinds = KindQueries(queries, kept)
        return cls(ClusterQueries(queries, kept), kinds, SpreadQueries(queries, kinds))
