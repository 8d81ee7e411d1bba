"""등장: who is named for the first time, who comes back, who speaks for a group."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from geo.measures.disclosure import Cells, headcount


def first_years(named: pd.DataFrame) -> pd.Series[int]:
    """In which year each person is named for the first time.

    Formula:
        f_p = the least year of the applications in which p is named.

    Source:
        The time of the first event, as a person's history is written down: Blossfeld, Golsch and
        Rohwer (2007), Event History Analysis with Stata.

    Assumes:
        The whole atlas is looked at, whatever is filtered: who was named elsewhere before is no
        newcomer. One person has one identifier in all years.

    Limits:
        In the first year of the atlas everybody is new, whatever they did before. Who took part
        without being named appears late or never.

    Args:
        named: one row a person and application, all of the atlas; ``person_id``, ``year``.

    Returns:
        Years, index ``person_id``, sorted, as ``first_year``.

    >>> named = pd.DataFrame({"person_id": list("aba"), "year": [2013, 2014, 2012]})
    >>> first_years(named).to_dict()
    {'a': 2012, 'b': 2014}
    """
    return named.groupby("person_id")["year"].min().rename("first_year")


def emergence(
    named: pd.DataFrame, by: Sequence[str], keys: pd.Series[int] | None = None, base: int = 1
) -> pd.DataFrame:
    """How many people appear, for the first time or again, as representatives or beside one.

    Formula:
        Of the different people of a row, first time are those of whom one application is of the
        year in which they were first named in the whole atlas, returning the others; representing
        are those who represent an application, joining the others. First share = first
        time/(first time + returning), of the numbers told. Per group: mean and median, over the
        groups, of the number of different people told of each.

    Source:
        Definitions of this atlas, with newcomers and incumbents as in Guimerà, Uzzi, Spiro and
        Amaral (2005), Team assembly mechanisms determine collaboration network structure and team
        performance; numbers are told as by Fraser and Wooton (2005), A proposed method for
        confidentialising tabular output to protect against differencing.

    Assumes:
        Who is named takes part. First years are those of the whole atlas.

    Limits:
        In the first year of the atlas everybody is there for the first time. An application must
        name three people: a mean near three is that rule, not a choice. With rounding, parts do
        not add up, groups of fewer than the base are left out of the mean and the median, and
        the median is a multiple of the base or of its half.

    Args:
        named: one row a person and application; ``person_id``, ``group_id``, ``role``, ``year``,
            ``first_year`` (as `first_years` finds them) and the columns of ``by``, mostly
            ``year`` among them.
        by: what tells one row of the result from another.
        keys: as `geo.measures.disclosure.record_keys` makes them, for a base above 1.
        base: numbers of people are rounded to a multiple of it, missing below it; 1 for exact
            ones.

    Returns:
        Float columns ``people``, ``first_time``, ``returning``, ``representing``, ``joining``,
        ``groups`` (always exact), ``per_group``, ``per_group_median``, ``first_share`` (from 0 to
        1, missing where ``first_time`` is, and without people); index ``by``.

    >>> named = pd.DataFrame(
    ...     {"person_id": list("abcab"), "group_id": list("xxxyy"), "year": [2012] * 3 + [2013] * 2,
    ...      "role": ["representative", "member", "member", "member", "representative"]})
    >>> named["first_year"] = named["person_id"].map(first_years(named))
    >>> found = emergence(named, ["year"])
    >>> found[["people", "first_time", "returning", "representing"]].to_numpy().tolist()
    [[3.0, 3.0, 0.0, 1.0], [2.0, 0.0, 2.0, 1.0]]
    """
    cells = Cells(named, by, keys, base)
    first = cells.having((named["first_year"] == named["year"]).to_numpy(bool, na_value=False))
    speaks = cells.having((named["role"] == "representative").to_numpy(bool, na_value=False))
    told = {
        "people": cells.count(),
        "first_time": cells.count(first),
        "returning": cells.count(~first),
        "representing": cells.count(speaks),
        "joining": cells.count(~speaks),
    }
    sizes = headcount(named, [*by, "group_id"], keys, base).groupby(level=list(by))
    each = {"groups": sizes.size(), "per_group": sizes.mean(), "per_group_median": sizes.median()}
    found = pd.DataFrame(told | each).astype("float64")
    both = found[["first_time", "returning"]].sum(axis=1)
    return found.assign(first_share=found["first_time"] / both)
