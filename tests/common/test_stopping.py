"""A service that is asked to stop stops."""

import signal
import subprocess
import sys
import time

from libs.common.stopping import AGAIN_S

PROGRAM = """
import sys, threading
from libs.common.stopping import stop_on_signals
stop = stop_on_signals(limit_s=float(sys.argv[2]))
print("ready", flush=True)
stop.wait()
print("stopping", flush=True)
if sys.argv[1] == "slow":
    sys.stdin.readline()
if sys.argv[1] == "hang":
    threading.Event().wait(30)
"""


def ended_by(number: signal.Signals, how: str) -> int:
    command = [sys.executable, "-c", PROGRAM, how, "0.5"]
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


def service_that_stops_slowly() -> "subprocess.Popen[str]":
    """It has been asked to, and is at it until it is written a line."""
    command = [sys.executable, "-c", PROGRAM, "slow", "20"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGTERM)
    assert process.stdout.readline() == "stopping\n"
    return process


def test_a_wish_told_twice_is_one() -> None:
    """As timeout does it: the process is signalled, then its group; what is in hand is finished all the same."""
    with service_that_stops_slowly() as process:
        process.send_signal(signal.SIGTERM)
        process.communicate("done\n", 20)
        assert process.returncode == 0


def test_who_insists_is_obeyed_at_once() -> None:
    """A second signal later on ends it, whatever is in hand."""
    with service_that_stops_slowly() as process:
        time.sleep(AGAIN_S * 1.2)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 1
