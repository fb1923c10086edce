"""A camera's own packets, cut into segments and sent to a real broker, against demuxing alone."""

import threading
from collections.abc import Iterator

import av
from av.container import InputContainer

from bench.camera import CLIP
from bench.compare import Measured, beside
from libs.common.clock import SystemClock
from libs.common.health import Health
from libs.common.kafka_admin import ensure_topic
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.common.messages import Message, Segment
from libs.common.metrics import Metrics
from libs.common.publisher import Publisher
from libs.common.source_runner import SourceRunner
from services.producer.boot import Boot
from services.producer.plan import Plan
from services.producer.segments.segments import segmenter_of
from services.producer.sources.shots import Piece
from services.producer.sources.urls import read_url

FRAMES, VIDEO = "bench.frames", "bench.video"
PACKETS_MS = 3.0


def packets_figure(bootstrap: str) -> Measured:
    """CPU per segment, the client's own thread included, of the whole clip; nothing is decoded."""
    settings = KafkaSettings(bootstrap)
    for topic in (FRAMES, VIDEO):
        ensure_topic(settings, topic)
    writer = KafkaWriter(settings, "bench")
    row = beside("packets, per segment of the clip", lambda: _publish(writer), _demux, 1, PACKETS_MS)
    writer.close()
    return Measured(row.name, row.value / sum(1 for _ in _segments()), row.unit, row.limit)


def _demux() -> None:
    with av.open(str(CLIP)) as clip:
        for _ in clip.demux(video=0):
            pass


def _publish(writer: KafkaWriter) -> None:
    clock, metrics, stop = SystemClock(), Metrics(), threading.Event()
    publisher = Publisher(writer, FRAMES, "producer", "bench", clock, metrics)
    health = Health("producer", {}, clock, metrics)
    SourceRunner(_segments(), False, publisher, clock, metrics, health, stop, {Segment: VIDEO}).run()


def _segments() -> Iterator[Message]:
    boot = Boot("street", SystemClock())
    with av.open(str(CLIP)) as clip:
        for piece in _pieces(clip):
            yield boot.segment(piece, piece.media_s, piece.media_s + piece.duration_s)


def _pieces(clip: InputContainer) -> Iterator[Piece]:
    stream, plan = clip.streams.video[0], Plan(url=str(CLIP), camera="street", video=True)
    segmenter = segmenter_of(read_url(plan.url), plan, clip, stream)
    assert segmenter is not None
    for packet in clip.demux(stream):
        yield from segmenter.take(packet)
    yield from segmenter.finish()
