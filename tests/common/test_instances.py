"""Names of copies, and whether a copy can still be running."""

import os
import socket
import subprocess
import sys
import time

import pytest

from libs.common.instances import may_run, own_instance

HOST = socket.gethostname()


def test_a_name_that_was_given_is_kept() -> None:
    """Else host and process make one."""
    assert own_instance("left") == "left"
    assert own_instance(None) == f"{HOST}-{os.getpid()}"


def test_a_process_that_has_ended_runs_no_more() -> None:
    """On this machine, where it can be known."""
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait(30)
    assert not may_run(HOST, f"{HOST}-{child.pid}", time.time())


def test_this_process_runs() -> None:
    """As it did a moment ago."""
    assert may_run(HOST, own_instance(None), time.time())


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_a_process_that_began_later_has_only_the_number() -> None:
    """After a restart, of a container above all, numbers come again."""
    assert not may_run(HOST, own_instance(None), time.time() - 86_400 * 365)


@pytest.mark.parametrize(
    "instance",
    ["left", f"{HOST}-left", f"{HOST}-", f"x-{os.getpid()}", HOST],
    ids=["a word", "no number", "nothing", "of another host", "the host"],
)
def test_a_name_without_a_process_may_run(instance: str) -> None:
    """Nobody knows better."""
    assert may_run(HOST, instance, 0)


def test_a_process_of_another_machine_may_run() -> None:
    """Its numbers say nothing here."""
    assert may_run("elsewhere", "elsewhere-99999999", 0)


def test_a_number_that_no_process_can_have_runs_nowhere() -> None:
    """Names are untrusted: they are looked at, and nothing else."""
    assert not may_run(HOST, f"{HOST}-{'9' * 40}", time.time())
