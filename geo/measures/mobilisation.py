"""시민동원: signs that people were gathered for an application rather than came together.

Named once and never again, no more names than the rule asks for, the same person lent to many
groups: each has innocent explanations, and none accuses anybody.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from geo.measures.disclosure import Cells


def once(
    named: pd.DataFrame,
    by: Sequence[str],
    until: int,
    keys: pd.Series[int] | None = None,
    base: int = 1,
) -> pd.DataFrame:
    """How many newcomers were never named again in a later year.

    Formula:
        Newcomers are people in an application of the year in which they were first named; gone
        are those of them whose last year is that year too. Share = gone/newcomers, of the numbers
        told, at most 1.

    Source:
        Definitions of this atlas; people who help once, and whether they return: Bryen and Madden
        (2006), Bounce-back of episodic volunteers.

    Assumes:
        First and last years are those of the whole atlas. Who goes on is named again.

    Limits:
        Of the last year nothing is told: nobody can have come back yet. The later a year, the
        less time there was to return, so shares of different years are not alike. Who is gone
        from the applications may still meet the neighbours every week.

    Args:
        named: one row a person and application; ``person_id``, ``year``, ``first_year``,
            ``last_year`` (of the person, in the whole atlas) and the columns of ``by``, mostly
            ``year`` among them.
        by: what tells one row of the result from another.
        until: the last year of the atlas.
        keys: as `geo.measures.disclosure.record_keys` makes them, for a base above 1.
        base: numbers are rounded to a multiple of it, missing below it; 1 for exact ones.

    Returns:
        Float columns ``newcomers``, ``gone``, ``gone_share`` (from 0 to 1), index ``by``; all of
        them missing for ``until``, whose newcomers count nowhere.

    >>> named = pd.DataFrame(
    ...     {"person_id": list("abaa"), "year": [2012, 2012, 2013, 2014],
    ...      "first_year": 2012, "last_year": [2014, 2012, 2014, 2014]})
    >>> once(named, ["year"], until=2014).loc[2012].to_dict()
    {'newcomers': 2.0, 'gone': 1.0, 'gone_share': 0.5}
    """
    cells = Cells(named, by, keys, base)
    year = named["year"].to_numpy(dtype=int)
    watched = year < until
    new = watched & (named["first_year"].to_numpy(dtype=int) == year)
    gone = new & (named["last_year"].to_numpy(dtype=int) == year)
    found = pd.DataFrame(
        {"newcomers": cells.count(cells.having(new)), "gone": cells.count(cells.having(gone))}
    )
    share = (found["gone"] / found["newcomers"]).clip(upper=1)
    seen = np.bincount(cells.cell[cells.having(watched)], minlength=len(found)) > 0
    found = found.assign(gone_share=share)
    found.loc[~seen] = np.nan
    return found


def at_minimum(named: pd.DataFrame, by: Sequence[str], least: int = 3) -> pd.DataFrame:
    """How many applications name no more people than they must.

    Formula:
        n_a = different people named in application a; at the minimum are those with n_a at most
        the least number asked for. Share = these/all applications.

    Source:
        Bunching at a threshold as a sign that a rule was written to: Kleven (2016), Bunching; the
        rule of three neighbours is that of the programmes themselves.

    Assumes:
        Every application names all that it has. The same number is asked for in all programmes.

    Limits:
        Three neighbours who need no fourth write the same application as three names that were
        gathered for it. A programme that asks for names only of the core has more of these. Where
        all applications of a row are at the minimum, how many each names is plain.

    Args:
        named: one row a person and application, all people of each application;
            ``application_id``, ``person_id`` and the columns of ``by``.
        by: what tells one row of the result from another; rows that lack one are left out.
        least: how many people an application must name.

    Returns:
        ``applications``, ``minimum`` (whole numbers) and ``minimum_share`` (from 0 to 1), index
        ``by``, sorted.

    >>> named = pd.DataFrame({"application_id": list("xxxyyyy"), "person_id": list("abcabcd")})
    >>> at_minimum(named.assign(year=2012), ["year"]).loc[2012].tolist()
    [2.0, 1.0, 0.5]
    """
    people = named.drop_duplicates(["application_id", "person_id"]).groupby("application_id").size()
    each = named[list(dict.fromkeys([*by, "application_id"]))].drop_duplicates()
    few = (each["application_id"].map(people) <= least).rename("minimum")
    grouped = few.groupby([each[name] for name in by])
    found = pd.DataFrame({"applications": grouped.size(), "minimum": grouped.sum()})
    return found.assign(minimum_share=found["minimum"] / found["applications"])


def lent(
    named: pd.DataFrame,
    by: Sequence[str],
    many: int = 3,
    keys: pd.Series[int] | None = None,
    base: int = 1,
) -> pd.DataFrame:
    """How many people are named for many groups at the same time.

    Formula:
        g_p = different groups for which p is named within a row; lent are the people with g_p at
        least the number that is many. Share = lent/people, of the numbers told, at most 1.

    Source:
        People as ties between groups: Breiger (1974), The duality of persons and groups; many
        seats of one person as an object of study: Mizruchi (1996), What do interlocks do?

    Assumes:
        One person has one identifier in all groups, and a group one in all applications.

    Limits:
        Whoever helps many groups may be lending a name or holding a neighbourhood together: the
        number is the same. The more years or places a row holds, the more people reach it.

    Args:
        named: one row a person and application; ``person_id``, ``group_id`` and the columns of
            ``by``.
        by: what tells one row of the result from another, mostly ``year`` among them.
        many: how many groups are many.
        keys: as `geo.measures.disclosure.record_keys` makes them, for a base above 1.
        base: numbers are rounded to a multiple of it, missing below it; 1 for exact ones.

    Returns:
        Float columns ``people``, ``lent``, ``lent_share`` (from 0 to 1), index ``by``.

    >>> named = pd.DataFrame({"person_id": list("aaab"), "group_id": list("xyzx"), "year": 2012})
    >>> lent(named, ["year"]).loc[2012].tolist()
    [2.0, 1.0, 0.5]
    """
    cells = Cells(named, by, keys, base)
    group, groups = pd.factorize(named["group_id"])
    both = cells.head * max(1, len(groups)) + group
    different = pd.unique(both[(cells.head >= 0) & (group >= 0)])
    of_each = np.bincount(different // max(1, len(groups)), minlength=len(cells.cell))
    found = pd.DataFrame({"people": cells.count(), "lent": cells.count(of_each >= many)})
    return found.assign(lent_share=(found["lent"] / found["people"]).clip(upper=1))
