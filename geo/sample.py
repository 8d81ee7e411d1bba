"""The simulated atlas: no group or person in it is real, its totals are the published ones.

One seed makes one city. Groups are founded by the given totals, stand in planted clusters (a
Thomas process around the named sites and some unnamed places) or among the residents, and
spread near those that exist. They apply, are selected or rejected, come again or do not; people
are named in applications, some in several. In Geumcheon-gu 340 people appear in 2012 and 2013,
166 of them in six planted communities with about 3 % of their ties across.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.atlas import Manifest, write_snapshot
from geo.boundaries import Boundaries, locate, read_sites
from geo.errors import UnknownValue
from geo.schema import CRS, Gender, Outcome, Provenance, Role
from geo.validation import validate

SEED = 2012
MADE_AT = datetime(2026, 1, 1, tzinfo=UTC)
NAME = "서울 마을 (모의 자료 · simulated)"
MADE_FROM = "python -m geo sample: simulated, agrees with the published totals of 2012 to 2017"
TOTALS: dict[int, int] = {2012: 1189, 2013: 1934, 2014: 2741, 2015: 3602, 2016: 4425, 2017: 5200}
"""Groups founded by the end of each year. 2012 and 2017 are printed, those between are not."""
SELECTED_UNTIL_2015, PARTICIPANTS_UNTIL_2015 = 4978, 128_743
"""Of the evaluation of 2012 to 2015; matched where the totals are those above."""
FEWEST_NEW = 100

CATEGORIES = ("마을공동체", "사회적경제", "도시재생", "청년", "50+", "마을교육공동체")
CATEGORY_SHARES = (0.34, 0.15, 0.13, 0.13, 0.10, 0.15)
SEED_PROGRAMME, BUREAU_PROGRAMME = "씨앗", "실국"
DEPARTMENTS = (
    "서울혁신기획관", "경제진흥본부", "복지본부", "여성가족정책실", "도시재생본부",
    "주택건축국", "문화본부", "평생교육국", "기후환경본부", "시민건강국", "푸른도시국",
)  # fmt: skip
BUREAU_OF = {
    "마을공동체": (0, 2, 6, 10),
    "사회적경제": (1, 0, 8),
    "도시재생": (4, 5, 10),
    "청년": (0, 1, 6),
    "50+": (2, 7, 9),
    "마을교육공동체": (7, 3, 6),
}
GEUMCHEON, GANGDONG = "11545", "11740"
GEUMCHEON_NEW = {2012: 34, 2013: 28}
GEUMCHEON_PEOPLE = 340
COMMUNITIES = {"A": 38, "B": 33, "C": 29, "D": 25, "E": 22, "F": 19}
GROUPS_A_COMMUNITY = 5
GANGDONG_C = 24
CROSS_TIES_EVERY = 9
"""One in so many applications of a community names somebody of another one."""
WOMEN, YOUNG, BOOMERS = 0.60, 0.49, 0.25
FREE_CLUSTERS = 8
CLUSTER_SPREAD_M = 230
NEAR_SPREAD_M = 380
IN_CLUSTERS, NEAR_OTHERS = 0.34, 0.45
RISING, RISING_FROM, RISING_TIMES = 6, 2016, 3
TO_DISTRICT_ONLY, TO_NEIGHBOURHOOD_ONLY = 0.04, 0.10
THEMES = (
    "골목",
    "텃밭",
    "책방",
    "부엌",
    "돌봄",
    "공방",
    "합창",
    "영화",
    "자전거",
    "목공",
    "그림책",
    "에너지",
    "꽃길",
    "시장",
    "기록",
    "놀이터",
    "반찬",
    "연극",
    "풍물",
    "사진",
    "바느질",
    "씨앗",
    "햇살",
    "느티나무",
)
NOUNS = (
    "모임",
    "이웃",
    "사랑방",
    "두레",
    "동아리",
    "살림",
    "학교",
    "마당",
    "연구회",
    "작당",
    "품앗이",
    "나눔터",
)


@dataclass(frozen=True)
class Simulation:
    """Tables of an atlas, and what was planted: never part of them.

    ``planted`` has ``kind`` (cluster, community, rising), ``id`` (group, person or
    neighbourhood) and ``label``.
    """

    tables: dict[str, pd.DataFrame]
    planted: pd.DataFrame


def write(
    out: Path, boundaries: Boundaries, seed: int = SEED, totals: Mapping[int, int] = TOTALS
) -> Manifest:
    """Simulate an atlas and write it as a snapshot; the same arguments give the same bytes."""
    return write_snapshot(
        validate(simulate(seed, boundaries, totals).tables, boundaries, Provenance.SIMULATED),
        out,
        name=NAME,
        made_from=MADE_FROM,
        provenance=Provenance.SIMULATED,
        made_at=MADE_AT,
    )


def simulate(seed: int, boundaries: Boundaries, totals: Mapping[int, int] = TOTALS) -> Simulation:
    """One simulated city.

    Args:
        seed: of the only random generator.
        boundaries: districts and neighbourhoods of Seoul, EPSG:5179.
        totals: groups founded by the end of each year, from 2012 on without a gap, at least
            100 more every year.

    Raises:
        UnknownValue: totals that begin elsewhere, leave a year out or grow too little.
    """
    years = _checked(totals)
    rng = np.random.default_rng(seed)
    groups, planted = _groups(rng, boundaries, years, totals)
    applications = _applications(rng, groups, years)
    if dict(totals) == TOTALS:
        _match_evaluation(rng, groups, applications)
    memberships, communities = _memberships(rng, groups, applications)
    people = _people(rng, groups, applications, memberships)
    _participants(rng, applications, memberships, match=dict(totals) == TOTALS)
    planted = pd.concat([planted, communities], ignore_index=True)
    columns = ["group_id", "name", "category", "district_code", "neighbourhood_code", "geometry"]
    tables = {
        "groups": groups[columns],
        "applications": _labelled(applications),
        "people": people,
        "memberships": memberships,
        "sites": read_sites(),
    }
    return Simulation(tables, planted)


def _checked(totals: Mapping[int, int]) -> list[int]:
    years = sorted(totals)
    new = np.diff([0, *(totals[year] for year in years)])
    if years != list(range(2012, 2012 + len(years))) or len(years) < 2 or new.min() < FEWEST_NEW:
        raise UnknownValue(
            "totals",
            dict(totals),
            [f"every year from 2012 to 2013 or later, each {FEWEST_NEW} groups or more above"],
        )
    return years


def _groups(
    rng: np.random.Generator, boundaries: Boundaries, years: list[int], totals: Mapping[int, int]
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Groups with their place, category, name and founding year; and what was planted."""
    sites = read_sites()
    centres, spans = _clusters(rng, boundaries, sites)
    areas = boundaries.neighbourhoods
    weight = areas["population"].to_numpy(float) ** 0.8
    large = np.flatnonzero((areas["area_km2"] > 0.8) & (areas["area_km2"] < 4))
    rising = rng.choice(large, RISING, replace=False)
    placed: list[pd.DataFrame] = []
    before = 0
    for year in years:
        count = totals[year] - before
        before = totals[year]
        local = GEUMCHEON_NEW.get(year, 0)
        placed.append(_geumcheon(rng, boundaries, sites, local, year))
        grown = weight * np.where(np.isin(np.arange(len(areas)), rising), RISING_TIMES, 1)
        here = grown if year >= RISING_FROM else weight
        existing = pd.concat(placed, ignore_index=True)
        placed.append(
            _founded(rng, boundaries, centres, spans, here, existing, count - local, year)
        )
    frame = pd.concat(placed, ignore_index=True)
    groups = gpd.GeoDataFrame(
        frame[["year", "cluster", "community"]],
        geometry=gpd.points_from_xy(frame["x"], frame["y"]),
        crs=CRS,
    )
    groups[["district_code", "neighbourhood_code"]] = locate(groups.geometry, boundaries)
    groups["group_id"] = [f"g{number:05d}" for number in range(1, len(groups) + 1)]
    groups["category"] = rng.choice(CATEGORIES, len(groups), p=CATEGORY_SHARES)
    groups["name"] = _names(rng, groups, areas)
    planted = [
        pd.DataFrame({"kind": "cluster", "id": groups["group_id"], "label": groups["cluster"]})[
            groups["cluster"] != ""
        ],
        pd.DataFrame({"kind": "rising", "id": areas["code"].iloc[rising], "label": "threefold"}),
    ]
    _blur(rng, groups)
    return groups, pd.concat(planted, ignore_index=True)


def _clusters(
    rng: np.random.Generator, boundaries: Boundaries, sites: gpd.GeoDataFrame
) -> tuple[pd.DataFrame, list[str]]:
    """Centres of clusters: the sites, and places at least 3 km from them and each other."""
    points = [(point.x, point.y) for point in sites.geometry]
    names = sites["site_id"].tolist()
    candidates = boundaries.neighbourhoods.representative_point()
    for place in rng.permutation(len(candidates)):
        point = (candidates.iloc[place].x, candidates.iloc[place].y)
        near = min(np.hypot(point[0] - x, point[1] - y) for x, y in points)
        if near > 3_000:
            points.append(point)
            names.append(f"free-{len(points) - len(sites)}")
        if len(points) == len(sites) + FREE_CLUSTERS:
            break
    frame = pd.DataFrame(points, columns=["x", "y"])
    districts = locate(
        gpd.GeoSeries(gpd.points_from_xy(frame["x"], frame["y"]), crs=CRS), boundaries
    )
    return frame.assign(name=names, district_code=districts["district_code"]), names


def _geumcheon(
    rng: np.random.Generator, boundaries: Boundaries, sites: gpd.GeoDataFrame, count: int, year: int
) -> pd.DataFrame:
    """Groups of Geumcheon-gu in the years of its network: communities first, then the rest."""
    if not count:
        return _frame(np.empty((0, 2)), year, [], [])
    labels = [label for label in COMMUNITIES for _ in range(GROUPS_A_COMMUNITY)]
    half = [label for place, label in enumerate(labels) if place % 2 == (year - 2012) % 2]
    communities = [*half[:count], *[""] * (count - len(half))]
    centre = sites.set_index("site_id").geometry["geumcheon"]
    inside = boundaries.districts.set_index("code").geometry[GEUMCHEON]
    points = _near(rng, np.tile([centre.x, centre.y], (count, 1)), 450.0, inside)
    return _frame(points, year, ["geumcheon"] * count, communities)


def _founded(
    rng: np.random.Generator,
    boundaries: Boundaries,
    centres: pd.DataFrame,
    names: list[str],
    weight: np.ndarray,
    existing: pd.DataFrame,
    count: int,
    year: int,
) -> pd.DataFrame:
    """The rest of a year's groups: in clusters, near others, or among the residents."""
    city = boundaries.districts.geometry.union_all()
    kind = rng.choice(
        3,
        count,
        p=[IN_CLUSTERS, NEAR_OTHERS * (year > 2012), 1 - IN_CLUSTERS - NEAR_OTHERS * (year > 2012)],
    )
    # Until 2013 Geumcheon's groups are those of its network alone.
    closed = year in GEUMCHEON_NEW
    open_clusters = centres[(centres["district_code"] != GEUMCHEON) | (not closed)]
    shares = np.where(open_clusters["name"].str.startswith("free"), 0.6, 1.4)
    chosen = rng.choice(len(open_clusters), (kind == 0).sum(), p=shares / shares.sum())
    clusters = open_clusters.iloc[chosen]
    shape = boundaries.districts.set_index("code").geometry
    in_cluster = np.vstack(
        [
            _near(rng, part[["x", "y"]].to_numpy(), CLUSTER_SPREAD_M, shape[code])
            for code, part in clusters.groupby("district_code", sort=True)
        ]
    )
    labels = [
        name for _, part in clusters.groupby("district_code", sort=True) for name in part["name"]
    ]
    areas = boundaries.neighbourhoods
    outside = (areas["district_code"] != GEUMCHEON).to_numpy() | (not closed)
    drawn = rng.multinomial((kind == 2).sum(), weight * outside / (weight * outside).sum())
    alone = areas.geometry[drawn > 0].sample_points(drawn[drawn > 0], rng=rng).explode()
    spread = existing[existing["cluster"] == ""]
    seeds = spread.iloc[rng.integers(0, max(len(spread), 1), (kind == 1).sum())]
    limits = city.difference(shape[GEUMCHEON]) if closed else city
    near = _near(rng, seeds[["x", "y"]].to_numpy(), NEAR_SPREAD_M, limits)
    points = np.vstack([in_cluster, np.column_stack([alone.x, alone.y]), near])
    return _frame(points, year, [*labels, *[""] * (count - len(labels))], [""] * count)


def _frame(
    points: np.ndarray, year: int, clusters: list[str], communities: list[str]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": np.round(points[:, 0], 1),
            "y": np.round(points[:, 1], 1),
            "year": year,
            "cluster": clusters,
            "community": communities,
        }
    )


def _near(rng: np.random.Generator, seeds: np.ndarray, spread_m: float, inside: Any) -> np.ndarray:
    """A point near each seed (normal, in metres), drawn again until it lies inside."""
    points = seeds + rng.normal(0, spread_m, seeds.shape)
    while True:
        out = ~gpd.GeoSeries(gpd.points_from_xy(*points.T)).within(inside).to_numpy()
        if not out.any():
            return points
        points[out] = seeds[out] + rng.normal(0, spread_m, (out.sum(), 2))


def _names(
    rng: np.random.Generator, groups: gpd.GeoDataFrame, areas: gpd.GeoDataFrame
) -> list[str]:
    """Place, theme and noun; a number where all three meet again."""
    place = groups["neighbourhood_code"].map(areas.set_index("code")["name_ko"])
    name = place + " " + rng.choice(THEMES, len(groups)) + " " + rng.choice(NOUNS, len(groups))
    again = name.groupby(name).cumcount()
    return [
        word if turn == 0 else f"{word} {turn + 1}" for word, turn in zip(name, again, strict=True)
    ]


def _blur(rng: np.random.Generator, groups: gpd.GeoDataFrame) -> None:
    """Some places are known to the neighbourhood or to the district only."""
    luck = rng.random(len(groups))
    loose = (luck < TO_DISTRICT_ONLY + TO_NEIGHBOURHOOD_ONLY) & (groups["community"] == "")
    groups.loc[loose, "geometry"] = None
    groups.loc[loose & (luck < TO_DISTRICT_ONLY), "neighbourhood_code"] = None


def _applications(
    rng: np.random.Generator, groups: gpd.GeoDataFrame, years: list[int]
) -> pd.DataFrame:
    """Applications of every group from its founding on, with outcome and amount."""
    rows: list[tuple[Any, ...]] = []
    for number, (founded, category) in enumerate(
        zip(groups["year"], groups["category"], strict=True)
    ):
        won, applies = False, True
        for year in range(founded, years[-1] + 1):
            if year > founded:
                applies = rng.random() < (0.66 if won else 0.40 if applies else 0.12)
            if not applies:
                won = False
                continue
            count = 1 + min(int(rng.poisson(0.75)), 3)
            outcomes = [_outcome(rng, year, years[-1]) for _ in range(count)]
            won = Outcome.SELECTED in outcomes
            rows += [
                (number, year, *_programme(rng, category, year == founded), outcome)
                for outcome in outcomes
            ]
    columns = ["group", "year", "programme", "department", "outcome"]
    frame = pd.DataFrame(rows, columns=columns)
    _all_labels(frame, groups)
    unnamed = _without_programme(frame)
    frame.loc[unnamed, "programme"] = None
    seed = frame["programme"] == SEED_PROGRAMME
    million = np.where(seed, rng.uniform(1, 5, len(frame)), rng.lognormal(2.3, 0.6, len(frame)))
    frame["amount_krw"] = (np.clip(million, 1, 50) * 10).round().astype("int64") * 100_000
    frame["group_id"] = groups["group_id"].to_numpy()[frame["group"]]
    frame = frame.sort_values(["year", "group"], kind="stable", ignore_index=True)
    frame["application_id"] = [f"a{number:06d}" for number in range(1, len(frame) + 1)]
    return frame


def _outcome(rng: np.random.Generator, year: int, last: int) -> Outcome:
    waiting = 0.04 if year == 2013 or year == last else 0.01
    other = 0.02 if year == 2012 else 0.0
    shares = [0.585, 1 - 0.585 - waiting - other, waiting, other]
    kinds = (Outcome.SELECTED, Outcome.REJECTED, Outcome.UNDER_REVIEW, Outcome.OTHER)
    return kinds[int(rng.choice(4, p=shares))]


def _programme(rng: np.random.Generator, category: str, first: bool) -> tuple[str, str]:
    """Programme and bureau: the seed programme is one bureau's, the others choose by field."""
    if rng.random() < (0.74 if first else 0.42):
        return SEED_PROGRAMME, DEPARTMENTS[0]
    bureaus = BUREAU_OF[category]
    if rng.random() < 0.25:
        return BUREAU_PROGRAMME, str(rng.choice(DEPARTMENTS))
    return BUREAU_PROGRAMME, DEPARTMENTS[bureaus[int(rng.integers(len(bureaus)))]]


def _all_labels(frame: pd.DataFrame, groups: gpd.GeoDataFrame) -> None:
    """Each of the ten printed labels stands at least three times in Geumcheon-gu."""
    here = (groups["district_code"] == GEUMCHEON).to_numpy()[frame["group"]]
    selected, rejected = Outcome.SELECTED, Outcome.REJECTED
    plan: list[tuple[int, str, Outcome]] = [
        (year, programme, outcome)
        for year in (2012, 2013)
        for programme in (SEED_PROGRAMME, BUREAU_PROGRAMME)
        for outcome in (selected, rejected)
    ]
    plan += [(2012, SEED_PROGRAMME, Outcome.OTHER), (2013, SEED_PROGRAMME, Outcome.UNDER_REVIEW)]
    for year in (2012, 2013):
        rows = frame.index[here & (frame["year"] == year)]
        wanted = [entry for entry in plan if entry[0] == year for _ in range(3)]
        for row, (_, programme, outcome) in zip(rows, wanted, strict=False):
            frame.loc[row, ["programme", "outcome"]] = [programme, outcome]


def _without_programme(frame: pd.DataFrame) -> pd.Series[bool]:
    """What the printed legend gives no programme for: 13년 심사중 and 12년 찾마감."""
    waiting = (frame["outcome"] == Outcome.UNDER_REVIEW) & (frame["year"] == 2013)
    return waiting | (frame["outcome"] == Outcome.OTHER)


def _match_evaluation(
    rng: np.random.Generator, groups: gpd.GeoDataFrame, applications: pd.DataFrame
) -> None:
    """Exactly the evaluated number of selected applications from 2012 to 2015."""
    elsewhere = (groups["district_code"] != GEUMCHEON).to_numpy()[applications["group"]]
    early = applications["year"].between(2012, 2015)
    selected = early & (applications["outcome"] == Outcome.SELECTED)
    over = int(selected.sum()) - SELECTED_UNTIL_2015
    source, target = (
        (Outcome.SELECTED, Outcome.REJECTED) if over > 0 else (Outcome.REJECTED, Outcome.SELECTED)
    )
    candidates = applications.index[early & elsewhere & (applications["outcome"] == source)]
    changed = rng.choice(candidates.to_numpy(), abs(over), replace=False)
    applications.loc[changed, "outcome"] = target


def _labelled(applications: pd.DataFrame) -> pd.DataFrame:
    """With the status as the legend prints it: year, programme, outcome."""
    words = {
        Outcome.SELECTED: "선정",
        Outcome.REJECTED: "탈락",
        Outcome.UNDER_REVIEW: "심사중",
        Outcome.OTHER: "찾마감",
    }
    year = (applications["year"] % 100).map("{:02d}년 ".format)
    label = year + applications["programme"].fillna("") + applications["outcome"].map(words)
    columns = [
        "application_id", "group_id", "year", "programme", "department", "outcome",
        "amount_krw", "participants",
    ]  # fmt: skip
    return applications[columns].assign(label=label)


def _memberships(
    rng: np.random.Generator, groups: gpd.GeoDataFrame, applications: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who is named in which application, at least three each; and the planted communities."""
    pools, communities, people = _pools(rng, groups)
    district = groups["district_code"].to_numpy()
    fixed = (district == GEUMCHEON) & groups["year"].isin(GEUMCHEON_NEW).to_numpy()
    by_district = {code: np.flatnonzero(district == code) for code in np.unique(district)}
    met: set[int] = set()
    rows: list[tuple[str, int, str]] = []
    for turn, (application, group, year) in enumerate(
        zip(
            applications["application_id"], applications["group"], applications["year"], strict=True
        )
    ):
        pool = pools[group]
        closed = fixed[group] and year in GEUMCHEON_NEW
        if not closed and rng.random() < 0.35:
            pool.append(people)
            people += 1
        if group not in met:
            named = list(pool[:9])
            met.add(group)
        else:
            size = min(len(pool), 3 + int(rng.poisson(1.6)))
            named = rng.choice(pool, size, replace=False).tolist()
        if closed and communities.get(pool[0]) and turn % CROSS_TIES_EVERY == 0:
            others = [p for p, label in communities.items() if label != communities[pool[0]]
                      and label in COMMUNITIES]  # fmt: skip
            named.append(int(rng.choice(others)))
        elif not closed and district[group] != GEUMCHEON and rng.random() < 0.12:
            lender = pools[int(rng.choice(by_district[district[group]]))]
            named.append(int(rng.choice(lender)))
        unique = list(dict.fromkeys(int(person) for person in named))
        rows += [
            (application, person, Role.MEMBER if place else Role.REPRESENTATIVE)
            for place, person in enumerate(unique)
        ]
    frame = pd.DataFrame(rows, columns=["application_id", "person", "role"])
    frame["role"] = frame["role"].astype(str)
    seen, frame["person"] = np.unique(frame["person"], return_inverse=True)
    frame["person_id"] = [f"p{number + 1:06d}" for number in frame["person"]]
    number = {int(old): new for new, old in enumerate(seen)}
    planted = pd.DataFrame(
        [
            ("community", f"p{number[person] + 1:06d}", label)
            for person, label in communities.items()
            if person in number
        ],
        columns=["kind", "id", "label"],
    )
    return frame[["application_id", "person_id", "role"]], planted


def _pools(
    rng: np.random.Generator, groups: gpd.GeoDataFrame
) -> tuple[list[list[int]], dict[int, str], int]:
    """People around each group, the community of those planted, and how many there are.

    A community's people are dealt out to its groups, who then share some of them: each group's
    pool begins with its own, so that everybody is named at least once.
    """
    pools: list[list[int]] = [[] for _ in range(len(groups))]
    communities: dict[int, str] = {}
    people = 0
    district, year = groups["district_code"].to_numpy(), groups["year"].to_numpy()
    label = groups["community"].to_numpy(dtype=object).copy()
    gangdong = np.flatnonzero((groups["cluster"] == "gangdong-c").to_numpy() & (year <= 2013))
    label[gangdong[:GROUPS_A_COMMUNITY]] = "강동 C"
    for name, size in {**COMMUNITIES, "강동 C": GANGDONG_C}.items():
        members = np.arange(people, people + size)
        people += size
        communities |= dict.fromkeys(members.tolist(), name)
        own = np.flatnonzero(label == name)
        for group, part in zip(own, np.array_split(members, len(own)), strict=True):
            shared = rng.permutation(np.setdiff1d(members, part))[: 9 - len(part) + 6]
            pools[group] = [*part.tolist(), *shared.tolist()]
    rest = (district == GEUMCHEON) & np.isin(year, list(GEUMCHEON_NEW)) & (label == "")
    sizes = np.full(len(groups), 3) + np.minimum(rng.poisson(2.2, len(groups)), 6)
    left = GEUMCHEON_PEOPLE - sum(COMMUNITIES.values())
    sizes[rest] = [len(part) for part in np.array_split(np.arange(left), rest.sum())]
    for group in np.flatnonzero(np.array([not pool for pool in pools])):
        pools[group] = list(range(people, people + sizes[group]))
        people += sizes[group]
    return pools, communities, int(people)


def _people(
    rng: np.random.Generator,
    groups: gpd.GeoDataFrame,
    applications: pd.DataFrame,
    memberships: pd.DataFrame,
) -> pd.DataFrame:
    """Everybody named, with gender and year of birth; exact shares in the programme of 2013."""
    named = memberships.merge(
        applications[["application_id", "group", "year", "programme"]], on="application_id"
    )
    first = named.drop_duplicates("person_id").sort_values("person_id", ignore_index=True)
    counted = named[(named["year"] == 2013) & (named["programme"] == SEED_PROGRAMME)]["person_id"]
    inside = first["person_id"].isin(counted).to_numpy()
    gender = np.empty(len(first), dtype=object)
    born = np.empty(len(first), dtype=np.int64)
    for part in (inside, ~inside):
        count = int(part.sum())
        women = round(count * WOMEN)
        gender[part] = rng.permutation(
            [str(Gender.FEMALE)] * women + [str(Gender.MALE)] * (count - women)
        )
        born[part] = rng.permutation(_births(rng, count))
    district = groups["district_code"].to_numpy()[first["group"]]
    neighbourhood = groups["neighbourhood_code"].to_numpy()[first["group"]]
    return pd.DataFrame(
        {
            "person_id": first["person_id"],
            "gender": gender,
            "birth_year": born,
            "district_code": district,
            "neighbourhood_code": neighbourhood,
        }
    )


def _births(rng: np.random.Generator, count: int) -> np.ndarray:
    """Years of birth: 19 to 39, 48 to 67, and the ages between and beyond, as of 2013."""
    young, boomers = round(count * YOUNG), round(count * BOOMERS)
    rest = count - young - boomers
    between = round(rest * 0.8)
    return np.concatenate(
        [
            rng.integers(2013 - 39, 2013 - 19 + 1, young),
            rng.integers(2013 - 67, 2013 - 48 + 1, boomers),
            rng.integers(2013 - 47, 2013 - 40 + 1, between),
            rng.integers(2013 - 78, 2013 - 68 + 1, rest - between),
        ]
    )


def _participants(
    rng: np.random.Generator, applications: pd.DataFrame, memberships: pd.DataFrame, *, match: bool
) -> None:
    """People taking part: those named and more; the evaluated sum where it is to be matched."""
    named = memberships.groupby("application_id").size()
    least = applications["application_id"].map(named).to_numpy(dtype=np.int64)
    more = np.round(rng.lognormal(2.7, 0.8, len(applications))).astype(np.int64)
    applications["participants"] = least + more
    if not match:
        return
    selected = applications["outcome"] == Outcome.SELECTED
    early = (applications["year"].between(2012, 2015) & selected).to_numpy()
    wanted = PARTICIPANTS_UNTIL_2015 - least[early].sum()
    exact = more[early] * wanted / more[early].sum()
    whole = np.floor(exact).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: wanted - whole.sum()]] += 1
    applications.loc[early, "participants"] = least[early] + whole
