"""Memory that answers took goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import sys
import psutil
from dashboard.memory import give_back
if sys.argv[1] == "given back":
    give_back()
used = lambda: psutil.Process().memory_info().rss
del [bytearray(4_000_000) for _ in range(3)][:]  # glibc then keeps what is as large on its heap
before = used()
tables, words = [], []
for _ in range(400):
    tables.append(bytearray(300_000))
    words.append(bytes(50_000))
tables.clear()
print(used() - before - sum(map(len, words)))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the GNU C library is told how to free")
def test_what_tables_took_is_given_back() -> None:
    """Although small things that stay lie between them: 120 MB else stay with the process."""
    kept = {}
    for how in ("given back", "kept"):
        ran = subprocess.run(
            [sys.executable, "-c", SCRIPT, how], capture_output=True, text=True, check=True
        )
        kept[how] = int(ran.stdout)
    assert kept["given back"] < 10_000_000 < 100_000_000 < kept["kept"]
