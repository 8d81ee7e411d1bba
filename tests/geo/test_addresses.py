"""A cell of a list says which districts and neighbourhoods, and how surely."""

from __future__ import annotations

import pytest

from geo.addresses import ADDRESS, Addresses, Cell, Name, Rank
from geo.administrative import name_key
from geo.boundaries import Boundaries

GEUMCHEON, GURO = "11545", "11530"
DOKSAN, GURO_DONG = name_key("독산동"), name_key("구로동")


@pytest.fixture(scope="module")
def addresses(seoul: Boundaries) -> Addresses:
    """All districts, and two neighbourhoods of them."""
    return Addresses(seoul.districts, {DOKSAN: {GEUMCHEON}, GURO_DONG: {GURO}})


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("", None),
        (" - ", None),
        (
            "금천구 독산동 250-3",
            Cell((GEUMCHEON,), names=(Name(DOKSAN, Rank.LOT, ADDRESS),), rank=Rank.LOT),
        ),
        (
            "서울 금천구 시흥대로 291 (독산동, 롯데캐슬)",
            Cell((GEUMCHEON,), names=(Name(DOKSAN, Rank.ROAD, ADDRESS),), rank=Rank.ROAD),
        ),
        (
            "서울 금천구 시흥대로 291 (독산동 롯데캐슬)",
            Cell((GEUMCHEON,), rank=Rank.ROAD, hints=(DOKSAN,)),
        ),
        ("독산동주민센터", Cell(names=(Name(DOKSAN, Rank.BUILDING, ADDRESS),))),
        ("금천구 독신동 놀이터", Cell((GEUMCHEON,), strange="독신동")),
        ("경기도 광명시 철산동 1", Cell(outside=True, rank=Rank.LOT)),
        (
            "구로구 금천구 독산동 250",
            Cell(
                (GEUMCHEON,), torn=(GURO,), names=(Name(DOKSAN, Rank.LOT, ADDRESS),), rank=Rank.LOT
            ),
        ),
    ],
)
def test_an_address_says_where_and_how_surely(
    text: str, cell: Cell | None, addresses: Addresses
) -> None:
    """By a lot, behind a road, in the name of a building, by a slip of the pen, elsewhere."""
    assert addresses.read(text, ADDRESS) == cell


def test_a_column_of_its_own_holds_nothing_else(addresses: Addresses) -> None:
    """Names alone; what is none of them is no building either."""
    assert addresses.read("금천구", "district") == Cell((GEUMCHEON,))
    assert addresses.read("독산동", "legal") == Cell(names=(Name(DOKSAN, Rank.NAME, "legal"),))
    assert addresses.read("독신", "neighbourhood") == Cell(strange="독신", sure=True)
    assert addresses.read("서울특별시", "city") is None
    assert addresses.read("부산광역시", "city") == Cell(outside=True)
