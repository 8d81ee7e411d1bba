"""Who takes part: women and men, generations, and whether residents are like that too."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from dashboard import ids
from dashboard.callbacks import common
from dashboard.callbacks.accounts import AccountView, name, said, share
from dashboard.components import panel
from dashboard.figures.people import age_name, pyramid_figure, represented_figure
from dashboard.queries.accounts import LEAST_TOLD
from dashboard.queries.people import Generation, generations
from dashboard.queries.published import MOVED
from dashboard.state import ViewState
from dashboard.strings import Text
from dashboard.tables import Account
from geo.schema import Audience

GENERATIONS = ("after_share", "youth_share", "between_share", "boomers_share", "before_share")
HEADED = ("women_share", "youth_share", "boomers_share")
"""What the sentence of the page tells."""


class CompositionView(AccountView):
    """The people named, by gender and generation."""

    told = ("value", "people", *HEADED)
    facts = (
        "people", *HEADED, "between_share", "before_share", "after_share", "gender_unknown",
    )  # fmt: skip
    columns = (
        "value", "people", *HEADED, "between_share", "before_share", "after_share", "women", "men",
        "gender_unknown", "cohort_unknown",
    )  # fmt: skip

    def finding(self, state: ViewState, here: Mapping[str, float], text: Text) -> str:
        """How many of those who take part are women, young, baby boomers."""
        place = common.place(self._queries, state, text)
        if not here["people"] > 0:
            return self.nobody(state, text)
        kinds = dict.fromkeys((*HEADED, f"{state.share}_share"))
        told = [
            text(f"composition.of_{kind.removesuffix('_share')}",
                 share=said(kind, here[kind], state, text), age=self._age(kind, state, text))
            for kind in kinds if here[kind] == here[kind]
        ]  # fmt: skip
        key = "finding.composition" if told else "finding.composition_people"
        people = text.number(here["people"])
        return text(key, place=place, year=state.year, n=people, parts=", ".join(told))

    def _age(self, kind: str, state: ViewState, text: Text) -> str:
        """How old a generation is in the year, without its years of birth."""
        known = generations(state.year).get(kind.removesuffix("_share"))
        return "" if known is None else _born_and_aged(known, text, named=False)

    def hint(self, column: str, here: Mapping[str, float], state: ViewState, text: Text) -> str:
        """When a generation was born and how old it is."""
        known = generations(state.year)
        kind = column.removesuffix("_share")
        return _born_and_aged(known[kind], text, named=column in HEADED) if kind in known else ""

    def details(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[str]:
        """What is rounded and what not told, whose gender is unknown, what generations are."""
        told = here["women_share"] == here["women_share"]
        sentences = self.rounded(text)
        if self._queries.audience is Audience.PUBLIC:
            sentences.append(text("account.perturbed", bound=MOVED))
            if not told and here["people"] > 0:
                sentences.insert(0, text("composition.not_here", least=LEAST_TOLD))
            elif state.area is None and account.of(state.year)[account.value].isna().all():
                sentences.insert(0, text("why.districts_untold"))
        for column, key in (
            ("gender_unknown", "composition.unknown_gender"),
            ("cohort_unknown", "composition.unknown_born"),
        ):
            if here[column] > 0:
                sentences.append(text(key, n=text.number(here[column])))
        sentences.append(text("composition.generations", year=state.year))
        if state.area is None:
            sentences.append(text("composition.city_alone"))
        return sentences

    def notes(self, state: ViewState, text: Text) -> list[str]:
        """When the generation on the map was born, and where nothing is told."""
        kind, notes = self.hint(f"{state.share}_share", {}, state, text), []
        if kind:
            notes.append(text("composition.legend", age=kind, year=state.year))
        if self._queries.audience is Audience.PUBLIC:
            notes.append(text("composition.hidden", least=LEAST_TOLD))
        return [*notes, text("composition.chance")]

    def legend_unit(self, state: ViewState, text: Text) -> str:
        """Of whom it is a share."""
        return text("composition.of_named")

    def shown(
        self, state: ViewState, account: Account, here: Mapping[str, float], text: Text
    ) -> list[Any]:
        """Ages, how often residents like these take part, the share by year and by part."""
        column = f"{state.share}_share"
        if state.area is None:
            shown = [*self._represented(state, text), *self._pyramid(state, text)]
        else:
            shown = beside_all(column, state, account, here, text)
        beside = tuple(dict.fromkeys(("people", *HEADED, column)))
        shown += self.course(state, (column,), text)
        if len(getattr(state, state.by)) == 1:
            return shown  # a single part has nothing beside it
        untold = None if state.area else self._analyses.people.untold(state, state.by)
        if untold is not None:
            return [*shown, panel.meaning(text(f"why.{untold.key}"))]
        return [*shown, *self.apart(state, column, text, beside)]

    def _represented(self, state: ViewState, text: Text) -> list[Any]:
        """What it says of the kind of people on the map, and a chart of all of them."""
        found = self._analyses.people.represented(state)
        sentence = panel.meaning(_meaning(state, found.to_dict("index")[state.share], text))
        rows = found.loc[["women", *(one.removesuffix("_share") for one in GENERATIONS)]]
        rows = rows[rows["low"] > 0]
        if rows.empty:
            return [sentence]
        theme = state.theme
        rows = rows.assign(name=[self._label(f"{kind}_share", state, text) for kind in rows.index])
        words = "; ".join(
            text(
                "composition.represented_words",
                kind=row["name"].replace("<br>", ", "), ratio=text.number(row["ratio"]),
                low=text.number(row["low"]), high=text.number(row["high"]),
            )
            for row in rows.to_dict("records")
        )  # fmt: skip
        figure = represented_figure(rows, theme, text)
        title = text("composition.represented")
        return [sentence, panel.chart(ids.REPRESENTED, figure, title, words)]

    def _label(self, column: str, state: ViewState, text: Text) -> str:
        """A kind of people in two lines: its name, its years of birth and its ages."""
        *born, aged = self.hint(column, {}, state, text).split(", ")
        called = name(column, state, text)
        if not aged:
            return called
        return f"{called} {aged}<br>{born[0]}" if born else f"{called}<br>{aged}"

    def _pyramid(self, state: ViewState, text: Text) -> list[Any]:
        """Participants by age and gender over residents."""
        people = self._analyses.people.pyramid(state)
        residents = ["residents_women", "residents_men"]
        known = people[["women", "men"]].sum().sum()
        if not known:
            return []
        shares = pd.concat(
            [people[["women", "men"]] / known, people[residents] / people[residents].sum().sum()],
            axis=1,
        )
        theme = state.theme
        oldest = int(shares.index[-1])
        words = "; ".join(
            text("composition.pyramid_words", age=age_name(int(age), oldest),
                 **{str(kind): share(row[kind], text) for kind in shares})
            for age, row in zip(shares.index, shares.to_dict("records"), strict=True)
        )  # fmt: skip
        figure = pyramid_figure(shares, theme, text)
        return [panel.chart(ids.PYRAMID, figure, text("composition.pyramid"), words)]


def beside_all(
    column: str, state: ViewState, account: Account, here: Mapping[str, float], text: Text
) -> list[Any]:
    """A place's figure beside that of all that is in view; nothing where it has none."""
    if here[column] != here[column]:
        return []
    whole = said(column, float(account.whole[column][state.year]), state, text)
    figure = said(column, here[column], state, text)
    what = name(column, state, text)
    return [panel.meaning(text("meaning.people_place", what=what, share=figure, whole=whole))]


def _meaning(state: ViewState, row: Mapping[Hashable, float], text: Text) -> str:
    """What the share of the map's kind of people says beside that of residents, and what not."""
    who = text.value("share", state.share)
    if row["ratio"] != row["ratio"]:
        return text("meaning.composition_alone")
    way = "more" if row["low"] > 1 else "less" if row["high"] < 1 else "alike"
    compared = text(
        f"meaning.composition_{way}", who=who, ratio=text.number(row["ratio"]),
        share=share(row["share"], text),
        residents=share(row["residents_share"], text),
    )  # fmt: skip
    return f"{compared} {text('meaning.composition_alone')}"


def _born_and_aged(one: Generation, text: Text, *, named: bool) -> str:
    """Ages of a generation, and years of birth where its name does not have them."""
    if one.aged_to is None:
        return text("composition.aged_over", low=one.aged_from)
    if one.aged_from is None:
        return text("composition.aged_under", high=one.aged_to)
    ages = {"low": one.aged_from, "high": one.aged_to}
    if not named:
        return text("composition.aged", **ages)
    return text("composition.born", first=one.born_from, last=one.born_to, **ages)
