"""ViewState -> tidy tables: the one place where measures meet the atlas."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from dashboard.kept import Kept
from dashboard.queries import people, silos
from dashboard.queries.accounts import Accounts
from dashboard.queries.clusters import ClusterQueries
from dashboard.queries.cohesion import CohesionQueries
from dashboard.queries.crosswalk import CrosswalkQueries
from dashboard.queries.density import Queries
from dashboard.queries.kinds import KindQueries
from dashboard.queries.network import NetworkQueries
from dashboard.queries.people import PeopleQueries
from dashboard.queries.silos import SiloQueries
from dashboard.queries.spread import SpreadQueries
from dashboard.secret import is_simulated, kept_as
from dashboard.state import BY, ViewState
from geo.private_key import OPEN_KEY
from geo.schema import Audience

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
    accounts: Accounts
    people: PeopleQueries
    silos: SiloQueries

    @classmethod
    def of(cls, queries: Queries, folder: Path | None, secret: bytes = OPEN_KEY) -> Analyses:
        """Those of a snapshot; what takes long is kept in a folder, if there is one.

        Counts of people are rounded by the secret for a public audience.

        Raises:
            ValueError: a public audience, people who are not simulated, and no secret.
        """
        atlas, internal = queries.atlas, queries.audience is Audience.INTERNAL
        real = not is_simulated(atlas) and len(atlas.people) > 0
        if real and not internal and secret == OPEN_KEY:
            raise ValueError("For a public audience real people take a secret, as secret_of reads.")
        kept = Kept(folder, kept_as(atlas.hash, queries.audience, queries.least_people, secret))
        queries.kept = kept
        kinds, clusters = KindQueries(queries, kept), ClusterQueries(queries, kept)
        network = NetworkQueries(queries, kept, clusters)
        accounts = Accounts(
            queries, kept, people.QUESTIONS | silos.QUESTIONS, None if internal else secret
        )
        return cls(
            clusters,
            kinds,
            SpreadQueries(queries, kinds),
            network,
            CohesionQueries(queries, kept, network),
            CrosswalkQueries(queries, kept, clusters, network),
            accounts,
            PeopleQueries(accounts),
            SiloQueries(queries, kept, accounts, clusters),
        )

    def tables(self, state: ViewState) -> dict[str, Callable[[], pd.DataFrame]]:
        """Every table that a question on people or silos has: name -> what makes it."""
        accounts, people, silos = self.accounts, self.people, self.silos
        own: dict[str, dict[str, Callable[[ViewState], pd.DataFrame]]] = {
            "composition": {"pyramid": people.pyramid, "represented": people.represented},
            "retention": {"curve": people.survival, "cohorts": people.cohorts},
            "concentration": {
                "indices": silos.indices, "lorenz": silos.lorenz, "beyond": silos.beyond
            },
            "duplication": {"matrix": silos.matrix},
            "fatigue": {"tries": silos.tries},
            "crossing": {"across": silos.across},
        }  # fmt: skip
        makers = own.get(state.view, {})
        makers["years"] = lambda asked: accounts.account(asked).whole
        if state.view in BY:
            makers["parts"] = accounts.apart
        if state.view == "retention":
            makers["parts"] = lambda asked: accounts.apart(asked).join(
                people.differs(asked).rename("q")
            )
        makers = {"areas": lambda asked: accounts.account(asked).of(asked.year), **makers}
        return {name: partial(self._plain, make, state) for name, make in makers.items()}

    def _plain(self, make: Callable[[ViewState], pd.DataFrame], state: ViewState) -> pd.DataFrame:
        """A table with what its rows are of as a column, and counts as whole numbers."""
        table = make(state)
        if table.index.name is not None:
            table = table.reset_index()
        counts = [name for name in self.accounts.whole_numbers(state) if name in table]
        return table.astype(dict.fromkeys(counts, "Int64"))
