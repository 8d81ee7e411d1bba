"""/methods: what each measure is and is not, in the reader's words.

The English stands in the docstrings of the measures, so that it changes with the code; the
Korean in ``strings/methods.ko.toml``, each text with the fingerprint of the English that it
was written from.
"""

from __future__ import annotations

import hashlib
import html
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dashboard.strings import Text, catalogue
from dashboard.theme import Theme, css_variables
from geo import blocks, boundaries
from geo.measures import (
    autocorrelation,
    classes,
    clusters,
    cohesion,
    composition,
    concentration,
    density,
    disclosure,
    duplication,
    fatigue,
    funnel,
    homophily,
    mixture,
    mobilisation,
    network,
    participation,
    proximity,
    retention,
    spread,
    surface,
    trends,
)

Measure: TypeAlias = Callable[..., Any]
MEASURES: tuple[Measure, ...] = (
    density.presence,
    density.count_by_area,
    density.rate,
    boundaries.share_by_area,
    density.expected,
    density.funnel_limits,
    surface.kernel_density,
    surface.scott_bandwidth,
    classes.class_bounds,
    clusters.find_clusters,
    clusters.follow_clusters,
    clusters.beside_random_places,
    autocorrelation.standardised_rate,
    autocorrelation.global_moran,
    autocorrelation.local_moran,
    autocorrelation.local_g,
    autocorrelation.corrected,
    spread.arrival,
    spread.reach,
    spread.turnover,
    spread.centre,
    spread.distance_to_nearest_existing,
    spread.nearness,
    spread.neighbour_odds,
    trends.rise,
    trends.history,
    network.project,
    network.communities,
    network.agreement,
    network.layout,
    cohesion.cohesion,
    cohesion.betweenness,
    cohesion.core_number,
    cohesion.near_selected,
    homophily.e_i_index,
    homophily.homophily,
    homophily.assortativity,
    homophily.mixing,
    composition.birth_cohort,
    composition.composition,
    composition.pyramid,
    composition.ages,
    composition.residents_by_cohort,
    composition.representation,
    blocks.lay_blocks,
    disclosure.record_keys,
    disclosure.headcount,
    disclosure.perturbed,
    participation.first_years,
    participation.emergence,
    funnel.selection,
    funnel.wilson,
    funnel.smoothed_rate,
    retention.lifetimes,
    retention.survival,
    retention.survival_by,
    retention.cohorts,
    retention.differs,
    concentration.lorenz,
    concentration.gini,
    concentration.theil,
    concentration.theil_parts,
    concentration.herfindahl,
    concentration.top_share,
    concentration.location_quotient,
    concentration.bootstrap,
    proximity.beyond,
    duplication.matrix,
    duplication.doubled,
    fatigue.burden,
    fatigue.rejections_before,
    fatigue.distribution,
    mobilisation.once,
    mobilisation.at_minimum,
    mobilisation.lent,
    mixture.mixture,
    mixture.bridging,
)
"""In reading order."""
SECTIONS = ("formula", "assumes", "limits", "source")
"""As a docstring heads them, in the order in which they are shown."""
PARTS = ("summary", *SECTIONS)


@dataclass(frozen=True)
class Method:
    """One measure in one language."""

    anchor: str
    code: str
    title: str
    said: dict[str, str]


def name(function: Measure) -> str:
    """What a measure goes by in the catalogues.

    >>> name(density.rate)
    'density.rate'
    """
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


def anchor(function: Measure) -> str:
    """Where a measure stands on the page.

    >>> anchor(density.rate)
    'density-rate'
    """
    return name(function).replace(".", "-")


def english(function: Measure) -> dict[str, str]:
    """The summary and the sections of a docstring, each as one line; empty where there is none."""
    text = (inspect.getdoc(function) or "").partition("\n>>>")[0]
    head, *rest = re.split(r"^(\w+):\n", text, flags=re.MULTILINE)
    found = dict(zip(map(str.lower, rest[::2]), rest[1::2], strict=True))
    found["summary"] = head.partition("\n\n")[0]
    return {part: " ".join(found.get(part, "").split()) for part in PARTS}


def fingerprint(function: Measure) -> str:
    """Eight digits that change when the English does."""
    said = "\n".join(english(function).values())
    return hashlib.sha256(said.encode()).hexdigest()[:8]


def methods(lang: str) -> list[Method]:
    """Every measure in a language, in reading order."""
    words = catalogue(f"methods.{lang}")
    return [
        Method(
            anchor=anchor(function),
            code=f"{function.__module__}.{function.__name__}",
            title=words[f"{name(function)}.title"],
            said=english(function)
            if lang == "en"
            else {part: words[f"{name(function)}.{part}"] for part in PARTS},
        )
        for function in MEASURES
    ]


def typeset(formula: str) -> str:
    """A formula as HTML: ``_xy`` and ``_(x)`` lowered, ``^(…)`` raised, other signs as they are.

    >>> typeset("h < Σᵢ n^(−1/6) · s_xy² · p_(i)")
    'h &lt; Σ<sub>i</sub> n<sup>−1/6</sup> · s<sub>xy</sub>² · p<sub>(i)</sub>'
    """
    written = html.escape(formula).replace("ᵢ", "_i")  # which hardly any typeface has
    lowered = re.sub(r"_([a-z]+|\(\w\)|\w)", r"<sub>\1</sub>", written)
    return re.sub(r"\^\(([^()]*)\)", r"<sup>\1</sup>", lowered)


def page(lang: str, theme: Theme) -> str:
    """The page as HTML."""
    text = Text(lang)
    files = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=files, autoescape=True, undefined=StrictUndefined)
    environment.filters["typeset"] = typeset
    return environment.get_template("methods.html").render(
        text=text,
        theme=theme,
        other_lang="en" if lang == "ko" else "ko",
        other_theme="light" if theme == "dark" else "dark",
        variables=css_variables(),
        methods=methods(lang),
        sections=[(part, text(f"methods.{part}")) for part in SECTIONS],
    )


def router() -> APIRouter:
    """The route of the page; another language or theme is answered by 422 and what there is."""
    routes = APIRouter()

    @routes.get("/methods", include_in_schema=False)
    def show(lang: Literal["ko", "en"] = "ko", theme: Theme = "light") -> HTMLResponse:
        return HTMLResponse(page(lang, theme))

    return routes
