"""What the simulated atlas has to agree with: printed figures, and the words of the field."""

from __future__ import annotations

TOTALS: dict[int, int] = {2012: 1189, 2013: 1934, 2014: 2741, 2015: 3602, 2016: 4425, 2017: 5200}
"""Groups founded by the end of each year. The first and last are printed, those between are not."""
EVALUATED_UNTIL = 2015
SELECTED, PARTICIPANTS = 4978, 128_743
"""Selected applications until then, and who took part in them, by the programmes' evaluation."""

GEUMCHEON = "11545"
NETWORK_YEARS = (2012, 2013)
NETWORK_PEOPLE = 340
"""Who appears in the applications of Geumcheon-gu in those years."""
LEAST_PEOPLE = 3
"""Neighbours that a group needs, and an application names."""

COUNTED_YEAR = 2013
"""The year whose seed programme the shares below were counted in, and ages are of."""
WOMEN, YOUNG, BOOMERS = 0.60, 0.49, 0.25
AGES = {"young": (19, 39), "between": (40, 47), "boomers": (48, 67), "beyond": (68, 78)}
"""Bands of age; the printed ones are the first and the third."""

CATEGORIES = ("마을공동체", "사회적경제", "도시재생", "청년", "50+", "마을교육공동체")
SEED_PROGRAMME, BUREAU_PROGRAMME = "씨앗", "실국"
DEPARTMENTS = (
    "서울혁신기획관", "경제진흥본부", "복지본부", "여성가족정책실", "도시재생본부",
    "주택건축국", "문화본부", "평생교육국", "기후환경본부", "시민건강국", "푸른도시국",
)  # fmt: skip
"""Eleven bureaus, the first of them in charge of the seed programme."""
BUREAUS_OF = {
    "마을공동체": (0, 2, 6, 10),
    "사회적경제": (0, 1, 8),
    "도시재생": (4, 5, 10),
    "청년": (0, 1, 6),
    "50+": (2, 7, 9),
    "마을교육공동체": (3, 6, 7),
}
"""Bureaus that a category mostly turns to, by their place among the departments."""

COMMUNITIES = {"A": 38, "B": 33, "C": 29, "D": 25, "E": 22, "F": 19}
"""People of the six interest groups of Geumcheon-gu; only that there are six is printed."""
ELSEWHERE = "강동 C"
ELSEWHERE_SITE, ELSEWHERE_PEOPLE = "gangdong-c", 24
"""Gangdong-gu's group C, at its site."""
NETWORK_SITE = "geumcheon"
GROUPS_OF_A_COMMUNITY = 5
NETWORK_GROUPS = {2012: 34, 2013: 28}
"""Groups founded in Geumcheon-gu in the years of its network, those of communities included."""
TIES_ACROSS = 0.03
"""Share of the ties among the people of communities that join two of them."""
