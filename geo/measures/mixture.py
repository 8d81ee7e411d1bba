"""융합: how mixed what is found together is, and who is named on both sides of a silo."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import entr


def mixture(frame: pd.DataFrame, by: Sequence[str], of: str) -> pd.DataFrame:
    """How mixed each place, year or whatever is asked for is: one kind only, or many alike.

    Formula:
        H = −Σ p_k ln p_k, p_k being the share of kind k among the rows of a key; entropy = H / ln
        K, K being how many kinds the whole table has; effective = exp(H): how many kinds, all alike
        in number, would be as mixed.

    Source:
        Shannon (1948), A mathematical theory of communication; as a share of the most there can be:
        Pielou (1966), The measurement of diversity in different types of biological collections; as
        a number of kinds: Hill (1973), Diversity and evenness, and Jost (2006), Entropy and
        diversity.

    Assumes:
        Kinds are equally different from one another, and each row is of one kind.

    Limits:
        Few rows cannot be very mixed: n of them are of n kinds at most, and a mixture found in few
        rows is on the whole too low. Read it beside n. It depends on how finely kinds are told
        apart, and on which there are in the whole table. That kinds are found side by side does not
        say that they have to do with each other. Rows without a kind are left out, and so are those
        without a key.

    Args:
        frame: the columns of ``by``, and ``of``; a row for each thing that counts once.
        by: one column or several that say what is asked about.
        of: the column of the kind.

    Returns:
        Sorted by the keys that occur, one column as a plain index, several as a MultiIndex: ``n``
        (rows of a known kind), ``kinds`` (how many different), ``entropy`` (from 0 to 1; missing
        without rows of a known kind, or if the table has fewer than two kinds) and ``effective``
        (from 1 to ``kinds``; missing without rows of a known kind).

    >>> frame = pd.DataFrame({"area": list("aaaab"), "kind": list("xxyyx")})
    >>> mixture(frame, ["area"], "kind").to_numpy().tolist()
    [[4.0, 2.0, 1.0, 2.0], [1.0, 1.0, 0.0, 1.0]]
    """
    keys = list(by)
    found = frame.groupby(keys, observed=True)[of].count().to_frame("n")
    rows = frame.groupby([*keys, of], observed=True).size()
    share = rows / rows.groupby(level=keys).transform("sum")
    # Of one kind alone entr gives −0.
    apart = pd.DataFrame({"kinds": 1, "entropy": entr(share).abs()}).groupby(level=keys).sum()
    found["kinds"] = apart["kinds"].reindex(found.index, fill_value=0)
    entropy = apart["entropy"].reindex(found.index)
    most = frame[of].nunique()
    found["entropy"] = (entropy / np.log(most)).clip(upper=1) if most > 1 else np.nan
    found["effective"] = np.exp(entropy)
    return found


def bridging(named: pd.DataFrame, by: Sequence[str], of: str) -> pd.DataFrame:
    """Who is named on more than one side, such as by two bureaus in one year.

    Formula:
        across(p) = |{o: p is named in o}| ≥ 2 inside a key, o being the sides, such as bureaus.

    Source:
        A definition of this atlas, after Burt (1992), Structural Holes; people and what they are
        named in: Breiger (1974), The duality of persons and groups.

    Assumes:
        Who is named on two sides can carry something from one to the other.

    Limits:
        That somebody is named on two sides does not say that the sides know of it, or that anything
        was carried. Who is named once cannot be across, so where people are named more often, more
        are. A person under two pseudonyms may be missed. Rows without a key, a person or a side are
        left out.

    Args:
        named: ``person_id``, the columns of ``by``, and ``of``; a row for each time that a person
            is named.
        by: columns that say inside what; without any, in the whole table.
        of: the column of the sides.

    Returns:
        A row for each key and person, in order of the table: the columns of ``by``,
        ``person_id``, ``across`` (true or false). To be counted, and shown only as the rules for
        numbers of people allow.

    >>> named = pd.DataFrame({"year": 2013, "person_id": list("aab"), "bureau": list("xyx")})
    >>> bridging(named, ["year"], "bureau").to_numpy().tolist()
    [[2013, 'a', True], [2013, 'b', False]]
    """
    who = [*by, "person_id"]
    sides = named[[*who, of]].dropna().drop_duplicates()
    sides["across"] = sides.duplicated(who, keep=False)
    return sides.drop_duplicates(who)[[*who, "across"]].reset_index(drop=True)
