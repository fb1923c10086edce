"""The broker is killed or frozen under the running chain: all of it works again soon after it is back."""

import time
from pathlib import Path

import psutil
import pytest

from libs.ops.children import Child
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port
from tests.faults.outage import broken
from tests.faults.surroundings import REDACTED, SOURCE, chain, setting, tell
from tests.faults.watcher import Watcher, firsts, out_of_order, watching
from tests.pipeline.chain import CLIP

AWAY_S = setting("AWAY_S", 15)
BACK_S = 10.0
ENOUGH = 30
GROWTH_BYTES = 64 << 20
# The producer decodes until its window is full, about 16 s; in a short outage that is most of the time.
AWAY_CPU_SHARE = 0.05 if AWAY_S >= 60 else 0.15


def used(children: list[Child]) -> list[tuple[int, float]]:
    """Resident bytes and CPU seconds of each."""
    found = [psutil.Process(child.process.pid) for child in children]
    return [(process.memory_info().rss, sum(process.cpu_times()[:2])) for process in found]


def seconds_until_new(watcher: Watcher, topic: str, after_ms: float) -> float:
    """Seconds until the broker took a frame after that moment."""
    watcher.until(lambda: any(each.at_ms > after_ms for each in watcher.on(topic)), 60)
    return min(each.at_ms for each in watcher.on(topic) if each.at_ms > after_ms) / 1000 - after_ms / 1000


@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_the_chain_works_again_soon_after_the_broker_is_back(how: str, tmp_path: Path) -> None:
    """Memory stays bounded meanwhile, and nobody spins; everything that was captured arrives, in order."""
    with (
        Broker(tmp_path / "data", port=free_port()) as broker,
        chain(broker.bootstrap, tmp_path) as services,
        watching(broker.bootstrap, SOURCE, REDACTED) as watcher,
    ):
        services.start("producer", str(CLIP), "-n", "street", "--loop")
        watcher.until(lambda: len(watcher.on(REDACTED)) > ENOUGH, 30)
        before = used(list(services.running.values()))
        with broken(broker, how):
            time.sleep(AWAY_S)  # the length of the outage is what is tested
            after = used(list(services.running.values()))
        back_ms = time.time() * 1000
        back_s = {topic: seconds_until_new(watcher, topic, back_ms) for topic in (SOURCE, REDACTED)}
        services.check()
        services.running.pop("producer").stop()
        watcher.until_quiet(3)
        watcher.until_all(REDACTED, watcher.ids(SOURCE), 60)
    for name, (bytes_before, cpu_before), (bytes_after, cpu_after) in zip(
        ("redactor", "detector", "producer"), before, after, strict=True
    ):
        growth, share = bytes_after - bytes_before, (cpu_after - cpu_before) / AWAY_S
        tell(f"{how} {AWAY_S:g} s: {name} +{growth / 2**20:.0f} MiB, {share:.1%} of a core")
        assert growth < GROWTH_BYTES
        assert share < AWAY_CPU_SHARE
    tell(f"back after {back_s[SOURCE]:.1f} s on {SOURCE}, {back_s[REDACTED]:.1f} s on {REDACTED}")
    assert max(back_s.values()) < BACK_S
    for topic in (SOURCE, REDACTED):
        assert out_of_order(watcher.on(topic)) == []
    seqs: dict[str, list[int]] = {}
    for each in firsts(watcher.on(SOURCE)):
        seqs.setdefault(each.boot, []).append(each.seq)
    assert all(found == list(range(len(found))) for found in seqs.values())
