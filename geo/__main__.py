"""`python -m geo`: the command line of data work."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TypeAlias

from tqdm import tqdm

from geo import (
    administrative,
    atlas,
    boundaries,
    boundary_files,
    cells,
    files,
    rejoin,
    sample,
    validation,
)
from geo.errors import MaeulError
from geo.intake import walk
from geo.schema import Provenance

SAMPLE = Path("data/sample")
OWN_FILE = "areas of one's own: GeoPackage, GeoJSON, TopoJSON or shapefile"
SPREADSHEET = "XLSX, XLS, ODS, CSV, TSV, GeoJSON, TopoJSON, GeoPackage or shapefile"
READING = ("crs", "code_column", "name_column", "district_column", "layer", "date")
"""Options that say how a file of boundaries is to be read."""
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it was done, 2 when the input would not do."""
    parser = argparse.ArgumentParser(prog="python -m geo", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_building(commands)
    _add_intake(commands)
    _add_snapshots(commands)
    try:
        chosen = parser.parse_args(arguments)
        chosen.run(chosen)
    except MaeulError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:  # of a file that was to be read; of others `geo.files` tells
        print(files.sentence(error, error.filename or "The system"), file=sys.stderr)
        return 2
    return 0


def _add_building(commands: Commands) -> None:
    build = commands.add_parser("boundaries", help="build districts and neighbourhoods")
    build.add_argument("--from", type=Path, dest="file", metavar="FILE", help=OWN_FILE)
    build.add_argument("--out", type=Path, metavar="DIR", help="default data/seoul, without --from")
    _add_reading(build)
    build.set_defaults(run=_boundaries)

    units = commands.add_parser("administrative", help="build administrative neighbourhoods")
    units.add_argument(
        "--from",
        type=Path,
        required=True,
        dest="wheel",
        metavar="WHEEL",
        help="of the official table",
    )
    units.add_argument("--out", type=Path, default=administrative.DATA)
    units.set_defaults(run=lambda given: administrative.build(given.wheel, given.out))

    simulate = commands.add_parser("sample", help="simulate an atlas")
    simulate.add_argument("--out", type=Path, default=SAMPLE)
    simulate.add_argument("--seed", type=int, default=sample.SEED)
    simulate.add_argument(
        "--totals", type=_totals, default=sample.TOTALS, help="groups by year: 2012=1189,2013=1934"
    )
    simulate.add_argument("--planted", type=Path, help="CSV for what was planted, beside the atlas")
    simulate.set_defaults(run=_sample)

    publish = commands.add_parser("publish", help="check tidy tables and publish them")
    publish.add_argument("tables", type=Path, metavar="TABLES_DIR")
    publish.add_argument("--out", type=Path, required=True, metavar="ATLAS_DIR")
    publish.add_argument("--name", help="name of the atlas; default the directory's")
    publish.add_argument(
        "--provenance",
        type=Provenance,
        choices=list(Provenance),
        default=Provenance.IMPORTED,
        help="what the rows are; simulated ones say so wherever they are shown",
    )
    publish.add_argument(
        "--boundaries",
        type=Path,
        metavar="FILE_OR_DIR",
        help=f"{OWN_FILE}, or what `boundaries` made of it",
    )
    _add_reading(publish)
    publish.set_defaults(run=_publish)


def _add_intake(commands: Commands) -> None:
    command = commands.add_parser(
        "intake", help="make an atlas of spreadsheets of applications, or of lists of places"
    )
    command.add_argument("files", type=Path, nargs="+", metavar="FILE", help=SPREADSHEET)
    command.add_argument("--out", type=Path, required=True, metavar="ATLAS_DIR")
    for option, kind, what in (
        ("--year", int, "of files that do not say it"),
        ("--programme", str, "of files that do not say it: 씨앗"),
        ("--crs", str, "of coordinates that do not say it: EPSG:5174"),
        ("--layer", str, "with --places, name of the layer: 도서관"),
        ("--name-column", str, "heading over the names, where it is not known by itself"),
        ("--mapping", Path, "a corrected mapping.toml"),
        ("--key", Path, "file of the secret by which people are called; made if there is none"),
        ("--work", Path, "folder for report, mapping and decisions; default ATLAS_DIR-intake"),
        ("--name", str, "name of the atlas; default the directory's"),
        ("--boundaries", Path, "folder that `boundaries` made; an atlas keeps its own"),
    ):
        command.add_argument(option, type=kind, help=what)
    command.add_argument(
        "--add", action="store_true", help="keep what the atlas has of other files"
    )
    command.add_argument("--dry-run", action="store_true", help="do all but publish")
    command.add_argument(
        "--places", action="store_true", help="lists of public places: no year, no programme"
    )
    command.set_defaults(run=_intake)


def _add_reading(command: argparse.ArgumentParser) -> None:
    """How a file of boundaries is to be read."""
    command.add_argument("--crs", help="its coordinate system, EPSG:5174; default what it says")
    for name, what in (("code", "codes"), ("name", "Korean names"), ("district", "districts")):
        more = ", or overlay" if name == "district" else ""
        command.add_argument(f"--{name}-column", metavar="COLUMN", help=f"column of {what}{more}")
    command.add_argument("--layer", help="layer of a file that has several")
    command.add_argument("--date", help="of what day or year the boundaries are")


def _add_snapshots(commands: Commands) -> None:
    for name, run, text in (
        ("list", _list, "list the snapshots of an atlas"),
        ("rollback", _roll_back, "make an earlier snapshot current"),
        ("prune", _prune, "delete old snapshots"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("atlas", type=Path, metavar="ATLAS_DIR")
        if name == "rollback":
            command.add_argument("--to", help="a snapshot's name; default the one before")
        if name == "prune":
            command.add_argument("--keep", type=int, default=3, help="how many to keep")
        command.set_defaults(run=run)


def _totals(text: str) -> dict[int, int]:
    if not re.fullmatch(r"\d{4}=\d+(,\d{4}=\d+)*", text):
        raise MaeulError(
            f"Unknown totals {text!r}: write year=groups pairs like 2012=1189,2013=1934."
        )
    pairs = (pair.split("=") for pair in text.split(","))
    return {int(year): int(total) for year, total in pairs}


def _sample(given: argparse.Namespace) -> None:
    if given.planted and given.planted.resolve().is_relative_to(given.out.resolve()):
        raise MaeulError(f"{given.planted} is inside the atlas: name a file beside it.")
    areas = boundaries.load()
    manifest = sample.write(given.out, areas, given.seed, given.totals)
    print(f"{given.out}: {manifest.counts['groups']:,} simulated groups")
    if given.planted:
        planted = sample.simulate(given.seed, areas, given.totals).planted
        files.put(given.planted, cells.csv(planted).encode())


def _boundaries(given: argparse.Namespace) -> None:
    if given.file is None:
        _no_reading(given, ", or give --from FILE")
        boundaries.build(given.out or boundaries.DATA)
        return
    if given.out is None:
        raise MaeulError("Boundaries of one's own need a folder of their own: give --out DIR.")
    if given.out.resolve() == boundaries.DATA.resolve():
        raise MaeulError(f"{given.out} holds the legal boundaries: name another folder.")
    own = _read(given, given.file)
    boundary_files.write(own, given.out)
    print(own.report)
    print(f"Publish with them: python -m geo publish … --boundaries {given.out}")


def _publish(given: argparse.Namespace) -> None:
    tables, areas, source, told = validation.read_tables(given.tables), boundaries.load(), None, ""
    if given.boundaries is None:
        _no_reading(given, ", or give --boundaries FILE")
    else:
        own = _own(given)
        tables, areas, told = rejoin.for_boundaries(tables, own, areas)
        source = own.manifest
    before = _snapshots(given.out)
    published = atlas.publish(
        tables,
        given.out,
        areas,
        name=given.name or given.tables.resolve().name,
        made_from=given.tables.resolve().name,
        provenance=given.provenance,
        boundaries_from=source or atlas.FROM,
    )
    if told:
        print(told)
    counts = ", ".join(f"{count:,} {table}" for table, count in published.manifest.counts.items())
    print(f"{_became(published.path.name, before)}: {counts}.")
    print(f"Serve it: MAEUL_ATLAS={given.out} make run")


def _intake(given: argparse.Namespace) -> None:
    _check_layer(given)
    own = boundary_files.load(given.boundaries) if given.boundaries else None
    areas = boundary_files.for_snapshot(own, boundaries.load()) if own else None
    before = _snapshots(given.out)
    with tqdm(total=walk.steps(given.files), file=sys.stderr, leave=False) as bar:

        def step(what: str) -> None:
            bar.set_description(what)
            bar.update()

        def ask(question: walk.Pending) -> str:
            bar.clear()
            return _ask(question)

        made = walk.intake(
            given.files,
            given.out,
            year=given.year,
            programme=given.programme,
            crs=given.crs,
            layer=given.layer,
            name_column=given.name_column,
            corrected=given.mapping,
            key=given.key,
            work=given.work,
            name=given.name,
            add=given.add,
            dry_run=given.dry_run,
            areas=areas,
            areas_from=own.manifest if own else atlas.FROM,
            ask=ask if sys.stdin.isatty() else None,
            step=step,
        )
    print(walk.in_words(made.report))
    for layer, places in made.layers.items():
        became = f"replaces the one before, of {places:,} places" if places else "added"
        print(f"Layer {layer}: {became}.")
    print(f"Report: {made.folder / 'report.html'}")
    if made.atlas is None:
        print("Nothing was published: this was a dry run.")
        return
    print(f"{_became(made.atlas.path.name, before)}.")
    print(f"Serve it: MAEUL_ATLAS={given.out} make run")


def _check_layer(given: argparse.Namespace) -> None:
    """Places have a layer and are of no year; what is of one is no layer."""
    if not given.places:
        if given.layer is not None:
            raise MaeulError("--layer names a layer of places: add --places.")
        return
    if given.layer is None:
        raise MaeulError("Places make a layer, which needs a name: add --layer 도서관.")
    of_applications = [f"--{name}" for name in ("year", "programme") if getattr(given, name)]
    if of_applications:
        raise MaeulError(f"Leave out {', '.join(of_applications)}: places are of no year.")


def _ask(question: walk.Pending) -> str:
    """Put a question to the person at the terminal until one of its choices is the answer."""
    print(f"{question.file} {question.sheet}: {question.why}.", file=sys.stderr)
    for example in question.examples:
        print(f"  {example}", file=sys.stderr)
    for number, choice in enumerate(question.choices, start=1):
        print(f"  {number}  {choice}", file=sys.stderr)
    while True:
        try:
            answer = input(f"Which? 1 to {len(question.choices)}: ").strip()
        except EOFError:
            raise MaeulError(f"No answer was given. {question}") from None
        if answer in question.choices:
            return answer
        if answer.isdecimal() and 1 <= int(answer) <= len(question.choices):
            return question.choices[int(answer) - 1]


def _own(given: argparse.Namespace) -> boundary_files.OwnBoundaries:
    """Boundaries of one's own, from the folder that was built of them or from a file."""
    if not given.boundaries.is_dir():
        return _read(given, given.boundaries)
    _no_reading(given, ": a folder of boundaries is taken as it was built")
    return boundary_files.load(given.boundaries)


def _read(given: argparse.Namespace, path: Path) -> boundary_files.OwnBoundaries:
    return boundary_files.read(path, **{name: getattr(given, name) for name in READING})


def _no_reading(given: argparse.Namespace, words: str) -> None:
    used = [f"--{name.replace('_', '-')}" for name in READING if getattr(given, name)]
    if used:
        raise MaeulError(f"Leave out {', '.join(used)}{words}.")


def _snapshots(out: Path) -> dict[str, bool]:
    """Names of the snapshots that a directory has, and whether each is the current one."""
    is_atlas = (out / atlas.SNAPSHOTS).is_dir()
    return {e.name: e.is_current for e in atlas.list_snapshots(out)} if is_atlas else {}


def _became(name: str, before: dict[str, bool]) -> str:
    """What publishing did: the same tables again make no new snapshot."""
    if name not in before:
        return f"Published {name}"
    if before[name]:
        return f"Nothing is new: the current snapshot {name} holds the same already"
    return f"Nothing is new: {name} holds the same, and is the current snapshot again"


def _list(given: argparse.Namespace) -> None:
    if (given.atlas / atlas.MANIFEST).is_file():
        alone = atlas.Atlas.open(given.atlas)
        print(f"* {_line(alone.path.name, alone.manifest)}")
        print("This is a single snapshot: there is no other to roll back to, and none to delete.")
        return
    for entry in atlas.list_snapshots(given.atlas):
        print(f"{'*' if entry.is_current else ' '} {_line(entry.name, entry.manifest)}")


def _line(name: str, manifest: atlas.Manifest) -> str:
    counts = manifest.counts
    counted = [f"{counts[what]:,} {what}" for what in ("groups", "places") if what in counts]
    return f"{name}  {', '.join(counted)}  {manifest.name}"


def _roll_back(given: argparse.Namespace) -> None:
    print(f"Current is now {atlas.roll_back(given.atlas, given.to)}.")


def _prune(given: argparse.Namespace) -> None:
    gone, used = atlas.prune(given.atlas, given.keep)
    kept = [entry for entry in atlas.list_snapshots(given.atlas) if entry.name not in used]
    newest = [entry.name for entry in kept[-given.keep :]]
    print(f"Deleted {_number(gone)}." if gone else "Deleted nothing.")
    print(f"Kept the newest {_number(newest)}.")
    for entry in kept:
        if entry.is_current and entry.name not in newest:
            print(f"Kept {entry.name} too: it is older, but the current one, which readers see.")
    if used:
        print(f"Left {_number(used)}: in use. Delete again when no program has it open.")


def _number(snapshots: list[str]) -> str:
    """How many, and which: 1 snapshot: 20260101T000000Z-0123456789ab."""
    return f"{len(snapshots)} snapshot{'s' * (len(snapshots) != 1)}: {', '.join(snapshots)}"


if __name__ == "__main__":
    sys.exit(main())
