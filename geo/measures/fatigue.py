"""행정피로도: how often groups have to ask, how many bureaus, and how often in vain."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geo.schema import Outcome


def burden(applications: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """How many applications groups make, to how many bureaus, and how many still wait.

    Formula:
        Of a applications by g groups: a/g per group; the share of the groups that made two or
        more; bureaus per group = the mean over groups of how many different ones they asked;
        waiting share = applications under review/a.

    Source:
        What citizens go through to be served, as a burden: Moynihan, Herd and Harvey (2015),
        Administrative burden: learning, psychological, and compliance costs in citizen-state
        interactions. Its size in applications: von Hippel and von Hippel (2015), To apply or not
        to apply: a survey analysis of grant writing costs and benefits.

    Assumes:
        Each application is about as much work as another, and each further bureau has its own
        forms and rules.

    Limits:
        It counts papers, not hours or weariness; those who gave up before they applied are not in
        it. Groups with many plans apply often because they want to. What is under review was so
        when the data were made, so that recent years seem to wait more. Where the bureau is
        missing, fewer of them are counted, and groups of which none is known are left out of
        that mean.

    Args:
        applications: ``group_id``, ``outcome``, ``department`` (may be missing) and the columns
            of ``by``.
        by: key columns; applications with a missing key are left out.

    Returns:
        By key: ``applications``, ``groups``, ``per_group``, ``most`` (applications of one group),
        ``several_share`` (of groups with two or more), ``bureaus_per_group`` (missing where no
        bureau is known), ``under_review`` (applications), ``waiting_share``.

    >>> applications = pd.DataFrame({"group_id": list("xxxy"), "year": 2013,
    ...     "department": ["a", "b", "a", None], "outcome": ["selected"] * 3 + ["under_review"]})
    >>> burden(applications, ["year"]).reset_index().to_numpy().tolist()
    [[2013.0, 4.0, 2.0, 2.0, 3.0, 0.5, 2.0, 1.0, 0.25]]
    """
    keys = list(by)
    known = applications.dropna(subset=keys)
    asked = known.dropna(subset="department").drop_duplicates([*keys, "group_id", "department"])
    waiting = known["outcome"] == Outcome.UNDER_REVIEW
    made = _applications_of(known, keys)
    each = made.groupby(keys)
    found = pd.DataFrame({"applications": each.sum(), "groups": each.size()})
    found["per_group"] = found["applications"] / found["groups"]
    found["most"] = each.max()
    found["several_share"] = (made >= 2).groupby(keys).mean()
    found["bureaus_per_group"] = _applications_of(asked, keys).groupby(keys).mean()
    found["under_review"] = waiting.groupby([known[key] for key in keys]).sum()
    found["waiting_share"] = found["under_review"] / found["applications"]
    return found


def _applications_of(applications: pd.DataFrame, keys: list[str]) -> pd.Series[int]:
    """By key and group."""
    return applications.groupby([*keys, "group_id"]).size()


def rejections_before(applications: pd.DataFrame) -> pd.DataFrame:
    """How often each group was rejected before it was first selected.

    Formula:
        b(g) = the number of g's rejected applications in years before f(g), f(g) being the first
        year in which one of its applications was selected.

    Source:
        Setbacks before a first success: Wang, Jones and Wang (2019), Early-career setback and
        future career impact; here counted by year.

    Assumes:
        All of a group's applications were recognised as its own, and the data begin with its
        first one.

    Limits:
        Within one year the order of decisions is not known: what was rejected in the year of the
        first selection is not counted, so that the number is the least that it can have been.
        Groups never selected are not in it, though they may have been rejected most often. Groups
        that come late have had less time to be rejected; those of the first years may have been
        rejected before the data begin.

    Args:
        applications: ``group_id``, ``year``, ``outcome``.

    Returns:
        Index ``group_id``, of the groups ever selected: ``first_selected`` (year),
        ``rejections``.

    >>> applications = pd.DataFrame({"group_id": list("xxxy"), "year": [2012, 2013, 2013, 2012],
    ...     "outcome": ["rejected", "rejected", "selected", "rejected"]})
    >>> rejections_before(applications).reset_index().to_numpy().tolist()
    [['x', 2013, 1]]
    """
    selected = applications[applications["outcome"] == Outcome.SELECTED]
    found = selected.groupby("group_id").agg(first_selected=("year", "min"))
    rejected = applications[applications["outcome"] == Outcome.REJECTED]
    first = rejected["group_id"].map(found["first_selected"]).astype("float64")
    before = rejected.loc[(rejected["year"] < first).fillna(False), "group_id"].value_counts()
    found["rejections"] = before.reindex(found.index, fill_value=0)
    return found


def distribution(applications: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """How many groups made one application, how many two, three and so on.

    Formula:
        N(n) = the number of groups with exactly n applications. Σ N(n) is the number of groups,
        Σ n · N(n) that of applications.

    Source:
        The frequency of frequencies, as of authors by their papers: Lotka (1926), The frequency
        distribution of scientific productivity.

    Assumes:
        All of a group's applications were recognised as its own.

    Limits:
        Groups that never applied are not in it. Over more years a group has had more occasions to
        apply: compare spans of the same length. Where groups are few, so are those of each number.

    Args:
        applications: ``group_id`` and the columns of ``by``.
        by: key columns; applications with a missing key are left out.

    Returns:
        A row for each key and number that occurs, sorted: the columns of ``by``,
        ``applications`` (of one group), ``groups`` (with so many).

    >>> applications = pd.DataFrame({"group_id": list("xxyz"), "year": 2013})
    >>> distribution(applications, ["year"]).to_numpy().tolist()
    [[2013, 1, 2], [2013, 2, 1]]
    """
    keys = list(by)
    of_one = _applications_of(applications, keys).rename("applications").reset_index()
    return of_one.groupby([*keys, "applications"]).size().rename("groups").reset_index()
