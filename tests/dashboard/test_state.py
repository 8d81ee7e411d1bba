"""The URL and the state are each other's inverse."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dashboard import state as states
from dashboard.state import Choices, Notice, ViewState, parse, print_query, settle
from geo import schema
from geo.measures import surface

CHOICES = Choices(
    years=(2012, 2013, 2014),
    districts=("11110", "11545"),
    programmes=("씨앗", "실국"),
    outcomes=("selected", "rejected"),
    categories=("50+", "A&B=c, d", "청년"),
    departments=("복지본부",),
    administrative=("1154561000", "1154563000"),
    areas={
        "11545": ("district", "11545"),
        "11545101": ("neighbourhood", "11545"),
        "1154561000": ("administrative", "11545"),
    },
    places=("11545101", "suyu-market"),
    labels=("12년 씨앗탈락", "13년 심사중", "A&B, c"),
    snapshot="0123456789ab",
)


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    """Any of the values, in the order in which they are offered."""
    return st.sets(st.sampled_from(values)).map(lambda s: tuple(v for v in values if v in s))


def degrees(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(lambda x: round(x, 5)).filter(lambda x: low <= x <= high)


STATES = st.builds(
    ViewState,
    year=st.sampled_from(CHOICES.years),
    view=st.sampled_from(states.QUESTIONS),
    null=st.sampled_from(states.NULLS),
    corrected=st.booleans(),
    smallest=st.integers(*states.SMALLEST),
    radius=st.integers(*states.RADII),
    cluster=st.none() | st.integers(0, 99),
    mode=st.sampled_from(states.MODES),
    since=st.none() | st.sampled_from(CHOICES.years),
    place=st.none() | st.sampled_from([*CHOICES.places, "c7"]),
    inside=st.none() | st.integers(0, 99),
    resolution=st.sampled_from(states.RESOLUTIONS),
    step=st.none() | st.integers(0, 12),
    label=some(CHOICES.labels),
    arrangement=st.sampled_from(states.ARRANGEMENTS),
    share=st.sampled_from(states.SHARES),
    after=st.integers(*states.AFTER),
    what=st.sampled_from(states.WHATS),
    per=st.sampled_from(states.PERS),
    mix=st.sampled_from(states.MIXES),
    by=st.sampled_from(["category", "department", "district", "outcome", "programme"]),
    community=st.none() | st.integers(0, 99),
    node=st.none() | st.sampled_from(["p000001", "a000001", "k0"]),
    level=st.sampled_from(states.LEVELS),
    measure=st.sampled_from(states.MEASURES),
    count=st.sampled_from(states.COUNTS),
    compare=st.none() | st.sampled_from(CHOICES.years),
    scheme=st.sampled_from(states.SCHEMES),
    classes=st.integers(*states.CLASSES),
    colours=st.sampled_from(states.PALETTES),
    bandwidth=st.none() | st.integers(*states.BANDWIDTHS),
    district=some(CHOICES.districts),
    administrative=some(CHOICES.administrative),
    programme=some(CHOICES.programmes),
    outcome=some(CHOICES.outcomes),
    category=some(CHOICES.categories),
    department=some(CHOICES.departments),
    area=st.none() | st.sampled_from(sorted(CHOICES.areas)),
    points=st.booleans(),
    sites=st.booleans(),
    table=st.booleans(),
    histogram=st.booleans(),
    sort=st.none() | st.sampled_from(["value", "-value", "name"]),
    at=st.none() | st.tuples(*(degrees(low, high) for low, high in states.AT_RANGES)),
    lang=st.sampled_from(states.LANGUAGES),
    theme=st.sampled_from(states.THEMES),
    snapshot=st.none() | st.just(CHOICES.snapshot),
).map(lambda state: settle(state, CHOICES)[0])
"""States whose parts go together."""


@given(STATES)
def test_parse_is_the_inverse_of_print(state: ViewState) -> None:
    """Whatever the reader chose comes back, without a notice."""
    assert parse(print_query(state, CHOICES), CHOICES) == (state, ())


@given(st.text())
def test_any_text_gives_a_state(text: str) -> None:
    """No address is an error; what it means prints to an address that means the same."""
    state, _ = parse(text, CHOICES)
    assert parse(print_query(state, CHOICES), CHOICES) == (state, ())


def test_unknown_values_fall_back_and_are_told() -> None:
    """A year that is not there, a parameter that does not exist, a measure too fine."""
    state, notices = parse("year=2031&colour=red&level=hex8&measure=per_10k", CHOICES)
    assert state == ViewState(year=2014, level="hex8", measure="per_km2")
    assert notices == (
        Notice("colour", "red", tuple(states.ORDER)),
        Notice("year", "2031", ("2012", "2013", "2014")),
        Notice("measure", "per_10k", ("count", "per_km2", "ratio_area")),
    )


def test_parts_that_do_not_go_together_are_told_of() -> None:
    """A ratio has no comparison, only a surface a bandwidth, and it is always per km²."""
    state, notices = parse("measure=ratio_area&compare=2012&bandwidth=800", CHOICES)
    assert state == ViewState(year=2014, measure="ratio_area")
    assert notices == (
        Notice("compare", "2012", (), alone=True),
        Notice("bandwidth", "800", (), alone=True),
    )
    state, notices = parse("level=surface&bandwidth=99", CHOICES)
    assert state == ViewState(year=2014, level="surface", measure="per_km2")
    assert notices == (Notice("bandwidth", "99", ("200–5000 m",)),)
    assert print_query(state, CHOICES) == "level=surface&measure=per_km2"
    state, notices = parse("measure=per_10k&administrative=1154561000", CHOICES)
    assert state == ViewState(year=2014, administrative=("1154561000",))
    assert notices == (Notice("measure", "per_10k", ("count",)),)


def test_an_area_out_of_view_is_told_of() -> None:
    """Of another level, or of a district that was not chosen."""
    for query in ("area=11545101", "level=neighbourhood&district=11110&area=11545101"):
        state, notices = parse(query, CHOICES)
        assert state.area is None
        assert notices == (Notice("area", "11545101", ()),)


def test_an_address_without_end_is_not_read() -> None:
    """Only its length is told."""
    state, notices = parse("year=2012&" + "x" * 5_000, CHOICES)
    assert state == ViewState(year=2014)
    assert notices == (Notice("url", "5,010", ("≤ 4000",)),)


def test_the_states_words_are_the_schemas() -> None:
    """`state` is a leaf and repeats the enums; they must not drift apart."""
    assert tuple(schema.Level) == states.LEVELS
    assert tuple(schema.Measure) == states.MEASURES
    assert tuple(schema.Count) == states.COUNTS
    assert tuple(schema.Scheme) == states.SCHEMES
    assert surface.BANDWIDTHS_M == states.BANDWIDTHS
