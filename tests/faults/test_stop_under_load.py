"""SIGTERM while there is more to do than can be done: ended in time, in order, and nothing is lost."""

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from libs.ops.kafka_broker import Broker
from tests.common.kafka_tools import until
from tests.faults.surroundings import READY_S, Chain, chain, seed, setting, tell
from tests.faults.watcher import Landed, firsts, out_of_order, watching
from tests.pipeline.chain import CLIP

STOPS = int(setting("STOPS", 10))
LIMIT_S = 10.0
CLIP_AT_FULL_SPEED = (str(CLIP), "-n", "street", "--speed", "0", "--loop", "-f", "3", "--resize", "0.25")


def stop(services: Chain, name: str) -> float:
    """The seconds it took to end; fails unless with status 0."""
    child = services.running.pop(name)
    until(child.status, READY_S)  # before that it is Python that starts, and ends as Python does
    process, began_s = child.process, time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(LIMIT_S + 5) == 0, services.said(name)
    return time.monotonic() - began_s


def by_boot(landed: list[Landed]) -> dict[str, list[int]]:
    """The numbers of each opening of the clip, without repeats."""
    boots: dict[str, list[int]] = {}
    for each in firsts(landed):
        boots.setdefault(each.boot, []).append(each.seq)
    return boots


def test_services_under_load_stop_in_time_and_lose_nothing(
    broker: Broker, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    """Each in turn, again and again, at a random moment; each goes on where it stopped."""
    topics = source, _, redacted = fresh("source"), fresh("detected"), fresh("redacted")
    flags = {
        "producer": CLIP_AT_FULL_SPEED,
        "detector": ("--instance", "one"),
        "redactor": ("--instance", "one"),
    }
    dice, took_s = random.Random(seed()), []
    with (
        chain(broker.bootstrap, tmp_path, topics) as services,
        watching(broker.bootstrap, source, redacted) as watcher,
    ):
        services.start("producer", *flags["producer"])
        for number in range(STOPS):
            time.sleep(dice.uniform(0.3, 1.5))  # the moment is the random part
            name = sorted(flags)[number % len(flags)]
            took_s.append(stop(services, name))
            services.start(name, *flags[name], ready=False)
        services.running["producer"].wait_ready(READY_S)
        took_s.append(stop(services, "producer"))
        watcher.until_quiet(3)
        watcher.until_all(redacted, watcher.ids(source), 60)
        services.check()
    repeats = len(watcher.on(redacted)) - len(watcher.ids(redacted))
    tell(f"{len(watcher.ids(source))} frames, {repeats} repeats; stopping took at most {max(took_s):.1f} s")
    assert max(took_s) < LIMIT_S
    for topic in (source, redacted):
        assert out_of_order(watcher.on(topic)) == []
    for seqs in by_boot(watcher.on(source)).values():
        assert seqs == list(range(len(seqs)))
