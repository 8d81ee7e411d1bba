"""How often groups ask, whom, how long they wait, and how often in vain."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.measures.fatigue import burden, distribution, rejections_before

OUTCOMES = ["selected", "rejected", "under_review", "other", "unknown"]


def applied(rows: list[tuple[object, ...]]) -> pd.DataFrame:
    """Applications as an atlas has them."""
    frame = pd.DataFrame(rows, columns=["group_id", "year", "department", "outcome"])
    return frame.astype({"year": "Int64", "department": "str"})


@pytest.fixture(scope="module")
def drawn() -> pd.DataFrame:
    """Six hundred applications by eighty groups in five years; some bureaus, places missing."""
    rng = np.random.default_rng(3)
    count = 600
    group = rng.integers(0, 80, count)
    frame = applied(
        [
            (f"g{number}", 2012 + year, bureau, outcome)
            for number, year, bureau, outcome in zip(
                group,
                rng.integers(0, 5, count),
                rng.choice(["a", "b", "c", "d"], count),
                rng.choice(OUTCOMES, count, p=[0.3, 0.5, 0.1, 0.05, 0.05]),
                strict=True,
            )
        ]
    )
    frame["department"] = frame["department"].mask(rng.random(count) < 0.3)
    frame["code"] = pd.Series(group % 4).map({0: "11110", 1: "11140", 2: "11170"})
    return frame


BY_HAND = applied(
    [
        ("x", 2012, "a", "rejected"), ("x", 2012, "b", "selected"), ("x", 2012, "a", "rejected"),
        ("y", 2012, None, "under_review"), ("z", 2012, "a", "unknown"),
        ("z", 2012, None, "under_review"), ("x", 2013, None, "selected"),
    ]
)  # fmt: skip


# ---- the burden of a year ----------------------------------------------------------------------


def test_burden_by_hand() -> None:
    """Six by three in 2012: two of them more than once; x asked two bureaus, z one, y unknown.

    In 2013 the only bureau is not known.
    """
    expected = pd.DataFrame(
        {
            "applications": [6, 1],
            "groups": [3, 1],
            "per_group": [2.0, 1.0],
            "most": [3, 1],
            "several_share": [2 / 3, 0.0],
            "bureaus_per_group": [1.5, np.nan],
            "under_review": [2, 0],
            "waiting_share": [1 / 3, 0.0],
        },
        index=pd.Index([2012, 2013], dtype="Int64", name="year"),
    )
    pd.testing.assert_frame_equal(burden(BY_HAND, ["year"]), expected)


def test_burden_group_by_group(drawn: pd.DataFrame) -> None:
    """Plain counting of each year and district says the same."""
    found = burden(drawn, ["year", "code"])
    assert found.index.names == ["year", "code"]
    assert len(found) == 15
    for key, part in drawn.groupby(["year", "code"]):
        of_each = part["group_id"].value_counts()
        bureaus = [len(set(one.dropna())) for _, one in part.groupby("group_id")["department"]]
        waiting = sum(part["outcome"] == "under_review")
        assert found.loc[key].to_dict() == pytest.approx(
            {
                "applications": len(part),
                "groups": len(of_each),
                "per_group": of_each.mean(),
                "most": of_each.max(),
                "several_share": sum(of_each > 1) / len(of_each),
                "bureaus_per_group": np.mean([number for number in bureaus if number]),
                "under_review": waiting,
                "waiting_share": waiting / len(part),
            }
        )


def test_districts_add_up_where_groups_stay(drawn: pd.DataFrame) -> None:
    """Numbers of applications and groups are the sums of the districts', the most is the most."""
    placed = drawn.fillna({"code": "11200"})
    parts = burden(placed, ["year", "code"]).groupby("year")
    city = burden(drawn, ["year"])
    whole = ["applications", "groups", "under_review"]
    pd.testing.assert_frame_equal(parts[whole].sum(), city[whole])
    pd.testing.assert_series_equal(parts["most"].max(), city["most"])


def test_a_missing_place_is_in_no_district(drawn: pd.DataFrame) -> None:
    """Without the groups that have none, the districts have what they had."""
    known = drawn.dropna(subset=["code"])
    assert len(known) < len(drawn)
    by = ["year", "code"]
    pd.testing.assert_frame_equal(burden(known, by), burden(drawn, by))
    pd.testing.assert_frame_equal(distribution(known, by), distribution(drawn, by))


def test_a_group_of_two_years_is_one_of_the_span(drawn: pd.DataFrame) -> None:
    """By district alone, a group counts once, whatever the years."""
    found = burden(drawn, ["code"])
    groups = drawn.groupby("code")["group_id"].nunique()
    pd.testing.assert_series_equal(found["groups"], groups, check_names=False)
    assert found["applications"].sum() == drawn["code"].notna().sum()


def test_twice_the_paper_is_twice_the_burden(drawn: pd.DataFrame) -> None:
    """Every application made twice: as many groups and bureaus, twice as much of each."""
    once, twice = burden(drawn, ["year"]), burden(pd.concat([drawn, drawn]), ["year"])
    double = ["applications", "per_group", "most", "under_review"]
    pd.testing.assert_frame_equal(twice[double], once[double] * 2)
    same = ["groups", "bureaus_per_group", "waiting_share"]
    pd.testing.assert_frame_equal(twice[same], once[same])
    assert (twice["several_share"] == 1).all()


# ---- rejections before the first selection -----------------------------------------------------


def test_rejections_by_hand() -> None:
    """Those of earlier years count; the same year's, later ones and what was not decided do not."""
    found = rejections_before(
        applied(
            [
                ("late", 2012, "a", "rejected"), ("late", 2012, "b", "rejected"),
                ("late", 2013, "a", "rejected"), ("late", 2014, "a", "selected"),
                ("late", 2014, "b", "rejected"), ("late", 2015, "b", "rejected"),
                ("late", 2016, "b", "selected"), ("late", 2013, "b", "under_review"),
                ("at once", 2013, "a", "selected"), ("never", 2012, "a", "rejected"),
            ]
        )
    )  # fmt: skip
    expected = pd.DataFrame(
        {"first_selected": pd.array([2013, 2014], dtype="Int64"), "rejections": [0, 3]},
        index=pd.Index(["at once", "late"], name="group_id"),
    )
    pd.testing.assert_frame_equal(found, expected)


def test_rejections_group_by_group(drawn: pd.DataFrame) -> None:
    """Each group's history read from the start; in another order it is the same."""
    expected = {}
    for group, part in drawn.groupby("group_id"):
        years = sorted(part.loc[part["outcome"] == "selected", "year"])
        if years:
            before = part[(part["outcome"] == "rejected") & (part["year"] < years[0])]
            expected[group] = (years[0], len(before))
    found = rejections_before(drawn)
    assert dict(zip(found.index, found.itertuples(index=False, name=None), strict=True)) == expected
    assert found["rejections"].max() > 1
    pd.testing.assert_frame_equal(rejections_before(drawn.sample(frac=1, random_state=1)), found)


def test_nobody_was_rejected(drawn: pd.DataFrame) -> None:
    """Of the selected alone none was rejected before, whether years are whole or may be missing."""
    selected = drawn[drawn["outcome"] == "selected"]
    for years in ("Int64", "int64"):
        found = rejections_before(selected.astype({"year": years}))
        assert len(found) == selected["group_id"].nunique()
        assert (found["rejections"] == 0).all()
        assert rejections_before(selected.astype({"year": years}).iloc[:0]).empty


def test_plain_whole_years_will_do(drawn: pd.DataFrame) -> None:
    """Years that cannot be missing give the same numbers."""
    found = rejections_before(drawn.astype({"year": "int64"}))
    pd.testing.assert_frame_equal(
        found.astype({"first_selected": "Int64"}), rejections_before(drawn)
    )


# ---- how many of each --------------------------------------------------------------------------


def test_distribution_by_hand() -> None:
    """In 2012 one group applied once, one twice, one three times; nobody four times: no row."""
    expected = pd.DataFrame(
        {
            "year": pd.array([2012, 2012, 2012, 2013], dtype="Int64"),
            "applications": [1, 2, 3, 1],
            "groups": [1, 1, 1, 1],
        }
    )
    pd.testing.assert_frame_equal(distribution(BY_HAND, ["year"]), expected)


def test_distribution_holds_all(drawn: pd.DataFrame) -> None:
    """Its groups are the burden's groups, its applications the burden's, its most the most."""
    by = ["year", "code"]
    found = distribution(drawn, by)
    assert found.columns.tolist() == [*by, "applications", "groups"]
    load = burden(drawn, by)
    parts = found.assign(all=found["applications"] * found["groups"]).groupby(by)
    for mine, theirs in (
        (parts["groups"].sum(), load["groups"]),
        (parts["all"].sum(), load["applications"]),
        (parts["applications"].max(), load["most"]),
    ):
        pd.testing.assert_series_equal(mine, theirs, check_names=False)
    several = found[found["applications"] > 1].groupby(by)["groups"].sum()
    share = several.reindex(load.index, fill_value=0) / load["groups"]
    pd.testing.assert_series_equal(share, load["several_share"], check_names=False)


def test_nobody_applied() -> None:
    """No rows, the same columns."""
    nobody = BY_HAND.iloc[:0]
    assert burden(nobody, ["year"]).shape == (0, 8)
    assert burden(nobody, ["year"]).columns.tolist() == burden(BY_HAND, ["year"]).columns.tolist()
    assert rejections_before(nobody).columns.tolist() == ["first_selected", "rejections"]
    assert distribution(nobody, ["year"]).columns.tolist() == ["year", "applications", "groups"]
    nobody_selected = BY_HAND[BY_HAND["outcome"] != "selected"]
    assert len(rejections_before(nobody_selected)) == 0
