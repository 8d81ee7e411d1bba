"""Korean place names in Latin letters, by the Revised Romanization of 2000.

Source of the rules: Ministry of Culture and Tourism, notification 2000-8, chapters 2 and 3
(transcription by pronunciation; the administrative unit set off by a hyphen, no assimilation
across it). What only a dictionary knows, such as the n put into 학여울 (Hangnyeoul), is not
known here.
"""

from __future__ import annotations

import re

HANGUL = 0xAC00, 0xD7A3
"""First and last syllable; each is 588 times its initial, 28 times its vowel, its final."""

# fmt: off
INITIALS = (
    "g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p",
    "h",
)
VOWELS = (
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we",
    "wi", "yu", "eu", "ui", "i",
)
FINALS = (
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "l", "l", "l", "p", "l", "m", "p", "p",
    "t", "t", "ng", "t", "t", "k", "t", "p", "t",
)
"""As pronounced at the end of a word."""
LINKED = {
    1: "g", 2: "kk", 7: "d", 8: "r", 17: "b", 19: "s", 20: "ss", 22: "j", 23: "ch", 24: "k",
    25: "t", 26: "p",
}
"""A final before a vowel, by its number, where it differs from that at the end of a word."""
# fmt: on
SILENT = 11
"""The initial that only carries a vowel."""

ASSIMILATED = {
    ("k", "n"): "ngn",
    ("k", "m"): "ngm",
    ("k", "r"): "ngn",
    ("t", "n"): "nn",
    ("t", "m"): "nm",
    ("t", "r"): "nn",
    ("p", "n"): "mn",
    ("p", "m"): "mm",
    ("p", "r"): "mn",
    ("n", "r"): "ll",
    ("l", "n"): "ll",
    ("l", "r"): "ll",
    ("m", "r"): "mn",
    ("ng", "r"): "ngn",
}
"""A final and the initial after it, where both or one of them change."""

UNITS = {"동": "dong", "구": "gu"}
NUMBERED = {"동": "dong", "가": "ga"}
"""Units that numbers count; several numbers share one (종로1·2·3·4가동)."""


def romanise(name: str) -> str:
    """A district's or neighbourhood's name.

    >>> [romanise(name) for name in ("성산동", "신림동", "종로1가", "왕십리동", "금호동2가")]
    ['Seongsan-dong', 'Sillim-dong', 'Jongno 1-ga', 'Wangsimni-dong', 'Geumho-dong 2-ga']
    >>> [romanise(name) for name in ("독산3동", "성수1가2동", "금호2·3가동")]
    ['Doksan 3-dong', 'Seongsu 1-ga 2-dong', 'Geumho 2·3-ga-dong']
    """
    numbered = re.fullmatch(r"(\D+)((?:\d+(?:·\d+)*[가동])+)(동?)", name)
    if numbered:
        word, counted, whole = numbered.groups()
        parts = re.findall(r"([\d·]+)(\D)", counted)
        text = "".join(f" {number}-{NUMBERED[unit]}" for number, unit in parts)
        return f"{romanise(word)}{text}{'-dong' if whole else ''}"
    unit = UNITS.get(name[-1:])
    if unit and len(name) > 1:
        return f"{_word(name[:-1])}-{unit}"
    return _word(name)


def _word(word: str) -> str:
    """One word, by pronunciation; what is not Hangul stays as it is."""
    out, before = "", 0
    for place, letter in enumerate(word):
        if not HANGUL[0] <= ord(letter) <= HANGUL[1]:
            out, before = out + FINALS[before] + letter, 0
            continue
        code = ord(letter) - HANGUL[0]
        initial, vowel, final = code // 588, code % 588 // 28, code % 28
        # 로 (road) is a word of its own after 문 (gate): Sinmunno, not Sinmullo.
        road = word[place - 1 : place + 1] == "문로"
        out += ("nn" if road else _joint(before, initial)) + VOWELS[vowel]
        before = final
    return (out + FINALS[before]).capitalize()


def _joint(final: int, initial: int) -> str:
    """A final and the initial after it."""
    if initial == SILENT:
        return LINKED.get(final, FINALS[final])
    start = INITIALS[initial]
    return ASSIMILATED.get((FINALS[final], start), FINALS[final] + start)
