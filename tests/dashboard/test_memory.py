"""Memory that answers took goes back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

SCRIPT = """
import sys
import psutil
from dashboard.memory import give_back, trim
how, size = sys.argv[1], int(sys.argv[2])
if how != "kept":
    give_back()
used = lambda: psutil.Process().memory_info().rss
del [bytearray(4_000_000) for _ in range(3)][:]  # glibc then keeps what is as large on its heap
before = used()
tables, words = [], []
for _ in range(400):
    tables.append(bytearray(size))
    words.append(bytes(50_000))
tables.clear()
if how == "trimmed":
    trim()
print(used() - before - sum(map(len, words)))
"""


IS_GNU = platform.libc_ver()[0] == "glibc"


@pytest.mark.skipif(not IS_GNU, reason="the GNU C library is told how to free")
def test_what_tables_took_is_given_back() -> None:
    """Although small things that stay lie between them: 120 MB else stay with the process."""
    assert left("given back", 300_000) < 10_000_000 < 100_000_000 < left("kept", 300_000)


@pytest.mark.skipif(not IS_GNU, reason="the GNU C library is told to free")
def test_what_small_tables_took_is_given_back_later() -> None:
    """36 MB of pieces that are not mapped alone."""
    assert left("trimmed", 90_000) < 10_000_000 < 30_000_000 < left("given back", 90_000)


def left(how: str, size: int) -> int:
    """Bytes that a process holds after 400 tables of a size."""
    command = [sys.executable, "-c", SCRIPT, how, str(size)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
