"""Clusters of groups by year, and the named places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from dashboard.kept import Kept
from dashboard.queries.density import Queries
from dashboard.state import ViewState
from dashboard.tables import CLUSTER_COLUMNS, GROUP_COLUMNS, Clusters, Nearby, Why
from geo.measures import autocorrelation, clusters
from geo.schema import Level, Outcome

KEPT_ANSWERS = 12
RANDOM_PLACES = 999


class ClusterQueries:
    """Questions about groups that lie together."""

    def __init__(self, queries: Queries, kept: Kept) -> None:
        self._queries = queries
        self._kept = kept
        keep: Callable[[Any], Any] = lru_cache(maxsize=KEPT_ANSWERS)
        self._clusters = keep(self._make)
        self._nearby = keep(self._make_nearby)

    def clusters(self, state: ViewState) -> Clusters:
        """Clusters of every year; with districts, those that have a group in them."""
        made: Clusters = self._clusters(replace(state.asked, district=()))
        if not state.district:
            return made
        chosen = set(state.district)

        def inside(table: pd.DataFrame) -> pd.DataFrame:
            there = [not chosen.isdisjoint(codes.split()) for codes in table["district_codes"]]
            # An empty list would choose no columns.
            return table[np.array(there, dtype=bool)]

        return replace(made, rows={year: inside(table) for year, table in made.rows.items()})

    def _found(self, state: ViewState) -> pd.DataFrame:
        """Cluster and probability of each group by year, as columns c2012, p2012 and so on."""
        present = self._queries.presence(state)
        columns = {}
        for year in present.columns:
            there = self._queries.spots.where(present[year].to_numpy())
            found = clusters.find_clusters(there, state.smallest)
            columns[f"c{year}"], columns[f"p{year}"] = found["cluster"], found["probability"]
        return pd.DataFrame(columns)

    def _make(self, state: ViewState) -> Clusters:
        found = self._kept.table(f"clusters {state}", lambda: self._found(state))
        present = self._queries.presence(state)
        years = [int(year) for year in present.columns]
        members, events = clusters.follow_clusters(
            pd.DataFrame({year: found[f"c{year}"] for year in years})
        )
        placed = self._queries.spots.notna().to_numpy()
        n = present.sum()
        with_point = present[placed].sum()
        names = self._names(members)
        why = {
            int(year): Why("few_for_cluster", {"n": int(count), "least": state.smallest})
            if n[year]
            else Why("no_groups")
            for year, count in with_point.items()
            if count < state.smallest
        }
        hulls = {year: clusters.hulls(self._queries.spots, members[year]) for year in years}
        probability = pd.DataFrame({year: found[f"p{year}"] for year in years})
        rows = {
            int(year): self._rows(state, year, members[year], probability[year], hulls[year],
                                  events, names)
            for year in years
        }  # fmt: skip
        return Clusters(members, probability, rows, hulls, events, n, n - with_point, why)

    def _names(self, members: pd.DataFrame) -> pd.DataFrame:
        """A name for each lineage: the neighbourhood of most of its groups.

        Where several have the same one, the next is added, or a number.
        """
        areas = self._queries.areas(Level.NEIGHBOURHOOD)
        codes = self._queries.atlas.groups["neighbourhood_code"].to_numpy()
        long = pd.concat(
            [pd.DataFrame({"lineage": members[y].to_numpy(), "code": codes}) for y in members]
        )
        counted = long[long["lineage"] >= 0].value_counts().rename("n").reset_index()
        counted = counted.sort_values(["lineage", "n", "code"], ascending=[True, False, True])
        ranked = counted.groupby("lineage")["code"]
        first, second = ranked.nth(0), ranked.nth(1)
        lineages = counted["lineage"].drop_duplicates().to_numpy()
        first.index = pd.Index(counted["lineage"].loc[first.index])
        second.index = pd.Index(counted["lineage"].loc[second.index])
        second = second.reindex(lineages)
        names = pd.DataFrame(index=pd.Index(lineages, name="lineage"))
        for lang, join in (("ko", "·"), ("en", "–")):
            own = areas[f"name_{lang}"].reindex(first.to_numpy()).set_axis(lineages)
            other = areas[f"name_{lang}"].reindex(second.to_numpy()).set_axis(lineages)
            both = (own + join + other).fillna(own)
            told = both.where(own.duplicated(keep=False), own)
            number = told.groupby(told).cumcount().add(1).astype("str")
            names[f"name_{lang}"] = told.where(~told.duplicated(keep=False), told + " " + number)
        return names

    def _rows(
        self,
        state: ViewState,
        year: int,
        members: pd.Series[int],
        probability: pd.Series[float],
        hulls: gpd.GeoSeries,
        events: pd.DataFrame,
        names: pd.DataFrame,
    ) -> pd.DataFrame:
        """What there is to say of each cluster of a year."""
        groups = self._queries.atlas.groups
        inside = members >= 0
        frame = pd.DataFrame(
            {
                "cluster": members[inside],
                "founded": groups["founded_year"][inside],
                "district": groups["district_code"][inside],
                "category": groups["category"][inside],
                "probability": probability[inside],
            }
        )
        by = frame.groupby("cluster")
        size = by.size().astype("int64")
        category = frame.groupby("cluster")["category"].value_counts(normalize=True, dropna=False)
        leading = category.groupby("cluster").head(1).reset_index("category")
        applications = self._applications(state, year)
        of = applications["group_id"].map(
            pd.Series(members.to_numpy(), index=groups["group_id"].to_numpy())
        )
        selected = (applications["outcome"] == Outcome.SELECTED).groupby(of).agg(["size", "mean"])
        now = events[(events["year"] == year)].set_index("lineage")
        area = hulls.area / 1e6
        # The index is told: a frame without rows would take that of the first column it is given.
        rows = pd.DataFrame(
            {
                "groups": size,
                "since": events.groupby("lineage")["year"].min(),
                "event": now["event"],
                "other": now["other"],
                "founded_from": by["founded"].min(),
                "founded_to": by["founded"].max(),
                "districts": by["district"].nunique(),
                "district_codes": by["district"].agg(lambda c: " ".join(c.value_counts().index)),
                "crosses": by["district"].nunique() > 1,
                "category": leading["category"],
                "category_share": leading["proportion"],
                "area_km2": area,
                "per_km2": size / area,
                "applications": selected["size"].reindex(size.index, fill_value=0),
                "selected_share": selected["mean"],
                "probability": by["probability"].mean(),
            },
            index=size.index,
        )
        rows = rows.join(names).rename_axis("cluster").reset_index()
        rows = rows.sort_values(["groups", "cluster"], ascending=[False, True])
        return rows[list(CLUSTER_COLUMNS)].reset_index(drop=True)

    def _applications(self, state: ViewState, year: int) -> pd.DataFrame:
        """Applications until a year that the filters keep."""
        applications = self._queries.atlas.applications
        keep = self._queries.matching(state)
        until = applications["year"] <= year
        return applications[until if keep is None else until & keep]

    def crosstab(self, state: ViewState, by: str) -> pd.DataFrame:
        """Groups by cluster and district, or category: ``cluster``, names, a column for each."""
        found = self.clusters(state)
        groups = self._queries.atlas.groups
        members = found.members[state.year]
        inside = members >= 0
        column = "district_code" if by == "district" else "category"
        table = pd.crosstab(members[inside], groups[column][inside].fillna("unknown"))
        rows = found.rows[state.year][["cluster", "name_ko", "name_en", "groups"]]
        return rows.join(table, on="cluster")

    def members(self, state: ViewState) -> pd.DataFrame:
        """Every group of the year with its cluster (-1 for none) and probability."""
        found = self.clusters(state)
        present = self._queries.presence(state)[state.year].to_numpy()
        groups = self._queries.atlas.groups.loc[present, list(GROUP_COLUMNS)]
        told = groups.assign(
            cluster=found.members[state.year][present],
            probability=found.probability[state.year][present],
        )
        return pd.DataFrame(told).reset_index(drop=True)

    def flow(self, state: ViewState) -> pd.DataFrame:
        """Groups that clusters of successive years share: ``year``, ``source``, ``target``, ``n``.

        ``year`` is the later one.
        """
        members = self.clusters(state).members
        years = list(members.columns)
        parts = []
        for before, after in pairwise(years):
            pair = pd.DataFrame({"source": members[before], "target": members[after]})
            pair = pair[(pair >= 0).all(axis=1)]
            shared = pair.value_counts().rename("n").reset_index()
            parts.append(shared.assign(year=after))
        columns = ["year", "source", "target", "n"]
        return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)

    def nearby(self, state: ViewState) -> Nearby:
        """Groups within a walk of the named places, beside random places where residents are."""
        made: Nearby = self._nearby(state.asked)
        return made

    def _make_nearby(self, state: ViewState) -> Nearby:
        queries = self._queries
        sites = queries.atlas.sites
        present = queries.presence(state)
        spots, years = queries.spots, list(present.columns)
        weights = present.to_numpy(dtype=float)
        observed = clusters.around(sites.geometry, spots, state.radius, weights)
        elsewhere = self._kept.table(
            f"random places {state}", lambda: self._elsewhere(state, spots, weights)
        ).to_numpy()
        middle, p = clusters.beside_random_places(observed, elsewhere)
        named = sites[["site_id", "name_ko", "name_en", "district_code"]].reset_index(drop=True)
        rows = {
            int(year): named.assign(
                groups=observed[:, place].astype(int),
                random=middle[place],
                p=autocorrelation.corrected(pd.Series(p[:, place])).to_numpy(),
            )
            for place, year in enumerate(years)
        }
        categories = queries.atlas.groups["category"].fillna("unknown")
        kinds = sorted(categories.unique())
        by_category = {
            int(year): pd.DataFrame(
                clusters.around(
                    sites.geometry,
                    spots,
                    state.radius,
                    np.array([(categories == kind).to_numpy() & present[year].to_numpy()
                              for kind in kinds], dtype=float)
                    .reshape(len(kinds), len(present)).T,
                ).astype(int),
                index=named["site_id"], columns=kinds,
            )
            for year in years
        }  # fmt: skip
        n = present.sum()
        unplaced = present[spots.isna().to_numpy()].sum()
        return Nearby(rows, by_category, pd.Series(middle, index=years), n, unplaced)

    def _elsewhere(
        self, state: ViewState, spots: gpd.GeoSeries, weights: np.ndarray
    ) -> pd.DataFrame:
        """Groups around random places, a row each, a column a year."""
        areas, residents = self._queries.residential_areas
        places = clusters.random_places(
            np.random.default_rng(0), areas, residents.tolist(), RANDOM_PLACES
        )
        found = clusters.around(places, spots, state.radius, weights)
        return pd.DataFrame(found, columns=[str(place) for place in range(found.shape[1])])
