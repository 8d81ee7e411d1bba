"""Names for groups that do not exist: a place, a theme of the category, a noun."""

from __future__ import annotations

import numpy as np
import pandas as pd

THEMES: dict[str, tuple[str, ...]] = {
    "마을공동체": (
        "골목텃밭", "마을부엌", "골목사진", "동네합창", "이웃돌봄", "반찬나눔", "마을축제",
        "골목영화", "마을신문", "동네풍물", "꽃길", "바느질", "느티나무", "햇살마루",
    ),
    "사회적경제": (
        "나눔장터", "되살림", "마을공방", "공유부엌", "동네목공", "자전거수리", "손바느질",
        "마을카페", "공동구매", "도시락", "에너지나눔", "옷수선",
    ),
    "도시재생": (
        "골목지도", "동네기록", "집수리", "골목정원", "계단그림", "마을산책", "옛길",
        "시장골목", "빈집활용", "골목등불", "담장벽화", "쌈지공원",
    ),
    "청년": (
        "청년부엌", "청년책방", "동네음악", "독립영화", "청년공방", "동네여행", "청년살이",
        "청년장터", "청년극장", "동네사진", "청년텃밭", "청년기록",
    ),
    "50+": (
        "인생학교", "추억사진", "손글씨", "동네바둑", "은빛연극", "건강걷기", "인생기록",
        "옛노래", "손주돌봄", "자서전", "은빛목공", "두번째서른",
    ),
    "마을교육공동체": (
        "그림책", "아이돌봄", "방과후마당", "동네과학", "놀이터", "마을학교", "책읽기",
        "숲놀이", "아빠놀이", "청소년연극", "동네역사", "토요배움",
    ),
}  # fmt: skip
NOUNS = (
    "모임", "이웃", "사랑방", "두레", "동아리", "살림", "벗들", "마당", "연구회", "작당",
    "품앗이", "나눔터", "친구들", "공작소", "한마당",
)  # fmt: skip


def names(
    rng: np.random.Generator, places: pd.Series[str], categories: pd.Series[str]
) -> list[str]:
    """A name for each group; a number where all three words meet again."""
    theme = pd.Series("", index=places.index)
    for category, words in THEMES.items():
        chosen = categories == category
        theme[chosen] = rng.choice(words, chosen.sum())
    noun = pd.Series(rng.choice(NOUNS, len(places)), index=places.index)
    bare = places + " " + theme + " " + noun
    turn = bare.groupby(bare).cumcount() + 1
    return [name if no == 1 else f"{name} {no}" for name, no in zip(bare, turn, strict=True)]
