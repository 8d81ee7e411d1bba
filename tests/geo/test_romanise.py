"""Korean place names in Latin letters."""

from __future__ import annotations

import pytest

from geo.boundaries import Boundaries
from geo.romanise import romanise


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("성산동", "Seongsan-dong"),
        ("역촌동", "Yeokchon-dong"),
        ("수유동", "Suyu-dong"),
        ("독산동", "Doksan-dong"),
        ("묵동", "Muk-dong"),
        ("여의도동", "Yeouido-dong"),
        ("동동", "Dong-dong"),
        ("신정3동", "Sinjeong 3-dong"),
        ("상도1동", "Sangdo 1-dong"),
        ("을지로2가", "Euljiro 2-ga"),
        ("봉래동1가", "Bongnae-dong 1-ga"),
        ("명륜3가", "Myeongnyun 3-ga"),
        ("상계10동", "Sanggye 10-dong"),
        ("면목3·8동", "Myeonmok 3·8-dong"),
        ("용산2가동", "Yongsan 2-ga-dong"),
        ("성수2가3동", "Seongsu 2-ga 3-dong"),
        ("종로1·2·3·4가동", "Jongno 1·2·3·4-ga-dong"),
    ],
)
def test_the_unit_is_set_off_and_the_number_stands_before_it(name: str, latin: str) -> None:
    """A hyphen before dong, gu and ga; what stands before it sounds as if it stood alone."""
    assert romanise(name) == latin


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("신림동", "Sillim-dong"),
        ("산림동", "Sallim-dong"),
        ("문래동", "Mullae-dong"),
        ("별내동", "Byeollae-dong"),
        ("종로1가", "Jongno 1-ga"),
        ("한강로3가", "Hangangno 3-ga"),
        ("염리동", "Yeomni-dong"),
        ("쌍림동", "Ssangnim-dong"),
        ("중랑구", "Jungnang-gu"),
        ("청량리동", "Cheongnyangni-dong"),
        ("왕십리동", "Wangsimni-dong"),
        ("답십리동", "Dapsimni-dong"),
        ("녹번동", "Nokbeon-dong"),
        ("백마동", "Baengma-dong"),
        ("신문로1가", "Sinmunno 1-ga"),
        ("남대문로5가", "Namdaemunno 5-ga"),
        ("권농동", "Gwonnong-dong"),
        ("풍납동", "Pungnap-dong"),
    ],
)
def test_neighbouring_sounds_change_each_other(name: str, latin: str) -> None:
    """Assimilation is written: n beside l, k before n, ng before r."""
    assert romanise(name) == latin


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("북아현동", "Bugahyeon-dong"),
        ("낙원동", "Nagwon-dong"),
        ("길음동", "Gireum-dong"),
        ("일원동", "Irwon-dong"),
        ("압구정동", "Apgujeong-dong"),
        ("중앙동", "Jungang-dong"),
        ("이문동", "Imun-dong"),
        ("능동", "Neung-dong"),
        ("익현동", "Ikhyeon-dong"),
        ("학동", "Hak-dong"),
    ],
)
def test_a_final_moves_to_the_vowel_after_it(name: str, latin: str) -> None:
    """Before a vowel a final is voiced; before h, in a name, it stays."""
    assert romanise(name) == latin


def test_districts_are_written_as_the_city_writes_them(seoul: Boundaries) -> None:
    """The rules give the official English name of each of the 25 districts."""
    districts = seoul.districts
    assert [romanise(name) for name in districts["name_ko"]] == districts["name_en"].tolist()


def test_every_neighbourhood_gets_latin_letters(seoul: Boundaries) -> None:
    """No Hangul is left, and one Korean name has one Latin name."""
    names = seoul.neighbourhoods[["name_ko", "name_en"]].drop_duplicates()
    assert names["name_en"].str.fullmatch(r"[A-Z][a-z]+(-dong| \d-dong)?( \d-ga)?").all()
    assert names["name_ko"].is_unique


def test_what_is_not_hangul_stays() -> None:
    """Latin letters and a lone unit are left alone."""
    assert [romanise(name) for name in ("A동", "동", "")] == ["A-dong", "Dong", ""]
