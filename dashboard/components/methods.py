"""From a figure to how it is made, in one click."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.state import ViewState
from dashboard.strings import Text, catalogue

MADE_BY = {
    "count": "density.count_by_area",
    "per_km2": "density.rate",
    "per_10k": "density.rate",
    "ratio_area": "density.expected",
    "ratio_residents": "density.expected",
}
"""Measure of a state -> what makes it, by its name in the catalogue of methods."""
ANSWERED_BY = {
    "clusters": "clusters.find_clusters",
    "lisa": "autocorrelation.local_moran",
    "gi": "autocorrelation.local_g",
    "nearby": "clusters.beside_random_places",
    "arrival": "spread.arrival",
    "centre": "spread.centre",
    "nearness": "spread.nearness",
    "rise": "trends.rise",
    "history": "trends.history",
    "network": "network.communities",
    "cohesion": "cohesion.cohesion",
    "crosswalk": "network.agreement",
    "composition": "composition.composition",
    "emergence": "participation.emergence",
    "funnel": "funnel.selection",
    "retention": "retention.survival",
    "concentration": "concentration.gini",
    "duplication": "duplication.doubled",
    "fatigue": "fatigue.burden",
    "mobilised": "mobilisation.once",
    "crossing": "mixture.mixture",
}
"""Question -> likewise."""


def method_of(state: ViewState) -> str:
    """What makes the figures of a state."""
    if state.view in ANSWERED_BY:
        return ANSWERED_BY[state.view]
    return "surface.kernel_density" if state.level == "surface" else MADE_BY[state.measure]


def method_link(name: str, theme: str, text: Text) -> html.A:
    """A link to what the page of methods says of a measure; beside the atlas, not in its place."""
    title = catalogue(f"methods.{text.lang}")[f"{name}.title"]
    label: dict[str, Any] = {"aria-label": text("methods.link_label", name=title)}
    return html.A(
        text("methods.link"),
        href=f"{methods_page(theme, text)}#{name.replace('.', '-')}",
        target="_blank",
        className="method-link",
        **label,
    )


def methods_page(theme: str, text: Text) -> str:
    """The address of the page of methods."""
    return f"/methods?lang={text.lang}&theme={theme}"


def data_page(theme: str, text: Text) -> str:
    """The address of the page on where the data come from."""
    return f"/data?lang={text.lang}&theme={theme}"
