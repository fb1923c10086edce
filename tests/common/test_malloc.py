"""What the C library keeps, and what it gives back."""

import subprocess
import sys

CODE = """
from libs.common.malloc import give_back_freed_memory, keep_freed_memory

def resident_kib():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])

keep_freed_memory()
blocks = [bytes(bytearray(100_000)) for _ in range(1000)]
last = blocks[-1]
full = resident_kib()
blocks.clear()
kept = resident_kib()
give_back_freed_memory()
print(full - kept, full - resident_kib())
"""


def test_memory_below_a_living_block_is_given_back_when_asked() -> None:
    """100 MB of blocks, of which the last one lives: freed, they stay ours; given back, they are the system's."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60)
    freed_kib, given_back_kib = map(int, done.stdout.split())
    assert freed_kib < 50_000 < given_back_kib
