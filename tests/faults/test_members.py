"""Detectors join and leave their group while cameras send: nothing is lost, the order stays, nobody waits for long."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.ops.kafka_broker import Broker
from tests.faults.feeder import Feeder
from tests.faults.surroundings import Chain, chain, setting, tell
from tests.faults.watcher import longest_stall_s, out_of_order, watching

CAMERAS = ("porch", "gate", "door", "lane", "hall")
SESSION_S = 10
SETTLED_S = 8
ROUNDS = int(setting("ROUNDS", 1))


def settle(services: Chain, *names: str) -> None:
    """Until each has its share of the partitions."""
    for name in names:
        services.running[name].wait_ready(SESSION_S + SETTLED_S)


def kill(services: Chain, name: str) -> None:
    process = services.running.pop(name).process
    process.kill()
    process.wait()


def leave(services: Chain, name: str) -> None:
    """By SIGTERM, which is in time and in order."""
    child = services.running.pop(name)
    child.stop()
    assert child.process.returncode == 0


@pytest.mark.parametrize("static", [False, True], ids=["dynamic", "with-instance"])
def test_members_that_come_and_go_lose_nothing(
    static: bool, broker: Broker, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    """One joins, one leaves by SIGTERM, one dies by kill -9 and is started again, over and over."""
    topics = source, _, redacted = fresh("source"), fresh("detected"), fresh("redacted")
    with chain(broker.bootstrap, tmp_path, topics) as services, watching(broker.bootstrap, redacted) as watcher:
        leave(services, "detector")

        def join(name: str) -> None:
            services.start(name, *(["--instance", name] if static else []))

        join("detector-a")
        with Feeder(broker.bootstrap, source, CAMERAS) as feeder:
            watcher.until(lambda: len(watcher.on(redacted)) > 50, 30)
            for _ in range(ROUNDS):
                join("detector-b")
                leave(services, "detector-a")
                join("detector-a")
                settle(services, "detector-a", "detector-b")
                kill(services, "detector-b")
                join("detector-b")
                settle(services, "detector-a", "detector-b")
            began_ns = time.time_ns()
            watcher.until(
                lambda: {e.camera for e in watcher.on(redacted) if e.captured_at > began_ns} == {*CAMERAS}, 30
            )
        watcher.until_all(redacted, feeder.acknowledged(), 30)
        services.check()
    found = watcher.on(redacted)
    stall_s = longest_stall_s(found)
    tell(f"{len(feeder.sent)} frames, {len(found) - len(watcher.ids(redacted))} repeats, longest stall {stall_s:.1f} s")
    assert out_of_order(found) == []
    assert stall_s < SESSION_S + SETTLED_S
