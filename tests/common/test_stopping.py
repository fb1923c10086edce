"""A service that is asked to stop stops."""

import signal
import subprocess
import sys

PROGRAM = """
import sys, threading
from libs.common.stopping import stop_on_signals
stop = stop_on_signals(limit_s=0.5)
print("ready", flush=True)
stop.wait()
if sys.argv[1] == "hang":
    threading.Event().wait(30)
"""


def ended_by(number: signal.Signals, how: str) -> int:
    command = [sys.executable, "-c", PROGRAM, how]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        return process.wait(20)


def test_a_signal_asks_and_the_service_ends_well() -> None:
    """SIGTERM and Ctrl-C alike."""
    assert ended_by(signal.SIGTERM, "well") == 0
    assert ended_by(signal.SIGINT, "well") == 0


def test_a_service_that_hangs_after_the_signal_is_ended() -> None:
    """For example in a camera that never answers."""
    assert ended_by(signal.SIGTERM, "hang") == 1
