"""Tells the C library how frames come and go: what one thread frees the next one takes, without fresh pages for each.

Figures: docs/decisions/malloc.md.
"""

import ctypes
from typing import Any

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
"""glibc's malloc.h"""
KEPT_BYTES = 16 << 20
LARGEST_BYTES = 4 << 20


def keep_freed_memory() -> None:
    """One heap for all threads; up to KEPT_BYTES at its end, for blocks of up to LARGEST_BYTES. Not glibc: nothing."""
    if (mallopt := _glibc("mallopt")) is not None:
        mallopt(M_ARENA_MAX, 1)
        mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
        mallopt(M_MMAP_THRESHOLD, LARGEST_BYTES)


def give_back_freed_memory() -> None:
    """To the system, all of it, also from the middle of the heap: for when something large is over."""
    if (malloc_trim := _glibc("malloc_trim")) is not None:
        malloc_trim(0)


def _glibc(name: str) -> Any:
    try:
        return getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None
