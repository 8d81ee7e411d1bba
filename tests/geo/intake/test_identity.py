"""The same group and the same person are known again, by rules that can be told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import BadFile
from geo.intake.decisions import DECISIONS, as_decisions, no_decisions, read_decisions
from geo.intake.identity import Matched, match_groups, match_people
from geo.intake.key import Key, load_key
from geo.private_key import BadKey

KNOWN = pd.DataFrame(
    columns=["group_id", "name", "district_code", "neighbourhood_code"], dtype="str"
)
TOKENS = pd.DataFrame(columns=["token", "person_id"], dtype="str")
KEY = Key(b"secret")
GROUP = ("name", "district_code", "neighbourhood_code", "year", "representative")
PERSON = ("name", "phone", "email", "number", "birth", "group_id", "neighbourhood_code")


def groups(*rows: tuple[object, ...], known: pd.DataFrame = KNOWN, likeness: int = 90,
           decisions: pd.DataFrame | None = None) -> Matched:  # fmt: skip
    """Rows of name, district, neighbourhood, year and, if there is one, representative."""
    frame = pd.DataFrame([(*row, None)[:5] for row in rows], columns=list(GROUP))
    frame["where"] = [f"row {number}" for number in range(2, len(rows) + 2)]
    given_to = no_decisions() if decisions is None else decisions
    return match_groups(frame, known, given_to, likeness)


def alike(made: Matched) -> list[int]:
    """Rows of the same thing have the same number."""
    return pd.factorize(made.ids)[0].tolist()


def whys(made: Matched) -> list[str]:
    return made.doubtful["why"].tolist()


def test_one_name_in_one_neighbourhood_is_one_group() -> None:
    """However it is spaced, with or without its legal form; numbers count."""
    made = groups(
        ("빵 굽는 날", "1", "11", 2012), ("(사)빵굽는날", "1", "11", 2013),
        ("영화관 1", "1", "11", 2012), ("영화관 2", "1", "11", 2012), ("빵굽는날", "2", "21", 2012),
    )  # fmt: skip
    assert (alike(made), whys(made)) == ([0, 0, 1, 2, 3], [])


def test_a_group_known_to_its_district_is_the_only_one_of_its_name() -> None:
    """Where there are two, it is another, and doubtful."""
    assert alike(groups(("책방", "1", "11", 2012), ("책방", "1", None, 2013))) == [0, 0]
    made = groups(("책방", "1", "11", 2012), ("책방", "1", "12", 2012), ("책방", "1", None, 2013))
    assert alike(made) == [0, 1, 2]
    assert whys(made) == ["same name in one district"] * 2


def test_a_representative_tells_a_group_that_moved() -> None:
    """Within the district; in another one it is doubtful."""
    assert alike(groups(("책방", "1", "11", 2012, "p"), ("책방", "1", "12", 2013, "p"))) == [0, 0]
    made = groups(("책방", "1", "11", 2012, "p"), ("책방", "2", "21", 2013, "p"))
    assert (alike(made), whys(made)) == (
        [0, 1], ["same name and representative in two districts"]
    )  # fmt: skip


def test_like_names_are_doubtful() -> None:
    """With their score, names, places and rows; the threshold is a person's to set."""
    rows = (("느티나무 공방", "1", "11", 2012), ("느타나무 공방", "1", "11", 2013))
    made = groups(*rows)
    row = made.doubtful.iloc[0]
    assert alike(made) == [0, 1]
    assert {row["a_is"], row["b_is"]} == {"느티나무 공방 (11) row 2", "느타나무 공방 (11) row 3"}
    assert (row["kind"], row["why"], int(row["score"]) >= 90) == (
        "group", "like names in one neighbourhood", True
    )  # fmt: skip
    assert whys(groups(*rows, likeness=100)) == []


def test_a_decision_settles_a_pair() -> None:
    """For good; contradicting ones are refused with their row."""
    rows = (("느티나무 공방", "1", "11", 2012), ("느타나무 공방", "1", "11", 2013))
    pairs = groups(*rows).doubtful
    same = groups(*rows, decisions=pairs.assign(decision="same"))
    assert (alike(same), whys(same)) == ([0, 0], [])
    apart = groups(*rows, decisions=pairs.assign(decision="different"))
    assert (alike(apart), whys(apart)) == ([0, 1], [])
    both = pd.concat([pairs.assign(decision="same"), pairs.assign(decision="different")],
                     ignore_index=True)  # fmt: skip
    a, b = pairs.iloc[0][["a", "b"]]
    with pytest.raises(BadFile) as refused:
        groups(*rows, decisions=both)
    assert str(refused.value) == (
        f"decisions.csv, row 3: {a} and {b} are different, but the same by other rows: correct "
        "one of them."
    )


def test_a_known_group_keeps_its_identifier() -> None:
    """Two that a person decides to be one become the first of them."""
    known = pd.DataFrame(
        [("g1", "책방", "1", "11"), ("g2", "책밤", "1", "11")], columns=KNOWN.columns, dtype="str"
    )
    made = groups(("책 방", "1", "11", 2013), ("새 모임", "1", "11", 2013), known=known)
    assert made.ids.tolist()[0] == "g1"
    decided = pd.DataFrame([("group", "g1", "g2", "", "", "", "", "same")], columns=list(DECISIONS))
    assert groups(("책방", "1", "11", 2013), known=known, decisions=decided).same == {"g2": "g1"}


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["책방", "책 방", "빵집", "느티나무 공방", "느타나무 공방"]),
        st.just("1"),
        st.sampled_from(["11", "12", None]),
        st.sampled_from([2012, 2013]),
        st.sampled_from(["p", "q", None]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, order=st.randoms())
def test_the_order_of_rows_does_not_matter(rows: list[tuple[object, ...]], order: object) -> None:
    """The same row has the same identifier, wherever it stands."""
    places = list(range(len(rows)))
    order.shuffle(places)  # type: ignore[attr-defined]
    one, other = groups(*rows), groups(*(rows[place] for place in places))
    assert [one.ids[place] for place in places] == other.ids.tolist()


def people(*rows: tuple[str | None, ...], known: pd.DataFrame = TOKENS,
           decisions: pd.DataFrame | None = None) -> Matched:  # fmt: skip
    """Rows of name, phone, e-mail, number, birth, group, neighbourhood."""
    frame = pd.DataFrame(rows, columns=list(PERSON), dtype="str")
    frame["where"] = [f"row {number}" for number in range(2, len(rows) + 2)]
    return match_people(frame, KEY, known, no_decisions() if decisions is None else decisions)


def test_one_name_with_anything_else_in_common_is_one_person() -> None:
    """Telephone, mail, number, birthday or group; another name never is, nor a name alone."""
    made = people(
        ("홍가람", "01011112222", None, None, None, "g1", "11"),
        ("홍 가람", "01011112222", "a@x.kr", None, None, "g2", "12"),
        ("홍가람", None, "a@x.kr", None, "1990-01-01", "g3", "13"),
        ("홍가람", None, None, None, "1990-01-01", "g4", "14"),
        ("홍가람", None, None, None, None, "g4", "14"),
        ("나도람", "01011112222", None, None, None, "g1", "11"),
        ("홍가람", None, None, None, None, "g9", "19"),
    )
    assert alike(made) == [0, 0, 0, 0, 0, 1, 2]
    assert made.doubtful.empty


def test_namesakes_in_one_neighbourhood_are_doubtful() -> None:
    """Told by pseudonym and row, not by name."""
    made = people(
        ("홍가람", None, None, None, None, "g1", "11"),
        ("홍가람", None, None, None, None, "g2", "11"),
    )
    assert alike(made) == [0, 1]
    row = made.doubtful.iloc[0]
    assert (row["why"], {row["a_is"], row["b_is"]}) == (
        "same name in one neighbourhood", {"row 2", "row 3"}
    )  # fmt: skip


def test_birthdays_that_contradict_each_other_part_people() -> None:
    """Even with one telephone; it is told."""
    made = people(
        ("홍가람", "01011112222", None, None, "1990-01-01", "g1", "11"),
        ("홍가람", "01011112222", None, None, "1991-02-02", "g1", "11"),
    )
    assert alike(made) == [0, 1]
    assert whys(made) == ["days of birth or numbers contradict each other"]


def test_people_are_known_again_in_a_later_run() -> None:
    """By any of what was known of them; with another key by nothing."""
    first = people(("홍가람", "01011112222", None, None, None, "g1", "11"))
    later = people(("홍가람", "01011112222", "a@x.kr", None, None, "g7", "17"), known=first.known)
    assert later.ids.tolist() == first.ids.tolist()
    last = people(("홍가람", None, "a@x.kr", None, None, "g8", "18"), known=later.known)
    assert last.ids.tolist() == first.ids.tolist()
    assert KEY.pseudonym("a", "b") != Key(b"other").pseudonym("a", "b")


def test_nothing_personal_is_in_what_comes_out() -> None:
    """Names, numbers and addresses go in, pseudonyms come out."""
    secrets = ("홍가람", "01011112222", "a@x.kr", "9001012345678", "1990-01-01")
    made = people((*secrets[:1], *secrets[1:3], secrets[3], secrets[4], "g1", "11"),
                  ("홍가람", None, None, None, None, "g2", "11"))  # fmt: skip
    told = made.ids.to_csv() + made.doubtful.to_csv() + made.known.to_csv() + repr(KEY)
    assert [secret for secret in (*secrets, "secret") if secret in told.replace("Key()", "")] == []


def test_the_key_is_made_once(tmp_path: Path) -> None:
    """The same file calls people alike, another one otherwise; others name it with --key."""
    path, atlas = tmp_path / "keys" / "key", tmp_path / "atlas"
    made = load_key(path, atlas)
    assert load_key(path, atlas) == made
    assert load_key(tmp_path / "other", atlas).fingerprint != made.fingerprint
    with pytest.raises(BadKey) as refused:
        load_key(atlas / "key", atlas)
    assert str(refused.value) == (
        f"{atlas / 'key'} is inside the atlas: keep the key elsewhere, with --key."
    )


def test_decisions_are_kept_and_come_back(tmp_path: Path) -> None:
    """What was decided stays, what is no longer doubtful goes; no cell becomes a formula."""
    path = tmp_path / "decisions.csv"
    doubtful = groups(
        ("=느티나무 공방", "1", "11", 2012), ("=느타나무 공방", "1", "11", 2013)
    ).doubtful
    path.write_bytes(as_decisions(doubtful, no_decisions()))
    assert "'=느" in path.read_text(encoding="utf-8-sig")
    back = read_decisions(path)
    pd.testing.assert_frame_equal(back, doubtful)
    path.write_bytes(as_decisions(doubtful[:0], back.assign(decision="same")))
    assert read_decisions(path)["decision"].tolist() == ["same"]
    path.write_bytes(path.read_text(encoding="utf-8-sig").encode("cp949"))  # as Excel may save it
    assert read_decisions(path)["decision"].tolist() == ["same"]
    path.write_bytes(as_decisions(doubtful[:0], doubtful))
    assert read_decisions(path).empty


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a,b\n1,2\n", "d.csv has no column kind, a_is, b_is, score, why and 1 more: its columns "
                       "are kind, a, b, a_is, b_is, score, why, decision."),
        ("kind,a,b,a_is,b_is,score,why,decision\ngroup,1,2,,,,,maybe\n",
         "d.csv, row 2: decision 'maybe' is not allowed: write same or different, or leave it "
         "empty."),
        ("kind,a,b,a_is,b_is,score,why,decision\nthing,1,2,,,,,\n",
         "d.csv, row 2: kind 'thing' is not allowed: write group or person."),
    ],
)  # fmt: skip
def test_wrong_decisions_are_refused(content: str, sentence: str, tmp_path: Path) -> None:
    """With the row, the value and what is allowed."""
    path = tmp_path / "d.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadFile) as refused:
        read_decisions(path)
    assert str(refused.value) == sentence
