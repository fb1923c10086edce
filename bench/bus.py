"""Bus and runner on a real broker against a loop on kafka-python as one would write it by hand."""

import subprocess
import sys
from itertools import count
from statistics import median

from bench.compare import Compared
from bench.steps import BOXES, a_frame, looked_at
from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.kafka_admin import ensure_topic
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.common.messages import Frame, replace

FRAMES = 1000
ROUNDS = 5
PICTURE_BYTES = 128 << 10
SOURCE = "bench.source"
_numbers = count()


def bus_rows(bootstrap: str) -> list[Compared]:
    """CPU per frame of 128 KB, consumed and produced; the three ways take turns."""
    settings = KafkaSettings(bootstrap)
    fill(settings)
    rounds = [{way: _carry(settings, way) for way in ("bare", "bus", "runner")} for _ in range(ROUNDS)]
    return [
        _row("bus / bare kafka-python loop", rounds, "bus", 1.15),
        _row("runner, empty handler / the same", rounds, "runner", 1.25),
    ]


def fill(settings: KafkaSettings) -> None:
    """Frames of one camera, so of one partition."""
    street = looked_at(a_frame(), BOXES)
    padded = street.image + bytes(PICTURE_BYTES - len(street.image))
    writer = KafkaWriter(settings, "bench")
    place = Place(SOURCE, partition_of(street.camera, writer.partitions(SOURCE)))
    for seq in range(FRAMES):
        frame: Frame = replace(street, image=padded, seq=seq, captured_at=seq * 100_000_000)
        writer.send(place, street.camera.encode(), codec.encode(frame))
        while writer.full():
            writer.flush(1)
    writer.flush(60)
    writer.close()


def _carry(settings: KafkaSettings, way: str) -> float:
    target = f"bench.{way}.{next(_numbers)}"
    ensure_topic(settings, target)
    command = [sys.executable, "-m", "bench.loops", way, settings.bootstrap, SOURCE, target, str(FRAMES)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=300).stdout)


def _row(name: str, rounds: list[dict[str, float]], way: str, limit: float) -> Compared:
    ours, bare = median(each[way] for each in rounds), median(each["bare"] for each in rounds)
    return Compared(name, ours, bare, median(each[way] / each["bare"] for each in rounds), limit)
