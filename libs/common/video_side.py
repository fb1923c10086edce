"""The topic for encoded video beside that for frames."""

from dataclasses import dataclass, field

from libs.common.clock import Clock
from libs.common.messages import End, Segment, replace
from libs.common.metrics import Metrics
from libs.common.publisher import Publisher
from libs.common.unbroken import Unbroken
from libs.common.video_end import VideoEnd


@dataclass
class VideoSide:
    """Segments of all cameras of a process, and an End for each boot that had any."""

    topic: str | None
    publisher: Publisher
    clock: Clock
    metrics: Metrics
    _unbroken: Unbroken = field(default_factory=Unbroken)
    _open: dict[str, Segment] = field(default_factory=dict)
    """By camera: the newest segment of a boot that has not ended, without its data."""

    def put(self, segment: Segment, room: bool) -> None:
        """Publish it, or leave it out and count it: where there is no room, or until a key one comes after that."""
        if self.topic is None:
            return
        self._open[segment.camera] = replace(segment, data=b"")
        if not room:
            self._unbroken.left_out(segment)
        if not room or not self._unbroken.may_go(segment):
            self.metrics.skipped.labels("bus-full").inc()
        elif self.publisher.publish(segment, self.clock.now_ns(), side=self.topic):
            self.metrics.segments.inc()
        else:
            self._unbroken.left_out(segment)

    def end(self, end: End | VideoEnd) -> None:
        """The boot is over for readers of segments, too; numbered as these are."""
        newest = self._open.get(end.camera)
        if newest is not None and newest.boot == end.boot:
            self._publish_end(newest, end.reason)

    def stopped(self) -> None:
        """All that has not ended."""
        for newest in list(self._open.values()):
            self._publish_end(newest, "stopped")

    def _publish_end(self, newest: Segment, reason: str) -> None:
        del self._open[newest.camera]
        end = End(camera=newest.camera, boot=newest.boot, last_seq=newest.seq, reason=reason)
        self.publisher.publish(end, self.clock.now_ns(), side=self.topic)
