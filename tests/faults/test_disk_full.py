"""The broker's disk fills up and Kafka halts: services wait, and go on when there is room and it is started again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port
from tests.common.kafka_tools import until
from tests.common.small_disk import fill, small_disk
from tests.faults.feeder import Feeder
from tests.faults.surroundings import REDACTED, SOURCE, chain, tell
from tests.faults.watcher import out_of_order, watching

CAMERAS = ("gate", "lane")
DISK_MIB = 48
ENOUGH = 30
BACK_S = 10.0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, DISK_MIB) as folder:
        yield folder


def test_a_full_disk_is_waited_out_and_loses_nothing(disk: Path, tmp_path: Path) -> None:
    """What was acknowledged before the disk was full is there afterwards; what waited is taken then; all arrives."""
    with (
        Broker(disk / "data", port=free_port()) as broker,
        chain(broker.bootstrap, tmp_path) as services,
        watching(broker.bootstrap, SOURCE, REDACTED) as watcher,
    ):
        with Feeder(broker.bootstrap, SOURCE, CAMERAS) as feeder:
            watcher.until(lambda: len(watcher.ids(REDACTED)) > ENOUGH, 30)
            ballast = fill(disk, 1 << 16)
            assert broker.wait() != 0
            waiting = len(feeder.sent)
            until(lambda: len(feeder.sent) > waiting + ENOUGH)
            ballast.unlink()
            broker.start()
            took_s = watcher.until_all(REDACTED, {frame_id for frame_id, _ in feeder.sent}, 60)
        tell(f"all that waited came {took_s:.1f} s after the broker was started again")
        watcher.until_all(REDACTED, feeder.acknowledged(), 30)
        services.check()
    for topic in (SOURCE, REDACTED):
        assert out_of_order(watcher.on(topic)) == []
    assert took_s < BACK_S
