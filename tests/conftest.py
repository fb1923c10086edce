"""What several test modules share: one real broker for the whole run, and topics that nobody used before."""

import gc
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from libs.common import scrub
from libs.common.kafka_settings import KafkaSettings
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port

PASSED = Path(os.environ["FRAMEBUS_TEST_PASSED"]) if "FRAMEBUS_TEST_PASSED" in os.environ else None
"""The ids of the tests that passed, a line each: those that are there are left out, those that pass are added."""

OF_A_SERVICE = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2)

_numbers = count()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real Kafka for all tests that leave it as it is; who kills or freezes one starts its own."""
    with Broker(tmp_path_factory.mktemp("shared-broker") / "data", port=free_port()) as running:
        yield running


@pytest.fixture(scope="session")
def kafka(broker: Broker) -> KafkaSettings:
    """How the shared broker is reached."""
    return KafkaSettings(bootstrap=broker.bootstrap)


@pytest.fixture(autouse=True)
def no_secret_of_another_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test told to hide would be missing in the texts of the next."""
    monkeypatch.setattr(scrub, "_known", scrub._Known())


@pytest.fixture(autouse=True)
def process_as_before() -> Iterator[None]:
    """A service that a test ran in this process has set up logs, hooks and signals for itself: they are given back.

    Its handler would write to a stderr that is closed by then, its SIGINT would end the run.
    """
    root, kafka = logging.getLogger(), logging.getLogger("kafka")
    handlers, levels = root.handlers[:], (root.level, kafka.level)
    hooks, signals = (sys.excepthook, threading.excepthook), [signal.getsignal(number) for number in OF_A_SERVICE]
    yield
    for handler in root.handlers[:]:
        if handler not in handlers:
            root.removeHandler(handler)
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    kafka.setLevel(levels[1])
    logging.captureWarnings(False)
    sys.excepthook, threading.excepthook = hooks
    for number, handler_before in zip(OF_A_SERVICE, signals, strict=True):
        signal.signal(number, handler_before)


@pytest.fixture(scope="module")
def sockets_collected() -> Iterator[None]:
    """For modules whose broker goes away: sockets that kafka-python left are collected there, not in another test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture
def fresh(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Makes names (of topics, groups) that no other test uses."""
    test = "".join(c if c.isalnum() else "-" for c in request.node.name)[:60]
    return lambda name="topic": f"{name}.{test}.{next(_numbers)}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What passed already is left out: a service's tests, where its own environment was tried before."""
    passed = set(PASSED.read_text().splitlines()) if PASSED is not None and PASSED.exists() else set()
    if known := [item for item in items if item.nodeid in passed]:
        config.hook.pytest_deselected(items=known)
        items[:] = [item for item in items if item.nodeid not in passed]


def pytest_configure() -> None:
    """In the background a shell ignores Ctrl-C for all its children; some tests send it to theirs."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With FRAMEBUS_TEST_NO_SKIP a test that was left out is a failure: the machine lacks what it should have."""
    if _left_out(session.config) and os.environ.get("FRAMEBUS_TEST_NO_SKIP"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    if PASSED is not None and not hasattr(session.config, "workerinput"):
        with PASSED.open("a") as file:
            file.writelines(f"{name}\n" for name in sorted(_passed(session.config)))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Which parts were missing, and the one command that brings them."""
    if count := _left_out(config):
        terminalreporter.section("left out")
        terminalreporter.line(f"{count} tests were left out, see SKIPPED above. What they need: sudo make system")


def _left_out(config: pytest.Config) -> int:
    return len(_named(config, "skipped"))


def _passed(config: pytest.Config) -> set[str]:
    return _named(config, "passed") - _named(config, "failed", "error")


def _named(config: pytest.Config, *outcomes: str) -> set[str]:
    """The tests with one of these outcomes."""
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    return {report.nodeid for outcome in outcomes for report in reporter.stats.get(outcome, ())}
