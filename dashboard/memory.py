"""Memory that answers took goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys

import pyarrow as pa

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Names of `mallopt`, as malloc.h of the GNU C library has them."""
ON_LINUX = sys.platform == "linux"
LARGE = 100_000
"""Bytes: a table's column, not a word; such a piece is mapped alone, and unmapped when freed."""


def give_back() -> None:
    """Have freed memory given back, in this process and from now on.

    Tables of all sizes come and go, and what is kept between them pins the pages of what went:
    after some thousand answers a server held twice what it used. The C library keeps arenas for
    threads and heaps that only grow, Arrow a pool of its own. Another C library than GNU's is
    left as it is.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if ON_LINUX else None
    if mallopt is not None:
        for name, value in ((M_ARENA_MAX, 1), (M_MMAP_THRESHOLD, LARGE), (M_TRIM_THRESHOLD, LARGE)):
            mallopt(name, value)


def trim() -> None:
    """Give back what lies free between pieces that stay.

    A hundred answers at once leave as much as they took together, which the C library keeps for
    the next hundred. It takes some thousandths of a second, in which no thread can have memory.
    """
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if ON_LINUX else None
    if malloc_trim is not None:
        malloc_trim(0)


def settle() -> None:
    """Have what is there now, and stays to the end, looked through by the collector no more.

    A walk over all of it stops a server for a tenth of a second, and frees nothing.
    """
    gc.collect()
    gc.freeze()
