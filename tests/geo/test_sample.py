"""The simulated atlas agrees with every published figure."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from geo import sample as simulated
from geo.atlas import Atlas, content_hash
from geo.boundaries import Boundaries, locate
from geo.errors import UnknownValue


def test_totals_are_the_printed_ones(sample: Atlas) -> None:
    """1,189 groups in 2012, 5,200 by 2017."""
    founded = sample.groups["founded_year"]
    assert [(founded <= year).sum() for year in (2012, 2017)] == [1189, 5200]
    assert sample.years == [2012, 2013, 2014, 2015, 2016, 2017]
    assert sample.manifest.provenance == "simulated"


def test_geumcheon_has_340_people_and_ten_labels(sample: Atlas) -> None:
    """The network slides: who appears in 2012 and 2013, and the legend's ten entries."""
    here = sample.groups["group_id"][sample.groups["district_code"] == "11545"]
    applications = sample.applications[
        sample.applications["group_id"].isin(here) & sample.applications["year"].isin([2012, 2013])
    ]
    named = sample.memberships["application_id"].isin(applications["application_id"])
    assert sample.memberships[named]["person_id"].nunique() == 340
    assert set(applications["label"]) == {
        "12년 씨앗탈락", "12년 씨앗선정", "13년 씨앗탈락", "13년 씨앗선정", "12년 실국탈락",
        "12년 실국선정", "13년 실국탈락", "13년 실국선정", "13년 심사중", "12년 찾마감",
    }  # fmt: skip


def test_participants_of_2013_are_those_of_the_slide(sample: Atlas) -> None:
    """60 % women, 49 % aged 19 to 39, 25 % aged 48 to 67."""
    seeds = sample.applications.query("year == 2013 and programme == '씨앗'")["application_id"]
    members = sample.memberships[sample.memberships["application_id"].isin(seeds)]["person_id"]
    people = sample.people[sample.people["person_id"].isin(members)]
    age = 2013 - people["birth_year"]
    shares = [(people["gender"] == "female").mean(), age.between(19, 39).mean()]
    shares.append(age.between(48, 67).mean())
    assert shares == pytest.approx([0.60, 0.49, 0.25], abs=0.0005)


def test_applications_are_those_of_the_evaluation(sample: Atlas) -> None:
    """4,978 selected from 2012 to 2015 with 128,743 participants, by eleven bureaus."""
    selected = sample.applications.query("year <= 2015 and outcome == 'selected'")
    assert (len(selected), selected["participants"].sum()) == (4978, 128_743)
    assert sample.applications["department"].nunique() == 11
    assert set(sample.groups["category"]) == set(simulated.CATEGORIES)


def test_every_application_names_three_people_and_one_represents(sample: Atlas) -> None:
    """A group needs three neighbours."""
    members = sample.memberships.groupby("application_id")
    assert members.size().min() >= 3
    assert (members["role"].agg(lambda role: (role == "representative").sum()) == 1).all()
    assert len(members) == len(sample.applications)


def test_some_groups_meet_several_bureaus_and_some_have_no_place(sample: Atlas) -> None:
    """What the silo view and `unplaced` are about."""
    bureaus = sample.applications.groupby(["group_id", "year"])["department"].nunique()
    assert (bureaus > 1).mean() > 0.05
    shares = sample.groups["precision"].value_counts(normalize=True)
    assert shares["district"] == pytest.approx(0.04, abs=0.01)
    assert shares["neighbourhood"] == pytest.approx(0.10, abs=0.015)


def test_points_lie_in_the_neighbourhood_that_they_name(sample: Atlas, seoul: Boundaries) -> None:
    """And hidden clusters are nowhere in the tables."""
    placed = sample.groups[sample.groups.geometry.notna()]
    found = locate(placed.geometry, seoul)["neighbourhood_code"]
    assert (found == placed["neighbourhood_code"]).all()
    assert not {"cluster", "community"} & set(sample.groups.columns)


def test_the_sites_are_dense(sample: Atlas) -> None:
    """Within 800 m of each named site stand at least five times as many as the city's mean."""
    points = sample.groups[sample.groups.geometry.notna()].geometry
    mean = len(points) / sample.districts["area_km2"].sum()
    for site in sample.sites.geometry:
        assert (points.distance(site) <= 800).sum() / 2.01 > 5 * mean


def test_the_same_seed_writes_the_committed_bytes(tmp_path: Path, seoul: Boundaries) -> None:
    """At most 5 MB of them."""
    simulated.write(tmp_path, seoul)
    committed = Path("data/sample")
    assert content_hash(tmp_path) == content_hash(committed)
    assert (tmp_path / "manifest.json").read_bytes() == (committed / "manifest.json").read_bytes()
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 5_000_000


def test_other_seeds_and_totals_make_other_atlases(seoul: Boundaries) -> None:
    """The generator's arguments are heard; Geumcheon keeps its network."""
    made = simulated.simulate(7, seoul, {2012: 300, 2013: 450, 2014: 600})
    founded = made.tables["applications"].groupby("group_id")["year"].min().value_counts()
    assert founded.to_dict() == {2012: 300, 2013: 150, 2014: 150}
    planted = made.planted[made.planted["kind"] == "community"]["label"].value_counts()
    assert planted[list("ABCDEF")].to_dict() == simulated.COMMUNITIES


def test_totals_that_cannot_be_are_refused(seoul: Boundaries) -> None:
    """With what would do."""
    with pytest.raises(UnknownValue) as error:
        simulated.simulate(1, seoul, {2012: 300, 2014: 500})
    assert str(error.value) == (
        "Unknown totals '{2012: 300, 2014: 500}': choose every year from 2012 to 2013 or later, "
        "each 100 groups or more above."
    )


def test_planted_is_a_frame_of_its_own(seoul: Boundaries) -> None:
    """Clusters by group, communities by person, rising neighbourhoods by code."""
    planted = simulated.simulate(1, seoul, {2012: 300, 2013: 450}).planted
    assert isinstance(planted, pd.DataFrame)
    assert set(planted["kind"]) == {"cluster", "community", "rising"}
