"""Korean place names in Latin letters, by the Revised Romanization of 2000.

Source of the rules: Ministry of Culture and Tourism, notification 2000-8, chapters 2 and 3
(transcription by pronunciation; the administrative unit set off by a hyphen, no assimilation
across it).
"""

from __future__ import annotations

import re

INITIALS = [
    "g",
    "kk",
    "n",
    "d",
    "tt",
    "r",
    "m",
    "b",
    "pp",
    "s",
    "ss",
    "",
    "j",
    "jj",
    "ch",
    "k",
    "t",
    "p",
    "h",
]
VOWELS = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
FINALS = [
    "",
    "k",
    "k",
    "k",
    "n",
    "n",
    "n",
    "t",
    "l",
    "k",
    "m",
    "l",
    "l",
    "l",
    "p",
    "l",
    "m",
    "p",
    "p",
    "t",
    "t",
    "ng",
    "t",
    "t",
    "k",
    "t",
    "p",
    "t",
]
"""As pronounced at the end of a word, in the order of Unicode's syllables."""
LINKED = {
    1: "g",
    2: "kk",
    4: "n",
    7: "d",
    8: "r",
    16: "m",
    17: "b",
    19: "s",
    20: "ss",
    21: "ng",
    22: "j",
    23: "ch",
    24: "k",
    25: "t",
    26: "p",
}
"""A final before a vowel, by its number."""
ASSIMILATED = {
    **{("k", i): "ng" + o for i, o in (("n", "n"), ("m", "m"), ("r", "n"))},
    **{("t", i): "n" + o for i, o in (("n", "n"), ("m", "m"), ("r", "n"))},
    **{("p", i): "m" + o for i, o in (("n", "n"), ("m", "m"), ("r", "n"))},
    ("n", "r"): "ll",
    ("l", "n"): "ll",
    ("l", "r"): "ll",
    ("m", "r"): "mn",
    ("ng", "r"): "ngn",
}


def romanise(name: str) -> str:
    """A district's or neighbourhood's name.

    >>> [romanise(name) for name in ("성산동", "신림동", "종로1가", "왕십리동", "금호동2가")]
    ['Seongsan-dong', 'Sillim-dong', 'Jongno 1-ga', 'Wangsimni-dong', 'Geumho-dong 2-ga']
    """
    numbered = re.fullmatch(r"(.+?)(\d+)가", name)
    if numbered:
        return f"{romanise(numbered[1])} {numbered[2]}-ga"
    counted = re.fullmatch(r"(\D+)(\d+)동", name)
    if counted:
        return f"{_word(counted[1])} {counted[2]}-dong"
    if len(name) > 1 and name.endswith("동"):
        return f"{_word(name[:-1])}-dong"
    return _word(name)


def _word(word: str) -> str:
    """One word, by pronunciation; what is not Hangul stays as it is."""
    out, before = "", 0
    for place, letter in enumerate(word):
        code = ord(letter) - 0xAC00
        if not 0 <= code < 11_172:
            out += FINALS[before] + letter
            before = 0
            continue
        initial, vowel, final = code // 588, code % 588 // 28, code % 28
        start = INITIALS[initial]
        # -ro is a word of its own after 문: Sinmunno, not Sinmullo.
        road = letter == "로" and word[place - 1 : place] == "문"
        out += "nn" if road else _joint(before, initial, start)
        out += VOWELS[vowel]
        before = final
    return (out + FINALS[before]).capitalize()


def _joint(before: int, initial: int, start: str) -> str:
    """A final and the initial after it."""
    if initial == 11:
        return LINKED.get(before, FINALS[before])
    return ASSIMILATED.get((FINALS[before], start), FINALS[before] + start)
