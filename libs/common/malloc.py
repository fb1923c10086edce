"""Tells the C library how frames come and go: what one thread frees the next one takes, without fresh pages for each.

Figures: docs/decisions/malloc.md.
"""

import ctypes

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
"""glibc's malloc.h"""
KEPT_BYTES = 16 << 20
LARGEST_BYTES = 4 << 20


def keep_freed_memory() -> None:
    """One heap for all threads; up to KEPT_BYTES at its end, for blocks of up to LARGEST_BYTES. Not glibc: nothing."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(M_ARENA_MAX, 1)
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
    mallopt(M_MMAP_THRESHOLD, LARGEST_BYTES)
