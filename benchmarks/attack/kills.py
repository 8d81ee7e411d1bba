"""Writers are killed at any moment, under readers: nothing is torn, and nothing stays behind.

One reader is a server, which was started before the first kill and answers from that edition to
the last; the other one opens whatever is current, again and again.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import random
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from benchmarks.attack.rows import Row
from geo.__main__ import main
from geo.atlas import Atlas
from geo.errors import MaeulError
from geo.intake.folder import working_folder
from tests.browser.chromium import serve

COUNT, SEED = 300, 2012
WHOLE_EVERY = 20
"""Kills between runs that are let end, after which nothing may be left over."""
PAUSE_S = 0.02
"""Of readers, who leave the processor to the writers."""
QUESTIONS = (
    "density?year=2013", "density?level=neighbourhood", "density?outcome=selected", "groups",
    "spread?question=centre", "retention", "silos?question=concentration", "funnel", "atlas",
)  # fmt: skip
LONGEST_S = 10
PROCESSES = multiprocessing.get_context("forkserver")
GROUPS = "group_id,name,district_code\na,{name},11305\nb,가산 텃밭,11545\nc,마포,11440\n"
APPLICATIONS = """application_id,group_id,year,outcome
1,a,2012,rejected
2,b,2013,selected
3,c,2013,under_review
4,a,2013,selected
"""
SPREADSHEET = "연번,자치구,모임명,심사결과\n1,금천구,가산 {name},선정\n2,마포구,마포 책방,탈락\n"


def run(count: int = COUNT, seed: int = SEED) -> list[Row]:
    """Kill publish, intake, rollback and prune at random moments, under a server and a reader."""
    PROCESSES.set_forkserver_preload([__name__])
    with TemporaryDirectory() as folder:
        attack = Attack(Path(folder), random.Random(seed))
        for command in attack.commands:
            attack.whole(command)
        ours, theirs = PROCESSES.Pipe()
        reader = PROCESSES.Process(target=read_on, args=(attack.out, theirs), daemon=True)
        reader.start()
        ours.recv()
        with serve({"MAEUL_ATLAS": str(attack.out)}) as served, Asking(served.address) as asking:
            while attack.kills < count:
                attack.once()
        ours.send("enough")
        opened, torn = ours.recv()
        reader.join()
    return [
        Row("writers killed", f"{attack.kills:,}", f"{count:,}", attack.kills >= count),
        Row("atlas opened meanwhile", f"{opened:,}", "1 or more", opened > 0),
        Row(
            "answers of a server meanwhile", f"{asking.answers:,}", "1 or more", asking.answers > 0
        ),
        Row("failed or of another edition", f"{asking.wrong:,}", "0", asking.wrong == 0),
        Row("torn or not to be opened", f"{torn + attack.torn:,}", "0", torn + attack.torn == 0),
        Row("left over after the next run", f"{attack.left:,}", "0", attack.left == 0),
        Row("runs that failed", f"{attack.failed:,}", "0", attack.failed == 0),
    ]


@dataclass
class Attack:
    """An atlas in a folder, what is run on it, and what came of that."""

    folder: Path
    chance: random.Random
    kills: int = 0
    torn: int = 0
    left: int = 0
    failed: int = 0
    edition: int = 0
    took: dict[str, float] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        return self.folder / "atlas"

    @property
    def commands(self) -> dict[str, Callable[[], list[str]]]:
        """Name -> what makes the arguments; publications and intakes are of something new."""
        return {
            "publish": self.publication,
            "intake": self.intake,
            "rollback": lambda: ["rollback", str(self.out)],
            "prune": lambda: ["prune", str(self.out), "--keep", "2"],
        }

    def publication(self) -> list[str]:
        """Tables of which one name is new."""
        tables = self.folder / "tables"
        tables.mkdir(exist_ok=True)
        groups = GROUPS.format(name=f"책방 {self.edition}")
        (tables / "groups.csv").write_text(groups, encoding="utf-8")
        (tables / "applications.csv").write_text(APPLICATIONS, encoding="utf-8")
        return ["publish", str(tables), "--out", str(self.out)]

    def intake(self) -> list[str]:
        """A spreadsheet of which one name is new."""
        sheet = self.folder / "2013.csv"
        sheet.write_text(SPREADSHEET.format(name=f"텃밭 {self.edition}"), encoding="utf-8")
        key = str(self.folder / "key")
        return ["intake", str(sheet), "--programme", "씨앗", "--key", key, "--out", str(self.out)]

    def start(self, command: str) -> multiprocessing.process.BaseProcess:
        """A command in a process of its own."""
        self.edition += 1
        process = PROCESSES.Process(target=quietly, args=(self.commands[command](),))
        process.start()
        return process

    def whole(self, command: str) -> None:
        """Let a command end, and remember how long it took."""
        before = time.perf_counter()
        process = self.start(command)
        process.join()
        self.took[command] = time.perf_counter() - before
        self.failed += process.exitcode not in (0, 2)  # there may be nothing to roll back to

    def once(self) -> None:
        """Kill a command, see that the atlas is whole, and now and then that nothing is left."""
        command = self.chance.choice(list(self.commands))
        process = self.start(command)
        process.join(self.chance.uniform(0, 1.1 * self.took[command]))
        killed = process.is_alive()
        process.kill()
        process.join()
        self.kills += killed
        self.torn += not is_whole(self.out)
        if killed and self.kills % WHOLE_EVERY == 0:
            for each in ("publish", "intake", "prune"):
                self.whole(each)
            self.left += len(left_over(self.out)) + len(left_over(working_folder(self.out)))


class Asking(threading.Thread):
    """Asks a server one question after the other, and counts answers that are not as the first."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.address = address
        self.answers = self.wrong = 0
        self._enough = threading.Event()
        self._edition = self._asked("atlas")

    def __enter__(self) -> Asking:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        self.join()

    def run(self) -> None:
        for question in itertools.cycle(QUESTIONS):
            if self._enough.wait(PAUSE_S):
                return
            self.answers += 1
            try:
                self.wrong += self._asked(question) != self._edition
            except (OSError, ValueError, KeyError):
                self.wrong += 1

    def _asked(self, question: str) -> str:
        """The edition that an answer is of."""
        address = f"{self.address}/api/v1/{question}"
        with urllib.request.urlopen(address, timeout=LONGEST_S) as answer:
            return str(json.load(answer)["atlas"]["hash"])


def quietly(arguments: list[str]) -> None:
    """Run a command without a word."""
    tqdm.set_lock(threading.RLock())  # its own is shared by processes, and outlives a killed one
    with Path(os.devnull).open("w") as nothing, redirect_stdout(nothing), redirect_stderr(nothing):
        sys.exit(main(arguments))


def is_whole(out: Path) -> bool:
    """Whether the current snapshot opens, and its tables fit each other."""
    try:
        atlas = Atlas.open(out)
    except MaeulError:
        return False
    counted = all(len(getattr(atlas, name)) == rows for name, rows in atlas.manifest.counts.items())
    return counted and set(atlas.applications["group_id"]) == set(atlas.groups["group_id"])


def read_on(out: Path, told: Connection) -> None:
    """Open the atlas again and again until told to stop; how often, and how often in vain."""
    opened = torn = 0
    told.send("ready")
    while not told.poll(PAUSE_S):
        opened += 1
        torn += not is_whole(out)
    told.send((opened, torn))


def left_over(folder: Path) -> list[Path]:
    """What only a writer at work may have in a folder."""
    return [*folder.rglob(".new-*"), *folder.rglob(".maeul-*")]
