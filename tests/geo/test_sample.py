"""The simulated atlas agrees with every published figure, and holds what was planted in it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import STRtree

from geo import sample as simulated
from geo.__main__ import SAMPLE, main
from geo.administrative import valid_in
from geo.atlas import ALWAYS, Atlas, content_hash
from geo.boundaries import Boundaries, locate
from geo.errors import UnknownValue
from geo.schema import GIVEN, TABLES, Provenance
from geo.validation import validate

LEGEND = {
    "12년 씨앗탈락", "12년 씨앗선정", "13년 씨앗탈락", "13년 씨앗선정", "12년 실국탈락",
    "12년 실국선정", "13년 실국탈락", "13년 실국선정", "13년 심사중", "12년 찾마감",
}  # fmt: skip
SMALL = {2012: 120, 2013: 200, 2014: 300}


@pytest.fixture(scope="module")
def made(seoul: Boundaries) -> simulated.Simulation:
    return simulated.simulate(simulated.SEED, seoul)


@pytest.fixture(scope="module")
def planted(made: simulated.Simulation) -> dict[str, pd.Series[str]]:
    """What was planted: kind -> label by id."""
    return {kind: part.set_index("id")["label"] for kind, part in made.planted.groupby("kind")}


@pytest.fixture(scope="module")
def points(sample: Atlas, planted: dict[str, pd.Series[str]]) -> gpd.GeoDataFrame:
    """Groups whose point is known, with the cluster that they were planted in, or none."""
    known = sample.groups[sample.groups.geometry.notna()].reset_index(drop=True)
    return known.assign(cluster=known["group_id"].map(planted["cluster"]).fillna(""))


def network(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Applications of Geumcheon-gu's groups in 2012 and 2013."""
    groups, applications = tables["groups"], tables["applications"]
    here = groups["group_id"][groups["district_code"] == "11545"]
    return applications[applications["group_id"].isin(here) & applications["year"].le(2013)]


def named(tables: dict[str, pd.DataFrame], applications: pd.DataFrame) -> pd.DataFrame:
    return tables["memberships"].merge(applications[["application_id", "group_id"]])


def ties(memberships: pd.DataFrame) -> pd.DataFrame:
    """Pairs of people who are named in one application, each pair once: ``one``, ``other``."""
    named = memberships[["application_id", "person_id"]]
    pairs = named.merge(named, on="application_id", suffixes=("_one", "_other"))
    pairs = pairs[pairs["person_id_one"] < pairs["person_id_other"]]
    return (
        pairs[["person_id_one", "person_id_other"]]
        .drop_duplicates(ignore_index=True)
        .set_axis(["one", "other"], axis=1)
    )


def share_across(tables: dict[str, pd.DataFrame], planted: pd.DataFrame) -> float:
    """Of the ties among the people of the six communities, those that join two of them."""
    label = planted[planted["kind"] == "community"].set_index("id")["label"]
    pairs = ties(named(tables, network(tables)))
    one, other = pairs["one"].map(label), pairs["other"].map(label)
    return float((one != other)[one.notna() & other.notna()].mean())


def counted_of_2013(tables: dict[str, pd.DataFrame]) -> tuple[int, list[int]]:
    """People of the seed programme of 2013: all; women, aged 19 to 39, aged 48 to 67."""
    seed = tables["applications"].query("year == 2013 and programme == '씨앗'")
    who = tables["people"]["person_id"].isin(named(tables, seed)["person_id"])
    people = tables["people"][who]
    age = 2013 - people["birth_year"]
    kinds = (people["gender"] == "female", age.between(19, 39), age.between(48, 67))
    return len(people), [int(kind.sum()) for kind in kinds]


def frames(atlas: Atlas) -> dict[str, pd.DataFrame]:
    return {name: getattr(atlas, name) for name in TABLES}


# ---- the printed figures ---------------------------------------------------------------------


def test_totals_are_the_printed_ones(sample: Atlas) -> None:
    """1,189 groups in 2012, 5,200 by 2017, more every year between, in all 25 districts."""
    founded = sample.groups["founded_year"]
    by_year = [int((founded <= year).sum()) for year in sample.years]
    assert sample.years == [2012, 2013, 2014, 2015, 2016, 2017]
    assert (by_year[0], by_year[-1]) == (1189, 5200)
    assert by_year == sorted(set(by_year))
    assert sample.groups["district_code"].nunique() == 25
    assert founded.equals(
        sample.groups["group_id"].map(sample.applications.groupby("group_id")["year"].min())
    )


def test_geumcheon_has_340_people_and_the_ten_labels(sample: Atlas) -> None:
    """The network slides: who appears in 2012 and 2013, and the whole legend, as printed."""
    applications = network(frames(sample))
    assert named(frames(sample), applications)["person_id"].nunique() == 340
    counts = applications["label"].value_counts()
    assert set(counts.index) == LEGEND
    assert counts.min() >= 3


def test_a_label_is_year_programme_and_outcome_with_two_exceptions(sample: Atlas) -> None:
    """13년 심사중 names no programme; 12년 찾마감 neither that nor what became of it."""
    words = {"selected": "선정", "rejected": "탈락", "under_review": "심사중", "other": "찾마감"}
    table = sample.applications
    year, programme = (table["year"] % 100).astype(str) + "년 ", table["programme"].fillna("")
    assert (table["label"] == year + programme + table["outcome"].map(words)).all()
    unnamed = table[table["programme"].isna()]
    assert set(unnamed["label"]) == {"13년 심사중", "12년 찾마감"}
    assert set(table["label"][table["outcome"] == "other"]) == {"12년 찾마감"}
    assert set(table["programme"].dropna()) == {"씨앗", "실국"}


def test_participants_of_2013_are_those_of_the_slide(sample: Atlas) -> None:
    """60 % women, 49 % aged 19 to 39, 25 % aged 48 to 67, to the nearest person."""
    count, kinds = counted_of_2013(frames(sample))
    assert kinds == [round(count * share) for share in (0.60, 0.49, 0.25)]
    assert count > 3_000


def test_applications_are_those_of_the_evaluation(sample: Atlas) -> None:
    """4,978 selected from 2012 to 2015 with 128,743 participants, by eleven bureaus."""
    selected = sample.applications.query("year <= 2015 and outcome == 'selected'")
    assert (len(selected), selected["participants"].sum()) == (4978, 128_743)
    assert sample.applications.groupby("year")["department"].nunique().tolist() == [11] * 6


def test_the_policies_are_the_six_categories(sample: Atlas) -> None:
    """Every group belongs to one of the policies named on the slide."""
    assert set(sample.groups["category"]) == {
        "마을공동체", "사회적경제", "도시재생", "청년", "50+", "마을교육공동체",
    }  # fmt: skip


def test_every_application_names_three_people_and_one_represents(sample: Atlas) -> None:
    """A group needs three neighbours, and counts no fewer participants than it names."""
    members = sample.memberships.groupby("application_id")["role"]
    assert members.size().min() == 3
    assert (members.agg(lambda role: (role == "representative").sum()) == 1).all()
    least = sample.applications["application_id"].map(members.size())
    assert (sample.applications["participants"] >= least).all()
    assert set(sample.people["person_id"]) == set(sample.memberships["person_id"])


# ---- the planted networks --------------------------------------------------------------------


def test_six_communities_are_dense_and_loosely_tied(
    sample: Atlas, planted: dict[str, pd.Series[str]], made: simulated.Simulation
) -> None:
    """Half of all pairs inside a community or more are tied; about 3 % of ties are across."""
    people = planted["community"]
    assert set(people) == {"A", "B", "C", "D", "E", "F", "강동 C"}
    assert people.value_counts().min() >= 15
    pairs = ties(named(frames(sample), network(frames(sample))))
    one, other = pairs["one"].map(people), pairs["other"].map(people)
    assert (one.isna() == other.isna()).all()
    for label in "ABCDEF":
        size = int((people == label).sum())
        assert ((one == label) & (other == label)).sum() >= 0.5 * size * (size - 1) / 2
    assert share_across(frames(sample), made.planted) == pytest.approx(0.03, abs=0.002)


def test_the_rest_of_the_network_is_in_small_pieces(
    sample: Atlas, planted: dict[str, pd.Series[str]]
) -> None:
    """Of the 340 those outside the communities hang together with fewer than 15 others."""
    members = named(frames(sample), network(frames(sample)))
    rest = members[~members["person_id"].isin(planted["community"].index)]
    piece = pd.Series(rest["person_id"].unique(), index=rest["person_id"].unique())
    pairs = ties(rest)
    for _ in range(20):  # the smallest pseudonym within reach, step by step
        least = piece[pairs["one"]].to_numpy(), piece[pairs["other"]].to_numpy()
        for side in ("one", "other"):
            reached = pd.Series(np.minimum(*least)).groupby(pairs[side]).min()
            piece = piece.combine(reached, min, fill_value="p999999")
    assert len(piece) + planted["community"].ne("강동 C").sum() == 340
    assert piece.value_counts().max() < 15


def test_gangdong_has_its_group_c(sample: Atlas, planted: dict[str, pd.Series[str]]) -> None:
    """Its people are tied to nobody else until 2013, and their groups stand at the site."""
    people = planted["community"].index[planted["community"] == "강동 C"]
    early = sample.applications[sample.applications["year"] <= 2013]
    members = named(frames(sample), early)
    theirs = members[members["person_id"].isin(people)]
    whole = members[members["application_id"].isin(theirs["application_id"])]
    assert set(whole["person_id"]) == set(people)
    assert set(planted["cluster"][theirs["group_id"].unique()]) == {"gangdong-c"}


@pytest.mark.parametrize("share", [0.0, 0.06, 0.1])
def test_the_share_of_ties_across_can_be_chosen(seoul: Boundaries, share: float) -> None:
    """What a community finder has to bear is an argument."""
    made = simulated.simulate(5, seoul, SMALL, ties_across=share)
    assert share_across(made.tables, made.planted) == pytest.approx(share, abs=0.003)


# ---- places ----------------------------------------------------------------------------------


def test_points_lie_in_the_neighbourhood_that_they_name(
    points: gpd.GeoDataFrame, seoul: Boundaries
) -> None:
    """And no two in the same spot."""
    found = locate(points.geometry, seoul)
    assert (found["neighbourhood_code"] == points["neighbourhood_code"]).all()
    assert (found["district_code"] == points["district_code"]).all()
    assert not points.geometry.to_wkb().duplicated().any()


def test_some_places_are_known_roughly(sample: Atlas) -> None:
    """4 % to their district, 10 % to their neighbourhood; a name tells no more than that."""
    groups = sample.groups
    assert groups["precision"].value_counts().to_dict() == {
        "point": 4472,
        "neighbourhood": 520,
        "district": 208,
    }
    areas = pd.concat([sample.districts, sample.neighbourhoods]).set_index("code")["name_ko"]
    place = groups["neighbourhood_code"].fillna(groups["district_code"]).map(areas)
    assert (groups["name"].str.split(" ").str[0] == place).all()
    assert groups["name"].is_unique


def test_offices_record_an_administrative_neighbourhood_of_the_time(
    made: simulated.Simulation, seoul: Boundaries
) -> None:
    """One that held the group's legal neighbourhood in its founding year, where that is known."""
    groups = validate(made.tables, seoul, Provenance.SIMULATED)["groups"]
    assert (groups["administrative_code"].isna() == groups["neighbourhood_code"].isna()).all()
    recorded = groups.dropna(subset="administrative_code")
    pairs = seoul.administrative_legal
    for year, of_year in recorded.groupby("founded_year"):
        held = pairs[valid_in(pairs, year)]
        known = set(zip(held["code"], held["legal_code"], strict=True))
        said = zip(of_year["administrative_code"], of_year["neighbourhood_code"], strict=True)
        assert set(said) <= known
    # 공릉1·3동 was gone, the units of 2013 were not there yet.
    first = recorded[recorded["founded_year"] == 2012]
    names = first["administrative_code"].map(seoul.administrative.set_index("code")["name_ko"])
    assert not names.isin(["공릉1·3동", "다산동", "약수동", "위례동"]).any()
    geumcheon = recorded["administrative_code"][recorded["district_code"] == "11545"]
    assert geumcheon.nunique() == 10


def test_what_offices_record_moves_nothing_else(
    made: simulated.Simulation, seoul: Boundaries
) -> None:
    """Without administrative neighbourhoods the same city comes out, to the last digit."""
    bare = Boundaries(seoul.districts, seoul.neighbourhoods)
    tables = simulated.simulate(simulated.SEED, bare).tables
    assert tables["groups"].pop("administrative_code").isna().all()
    for name, frame in tables.items():
        pd.testing.assert_frame_equal(frame, made.tables[name][frame.columns])


def test_the_sites_are_dense(sample: Atlas, points: gpd.GeoDataFrame) -> None:
    """Within 800 m of each named site stand at least six times as many as on the city's mean."""
    mean = len(points) / sample.districts["area_km2"].sum()
    assert len(sample.sites) == 6
    for site in sample.sites.geometry:
        assert (points.distance(site) <= 800).sum() / (np.pi * 0.8**2) > 6 * mean


def test_planted_clusters_are_dense_and_some_span_districts(
    sample: Atlas, points: gpd.GeoDataFrame
) -> None:
    """Each is four times as dense as the city or more; three lie in two districts."""
    mean = len(points) / sample.districts["area_km2"].sum()
    spanning = 0
    for _, part in points[points["cluster"] != ""].groupby("cluster"):
        centre = part.geometry.union_all().centroid
        radius = part.distance(centre).quantile(0.8)
        here = (points.distance(centre) <= radius).sum()
        assert here / (np.pi * radius**2 / 1e6) > 4 * mean
        spanning += part["district_code"].value_counts(normalize=True).iloc[0] < 0.85
    assert spanning >= 3


def test_clusters_widen_from_year_to_year(points: gpd.GeoDataFrame, sample: Atlas) -> None:
    """New groups of the last two years stand farther from their site than those of the first."""
    sites = sample.sites.set_index("site_id").geometry
    planted = points[points["cluster"].isin(sites.index.drop("geumcheon"))]
    apart = planted.distance(gpd.GeoSeries(sites[planted["cluster"]].values, planted.index))
    by_year = apart.groupby(planted["founded_year"]).mean()
    assert by_year[[2016, 2017]].min() > 1.15 * by_year[2012]


def test_growth_moves_outward_from_the_sites(
    points: gpd.GeoDataFrame, sample: Atlas, planted: dict[str, pd.Series[str]]
) -> None:
    """From 2014 on new groups outside clusters and patches stand ever farther from the sites."""
    outside = ~points["neighbourhood_code"].isin(planted["rising"].index)
    loose = points[outside & (points["cluster"] == "") & (points["founded_year"] >= 2014)]
    apart = pd.concat([loose.distance(site) for site in sample.sites.geometry], axis=1).min(axis=1)
    assert apart.groupby(loose["founded_year"]).median().is_monotonic_increasing


def test_groups_come_up_next_door_to_others(points: gpd.GeoDataFrame) -> None:
    """In 2013 and 2014 new groups stand nearer to earlier ones than if years were shuffled."""

    def to_nearest(table: gpd.GeoDataFrame, year: pd.Series[int]) -> float:
        earlier, new = table[(year < now).to_numpy()], table[(year == now).to_numpy()]
        tree = STRtree(earlier.geometry.to_numpy())
        return float(tree.query_nearest(new.geometry.to_numpy(), return_distance=True)[1].mean())

    rng = np.random.default_rng(0)
    for now in (2013, 2014):
        table = points[points["founded_year"] <= now]
        year = table["founded_year"]
        shuffled = [
            to_nearest(table, pd.Series(rng.permutation(year), year.index)) for _ in range(99)
        ]
        assert to_nearest(table, year) < min(shuffled)


def test_three_patches_rise_threefold(sample: Atlas, planted: dict[str, pd.Series[str]]) -> None:
    """Their share of the city's new groups is about three times as large from 2015 on."""
    groups = sample.groups[sample.groups["neighbourhood_code"].notna()]
    patch = groups["neighbourhood_code"].map(planted["rising"])
    late = groups["founded_year"] >= 2015
    before, after = (patch[part].value_counts() / part.sum() for part in (~late, late))
    ratio = (after / before).to_numpy()
    assert len(ratio) == 3
    assert ratio.min() > 2
    assert ratio.mean() == pytest.approx(3, abs=0.6)


# ---- what groups do --------------------------------------------------------------------------


def test_fewer_of_a_cohort_are_active_every_year(sample: Atlas) -> None:
    """Of those founded in 2012 and once selected, ever fewer are selected later on."""
    applications = sample.applications[sample.applications["outcome"] == "selected"]
    cohort = sample.groups["group_id"][sample.groups["founded_year"] == 2012]
    last = applications[applications["group_id"].isin(cohort)].groupby("group_id")["year"].max()
    lasting = [float((last >= year).mean()) for year in sample.years]
    assert lasting[0] == 1
    assert all(now < before for before, now in pairwise(lasting))
    assert 0.1 < lasting[-1] < 0.4


def test_some_groups_are_only_ever_rejected(sample: Atlas) -> None:
    """Between a fifth and two fifths were never selected, and are counted all the same."""
    ever = sample.applications.groupby("group_id")["outcome"].agg(
        lambda all: "selected" in set(all)
    )
    assert 0.2 < 1 - ever.mean() < 0.4


def test_selection_is_about_as_likely_in_every_year(sample: Atlas) -> None:
    """Meeting the evaluation's number leaves no step in the rates."""
    decided = sample.applications[sample.applications["outcome"].isin(["selected", "rejected"])]
    rate = (decided["outcome"] == "selected").groupby(decided["year"]).mean()
    assert rate.min() > 0.4
    assert rate.max() < rate.min() + 0.12


def test_some_groups_meet_several_bureaus_in_a_year(sample: Atlas) -> None:
    """Duplication is there to be found, among selected applications too."""
    table = sample.applications
    for part in (table, table[table["outcome"] == "selected"]):
        bureaus = part.groupby(["group_id", "year"])["department"].nunique()
        assert (bureaus > 1).mean() > 0.05


def test_categories_turn_to_their_own_bureaus(sample: Atlas) -> None:
    """Category and bureau go together: Cramér's V over the bureau programme is above 0.3."""
    table = sample.applications.merge(sample.groups[["group_id", "category"]])
    table = table[table["programme"] == "실국"]
    seen = pd.crosstab(table["category"], table["department"]).to_numpy()
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / seen.sum()
    chi2 = ((seen - expected) ** 2 / expected).sum()
    assert np.sqrt(chi2 / seen.sum() / (min(seen.shape) - 1)) > 0.3


def test_amounts_are_of_the_order_of_their_programme(sample: Atlas) -> None:
    """Whole 10,000 won: 1 to 5 million for a seed, 3 to 50 million from a bureau."""
    amount, programme = sample.applications["amount_krw"], sample.applications["programme"]
    assert (amount % 10_000 == 0).all()
    assert amount[programme == "씨앗"].between(1_000_000, 5_000_000).all()
    assert amount[programme == "실국"].between(3_000_000, 50_000_000).all()
    selected = sample.applications["outcome"] == "selected"
    for each in ("씨앗", "실국"):
        granted = amount[selected & (programme == each)].mean()
        assert granted < amount[~selected & (programme == each)].mean()


def test_people_live_near_their_groups_and_some_have_several(sample: Atlas) -> None:
    """Most live in the neighbourhood of their group; some are named by more than one group."""
    everyone = named(frames(sample), sample.applications)
    met = everyone.drop_duplicates(["person_id", "group_id"])
    both = met.merge(sample.people).merge(
        sample.groups[["group_id", "neighbourhood_code"]], on="group_id", suffixes=("", "_group")
    )
    near = both["neighbourhood_code"] == both["neighbourhood_code_group"]
    assert 0.55 < near[both["neighbourhood_code_group"].notna()].mean() < 0.85
    assert (met["person_id"].value_counts() > 1).mean() > 0.04
    assert (everyone["person_id"].value_counts() > 1).mean() > 0.5


# ---- the generator ---------------------------------------------------------------------------


def test_the_same_seed_writes_the_committed_bytes(tmp_path: Path, seoul: Boundaries) -> None:
    """Twice the same, at most 4 MB of them."""
    for folder in (tmp_path / "one", tmp_path / "two"):
        simulated.write(folder, seoul)
        written = {path.name: path.read_bytes() for path in folder.iterdir()}
        assert set(written) == {"manifest.json", *(f"{name}.parquet" for name in ALWAYS)}
        assert content_hash(folder) == content_hash(SAMPLE)
        assert written["manifest.json"] == (SAMPLE / "manifest.json").read_bytes()
        assert sum(map(len, written.values())) < 4_000_000


def test_the_manifest_says_that_it_is_simulated(sample: Atlas) -> None:
    """And how to make it again."""
    manifest = sample.manifest
    assert manifest.name == "서울 마을 표본 (모의 자료) / Seoul sample (simulated)"
    assert manifest.provenance == "simulated"
    assert set(sample.groups["provenance"]) == {"simulated"}
    assert manifest.made_at == "2026-01-01T00:00:00+00:00"
    assert manifest.made_from == (
        "python -m geo sample --seed 2012 --totals "
        "2012=1189,2013=1934,2014=2741,2015=3602,2016=4425,2017=5200"
    )


def test_what_was_planted_is_never_in_the_tables(
    made: simulated.Simulation, seoul: Boundaries
) -> None:
    """Neither as a column, nor by the order of rows or pseudonyms; residents are not simulated."""
    tables = validate(made.tables, seoul, Provenance.SIMULATED)
    assert set(made.tables) == set(GIVEN) - {"places", "population"}
    for name in GIVEN:
        assert list(tables[name]) == [column.name for column in TABLES[name].columns]
    cluster = tables["groups"]["group_id"].map(
        made.planted[made.planted["kind"] == "cluster"].set_index("id")["label"]
    )
    follows = (cluster == cluster.shift())[cluster.notna()].mean()
    assert follows < 1.5 * (cluster.value_counts() / len(cluster)).max()
    people = made.planted[made.planted["kind"] == "community"]
    number = people["id"].str[1:].astype(int)
    for _, part in number.groupby(people["label"]):
        assert part.max() - part.min() > len(tables["people"]) / 2


def test_planted_labels_point_at_the_tables(
    sample: Atlas, planted: dict[str, pd.Series[str]]
) -> None:
    """Groups, people, neighbourhoods and the clusters' names."""
    assert set(planted) == {"cluster", "community", "rising", "born"}
    assert planted["cluster"].index.isin(sample.groups["group_id"]).all()
    assert planted["community"].index.isin(sample.people["person_id"]).all()
    assert planted["rising"].index.isin(sample.neighbourhoods["code"]).all()
    assert set(planted["born"].index) == set(planted["cluster"])
    assert set(sample.sites["site_id"]) < set(planted["cluster"])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_and_totals_make_other_atlases(seoul: Boundaries, seed: int) -> None:
    """Small cities keep Geumcheon's network, its labels and the shares of 2013."""
    made = simulated.simulate(seed, seoul, SMALL)
    tables = validate(made.tables, seoul, Provenance.SIMULATED)
    founded = tables["groups"]["founded_year"]
    assert {year: int((founded <= year).sum()) for year in SMALL} == SMALL
    applications = network(tables)
    assert named(tables, applications)["person_id"].nunique() == 340
    assert set(applications["label"]) == LEGEND
    count, kinds = counted_of_2013(tables)
    assert kinds == [round(count * share) for share in (0.60, 0.49, 0.25)]


@pytest.mark.parametrize(
    "totals", [{2012: 300, 2014: 500}, {2012: 300, 2013: 359}, {2012: 300, 2013: 400, 2014: 399}]
)
def test_totals_that_cannot_be_are_refused(seoul: Boundaries, totals: dict[int, int]) -> None:
    """With what would do."""
    with pytest.raises(UnknownValue) as error:
        simulated.simulate(1, seoul, totals)
    assert str(error.value) == (
        f"Unknown totals '{totals}': choose every year from 2012 to 2013 or later, 60 new groups "
        "or more in 2012 and in 2013, and never fewer groups than the year before."
    )


def test_a_share_of_ties_that_cannot_be_is_refused(seoul: Boundaries) -> None:
    """With what would do."""
    with pytest.raises(UnknownValue) as error:
        simulated.simulate(1, seoul, ties_across=0.5)
    assert str(error.value) == "Unknown share of ties across '0.5': choose 0 to 0.2."


def test_what_was_planted_is_written_beside_an_atlas_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """On request, and never into it."""
    totals = ",".join(f"{year}={total}" for year, total in SMALL.items())
    command = ["sample", "--out", str(tmp_path / "atlas"), "--totals", totals]
    beside, inside = tmp_path / "planted.csv", tmp_path / "atlas" / "planted.csv"
    assert main([*command, "--planted", str(beside)]) == 0
    assert list(pd.read_csv(beside)) == ["kind", "id", "label"]
    assert main([*command, "--planted", str(inside)]) == 2
    assert capsys.readouterr().err == f"{inside} is inside the atlas: name a file beside it.\n"
    assert not inside.exists()
