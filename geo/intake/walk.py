"""Spreadsheets of applications, lists of places -> an atlas, every row accounted for, nobody named.

`intake` is the walk: files are read as sheets of text (`sheets`), in each a table is found
(`header`), its columns are understood (`columns`, `understand`), its records read (`values`,
`records`: places by `geo.gazetteer`, points by `coordinates`), groups and people matched
(`identity`, `assemble`), and all of it told in a report (`report`, `render`). Lists of public
places go the same way but for the people (`layers`). A person corrects
what was understood in ``mapping.toml`` and decides what is doubtful in ``decisions.csv``
(`folder`).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd

from geo import atlas, boundaries
from geo.atlas import Atlas
from geo.boundaries import Boundaries
from geo.errors import BadFile, UnknownValue, listed
from geo.gazetteer import Gazetteer
from geo.intake import folder, mapping, parts, render, report
from geo.intake.assemble import Assembled, assemble, nothing_before, unmatched, with_places
from geo.intake.decisions import as_decisions, read_decisions
from geo.intake.earlier import REPORTED, SET_ASIDE, TOKENS, Earlier, layers_of, open_earlier
from geo.intake.key import Key, load_key
from geo.intake.layers import check_names, layer_name
from geo.intake.mapping import LIKENESS, Mappings
from geo.intake.parts import File
from geo.intake.render import REPORT
from geo.intake.report import in_words
from geo.intake.understand import Ask, Given, Pending, Undecided
from geo.schema import YEARS_ALLOWED, Provenance
from geo.validation import validate

__all__ = ["Ask", "Intake", "Pending", "Undecided", "in_words", "intake", "steps"]


NOT_MATCHED: Mapping[str, Any] = {
    "groups": {"new": 0, "matched": 0},
    "people": {"persons": 0, "mentions": 0},
    "likeness": LIKENESS,
    "doubtful": {"group": 0, "person": 0},
    "decisions": {"same": 0, "different": 0},
    "key": None,
}
"""What the report says of groups and people where no application was ever read."""


REMEDIES = {
    "no group name": "tell in the mapping which column is the group",
    "no year": "give it with --year, or tell in the mapping which column is the year",
    "no place": "tell in the mapping which columns are the district, neighbourhood or address",
    "unknown place": "write district and neighbourhood as they are called",
    "outside the city": "only what lies in Seoul is taken in; correct the columns of places",
    "place is in several districts": "add a column of districts",
    "districts contradict each other": "correct the districts or the addresses",
    "exact duplicate": "leave one of the two files out",
}
"""What to do where no row can be used, for each reason."""


@dataclass(frozen=True)
class Intake:
    """What came of it.

    Attributes:
        rows: every record: ``file``, ``sheet``, ``layer`` (of a list of places, whose names and
            identifiers stand in ``group`` and ``application_id``), ``row``, ``reason`` (why it
            was set aside, missing where it is used), ``place`` (as written), and what was
            understood: ``group``,
            ``group_id``, ``year``, ``programme``, ``department``, ``category``, ``outcome``,
            ``label``, ``amount_krw``, ``participants``, ``district_code``,
            ``neighbourhood_code``, ``administrative_code``, ``precision``, ``application_id``.
        problems: what could not be read: columns `geo.intake.report.REPORTED`.
        report: as ``report.json`` has it.
        tables: as they were, or would be, published.
        doubtful: pairs for a person to decide.
        layers: name -> how many places the atlas had in it before, for each that was read.
        atlas: the snapshot; None after a dry run.
        folder: where the report, the mapping and the decisions are.
    """

    rows: pd.DataFrame
    problems: pd.DataFrame
    report: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    doubtful: pd.DataFrame
    layers: dict[str, int]
    atlas: Atlas | None
    folder: Path


def steps(files: Sequence[Path]) -> int:
    """How often `intake` tells what it is doing."""
    return 3 * len(files) + 3


def intake(
    files: Sequence[Path],
    out: Path,
    *,
    year: int | None = None,
    programme: str | None = None,
    crs: str | None = None,
    layer: str | None = None,
    name_column: str | None = None,
    corrected: Path | None = None,
    key: Path | None = None,
    work: Path | None = None,
    name: str | None = None,
    add: bool = False,
    dry_run: bool = False,
    areas: Boundaries | None = None,
    areas_from: Mapping[str, str] = atlas.FROM,
    ask: Ask | None = None,
    step: Callable[[str], None] = lambda what: None,
) -> Intake:
    """Make an atlas of spreadsheets, or add them to one.

    The same files, mapping, decisions and key make the same atlas, in whatever order the files
    come; what is there already is not published again. With ``add`` a file takes the place of an
    earlier one of its name, and a layer that of an earlier one.

    Args:
        files: XLSX, XLS, ODS, CSV, TSV, GeoJSON, GeoPackage or shapefiles.
        out: the atlas directory.
        year: of files that do not say it.
        programme: likewise.
        crs: the coordinate system of coordinates that do not say it: EPSG:5174.
        layer: the files are lists of places, which need no year, no programme and no key, and
            make this layer.
        name_column: the heading over the names, where it is not known by itself.
        corrected: a ``mapping.toml`` with a person's corrections.
        key: the file of the secret by which people are called; default `folder.key_path`.
        work: for the report, the mapping and the decisions; default `folder.working_folder`.
        name: of the atlas; default the one it has, or the directory's.
        add: keep what the atlas has of other files; else it will hold these alone.
        dry_run: do all but publish.
        areas: boundaries, where they are not the committed ones; an atlas that is added to
            keeps its own.
        areas_from: their source, as `geo.atlas.publish` takes it.
        ask: whom to put questions to; without anybody they are refused.
        step: is told what is being done, `steps` times.

    Raises:
        BadFile: a file, mapping or decision that cannot be read, or no row that can be used.
        UnknownValue: a year that no atlas has, a layer without a name.
        Undecided: with every open question; ``mapping.toml`` was written to answer them in.
        MaeulError: the atlas cannot be added to, or the key cannot be used.
        BadTables: the tables would not do.
        AtlasBusy: another publication is under way.
        Unwritable: the disk is full, a link is in the way, and the like.
    """
    first, last = YEARS_ALLOWED
    if year is not None and not first <= year <= last:
        raise UnknownValue("year", year, [f"{first} to {last}"])
    layer = None if layer is None else layer_name(layer)
    secret = load_key(key or folder.key_path(), out) if layer is None else None
    had = open_earlier(out, secret) if add else None
    work = work or folder.working_folder(out)
    areas = had.areas if had else areas or boundaries.load()
    gazetteer = Gazetteer(areas)
    mapped = mapping.read(corrected) if corrected else Mappings(())
    decided = read_decisions(work / folder.DECISIONS)

    known = had.programmes if had else frozenset()
    given = Given(year, programme, crs, layer, name_column, known)
    read = _understood(files, mapped, given, ask, step)
    if not any(file.pending for file in read):
        read = _recorded(read, gazetteer, areas, ask, step)
    written = [part.written for file in read for part in file.parts]
    folder.put_mapping(work, written, mapped.likeness, corrected)
    parts.settle(read, work / folder.MAPPING)
    rows, mentions = parts.together(read)
    if rows["reason"].notna().all():
        raise BadFile(_nothing(rows, work / folder.MAPPING))

    step("matching groups and people")
    kept = had.kept(read) if had else nothing_before()
    usable, matching = rows[rows["reason"].isna()], (had and had.matching) or NOT_MATCHED
    applied, places = usable[usable["layer"].isna()], usable[usable["layer"].notna()]
    if secret is not None and len(applied):
        made = assemble(applied, mentions, kept, secret, decided, mapped.likeness, gazetteer)
        matching = _matching(made, mapped, decided, secret)
    else:
        made = unmatched(kept, decided)
    _check_names(places, made.tables)
    tables = with_places(made.tables, places)
    rows["group_id"] = _group_ids(rows["application_id"], tables)

    step("writing the report")
    beside = _beside(read, rows, made, had, {**matching, **_holding(tables, corrected)})
    told = report.from_json(beside[REPORT])
    page, doubts = render.html(told).encode(), as_decisions(made.doubtful, decided)
    read_by_people = {file: beside[file] for file in (REPORT, SET_ASIDE, REPORTED)}
    folder.put(work, {**read_by_people, folder.PAGE: page, folder.DECISIONS: doubts})

    step("checking the tables" if dry_run else "publishing")
    published = None
    if dry_run:
        validate(tables, areas, Provenance.IMPORTED)
    else:
        published = atlas.publish(
            tables,
            out,
            areas,
            name=name or (had.atlas.manifest.name if had else out.resolve().name),
            made_from=listed(file["file"] for file in told["files"]),
            boundaries_from=had.atlas.manifest.boundaries if had else areas_from,
            beside=beside,
            onto=had.atlas if had else None,
        )
    kept_back = ["alike", "problem", "where", "x", "y"]
    return Intake(
        rows.drop(columns=kept_back),
        report.reported(read),
        told,
        tables,
        made.doubtful,
        {name: had.places_in(name) if had else 0 for name in sorted(layers_of(read))},
        published,
        work,
    )


def _understood(
    paths: Sequence[Path],
    mapped: Mappings,
    given: Given,
    ask: Ask | None,
    step: Callable[[str], None],
) -> list[File]:
    """The files, their tables, and what these are about."""
    sources = parts.sources(paths, step)
    mapped.check([(source.file, sheet.name) for source in sources for sheet in source.sheets])
    files = []
    for source in sources:
        step(f"understanding {source.file}")
        files.append(parts.understood(source, mapped, given, ask))
    return files


def _recorded(
    files: Sequence[File],
    gazetteer: Gazetteer,
    areas: Boundaries,
    ask: Ask | None,
    step: Callable[[str], None],
) -> list[File]:
    """The files with their records, those that stand in two of them in the first alone."""
    recorded = []
    for file in files:
        step(f"locating {file.source.file}")
        recorded.append(parts.recorded(file, gazetteer, areas, ask))
    return parts.without_doubles(recorded)


def _nothing(rows: pd.DataFrame, mapping: Path) -> str:
    """Why nothing can be published, which rows have each reason, and what to do about it."""
    lines = [
        f"  {reason}: {report.in_rows(of['row'].tolist())}: {REMEDIES[str(reason)]}."
        for reason, of in rows.groupby(report.kind(rows["reason"]), sort=True)
    ]
    what = "The only row" if len(rows) == 1 else f"None of the {len(rows):,} rows"
    can = "cannot" if len(rows) == 1 else "can"
    return "\n".join(
        [
            f"{what} {can} be used; nothing was published.",
            *lines,
            f"Correct the files, or what was understood of them in {mapping}, and pass that back "
            "with --mapping.",
        ]
    )


def _check_names(places: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> None:
    """Refuse lists of places that are lists of the atlas's groups, as `layers.check_names` does."""
    if len(tables["groups"]):
        for file, rows in places.groupby("file"):
            check_names(str(file), rows["group"], tables["groups"]["name"])


def _group_ids(
    application_ids: pd.Series[str], tables: Mapping[str, pd.DataFrame]
) -> pd.Series[str]:
    """The groups of applications; missing for a place, and for what is not used."""
    if "applications" not in tables:
        return pd.Series(None, application_ids.index, dtype="str")
    known = tables["applications"].set_index("application_id")["group_id"]
    return application_ids.map(known)


def _matching(made: Assembled, mapped: Mappings, decided: pd.DataFrame, key: Key) -> dict[str, Any]:
    """What the report says of groups and people."""
    kinds, words = made.doubtful["kind"].value_counts(), decided["decision"].value_counts()
    return {
        "groups": {"new": made.new_groups, "matched": made.matched_groups},
        "people": {"persons": len(made.tables["people"]), "mentions": made.mentions},
        "likeness": mapped.likeness,
        "doubtful": {kind: int(kinds.get(kind, 0)) for kind in ("group", "person")},
        "decisions": {word: int(words.get(word, 0)) for word in ("same", "different")},
        "key": key.fingerprint,
    }


def _holding(tables: Mapping[str, pd.DataFrame], corrected: Path | None) -> dict[str, Any]:
    """What the report says of the atlas as it is now, and of the mapping that it was told."""
    places = tables.get("places", pd.DataFrame({"layer": []}))
    return {
        "applications": len(tables.get("applications", ())),
        "layers": {
            str(name): int(count)
            for name, count in places["layer"].value_counts().sort_index().items()
        },
        "mapping": corrected
        and {"file": corrected.name, "sha256": sha256(corrected.read_bytes()).hexdigest()},
    }


def _beside(
    files: Sequence[File],
    rows: pd.DataFrame,
    made: Assembled,
    had: Earlier | None,
    matching: Mapping[str, Any],
) -> dict[str, bytes]:
    """What stands beside the tables; with what earlier intakes told of other files."""
    names = had.again(files) if had else {file.source.file for file in files}
    others = had.told(files) if had else []
    told = report.whole([*others, *map(report.of_file, files)], matching)
    buffer = io.BytesIO()
    made.tokens.to_parquet(buffer, index=False, compression="zstd")
    tables = {SET_ASIDE: report.set_aside(rows), REPORTED: report.reported(files)}
    csv = {
        name: report.as_csv(report.after(had.beside(name) if had else None, table, names))
        for name, table in tables.items()
    }
    return {REPORT: report.as_json(told), TOKENS: buffer.getvalue(), **csv}
