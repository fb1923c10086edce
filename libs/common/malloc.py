"""Tells the C library to keep what is freed: frames come and go, and to fetch fresh pages for each costs more."""

import ctypes

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
KEPT_BYTES = 16 << 20
LARGEST_BYTES = 4 << 20


def keep_freed_memory() -> None:
    """Up to KEPT_BYTES at the end of the heap; pictures of up to LARGEST_BYTES live there. Not glibc: nothing."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(M_TRIM_THRESHOLD, KEPT_BYTES)
    mallopt(M_MMAP_THRESHOLD, LARGEST_BYTES)
