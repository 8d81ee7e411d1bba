"""A place as offices write it -> district, neighbourhood, and how exactly it is known."""

from __future__ import annotations

import pandas as pd

from geo.boundaries import Boundaries


class Gazetteer:
    """Names of districts, legal and administrative neighbourhoods, by year."""

    def __init__(self, boundaries: Boundaries) -> None:
        raise NotImplementedError

    def find(self, texts: pd.DataFrame) -> pd.DataFrame:
        """Where rows of text say that something is.

        Args:
            texts: text columns ``district``, ``neighbourhood`` (legal or administrative),
                ``administrative``, ``legal``, ``address``, each of which may be left out, cells
                missing where empty; ``year`` (Int64, may be missing).

        Returns:
            On the same index: ``district_code``, ``neighbourhood_code`` (legal),
            ``administrative_code`` (only where the text says which), each missing where not
            known; ``problem`` (missing where all is well) and ``candidates`` (tuple of names
            "독산동 (금천구)", nearest first, at most three).

        Problems that leave no district: ``no place`` (no text at all), ``outside the city``,
        ``unknown place``, ``place is in several districts`` (candidates: all of them),
        ``districts contradict each other``. With a district: ``unknown neighbourhood`` (what
        was written as one is none of this district), ``no neighbourhood`` (nothing in the
        row names one), ``several neighbourhoods`` (two named, or an administrative one that held
        several legal ones: its code is given all the same), ``name of another year`` (the
        neighbourhood is known all the same).
        """
        raise NotImplementedError
