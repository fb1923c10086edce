"""The watchdog ends a process that hangs, with its stacks."""

import subprocess
import sys

from libs.common.testing import FakeClock
from libs.common.watchdog import HUNG_STATUS, Watchdog

HANG = """
import threading
from libs.common.clock import SystemClock
from libs.common.watchdog import Watchdog
def a_function_that_hangs():
    threading.Event().wait()
dog = Watchdog(SystemClock(), 0.1)
dog.start()
dog.begin()
a_function_that_hangs()
"""


def test_a_hung_process_ends_with_status_70_and_its_stacks() -> None:
    """For real, in a process of its own."""
    done = subprocess.run([sys.executable, "-c", HANG], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == HUNG_STATUS
    assert "a_function_that_hangs" in done.stderr


def test_a_call_that_comes_back_in_time_is_not_hung() -> None:
    """Only the one under way counts."""
    clock = FakeClock()
    dog = Watchdog(clock, 10)
    dog.begin()
    clock.advance(9)
    assert not dog.hung()
    clock.advance(2)
    assert dog.hung()
    dog.end()
    assert not dog.hung()
