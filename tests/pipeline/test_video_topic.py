"""The camera's own packets on a real Kafka: a program that knows docs/messages.md alone has the film."""

from itertools import pairwise

from libs.common.messages import End, Frame, Segment
from libs.ops.kafka_broker import Broker
from tests.pipeline.chain import CLIP, CLIP_FRAMES, framebus, read_until_end
from tests.producer.films import joined, pictures


def test_frames_and_segments_of_one_boot_lie_on_their_topics(broker: Broker) -> None:
    """Few frames, all packets; the same boot, the same clock, and an End on both."""
    frames_topic, video_topic = "video.test.frames", "video.test.source"
    words = [str(CLIP), "-n", "street", "--speed", "0", "-f", "100", "-t", frames_topic, "--video-topic", video_topic]
    framebus("producer", *words, "--events", "none", "--status", "none", "--bootstrap", broker.bootstrap)
    frames = read_until_end(broker.bootstrap, frames_topic, 30)
    video = read_until_end(broker.bootstrap, video_topic, 30)
    segments = [message for message in video if isinstance(message, Segment)]
    assert len(pictures(joined(segments))) == CLIP_FRAMES
    captured = {message.captured_at for message in frames if isinstance(message, Frame)}
    assert min(captured) == segments[0].start_at
    assert max(captured) <= segments[-1].start_at + segments[-1].duration_ns
    assert all(one.start_at + one.duration_ns == other.start_at for one, other in pairwise(segments))
    (frames_end,) = [message for message in frames if isinstance(message, End)]
    (video_end,) = [message for message in video if isinstance(message, End)]
    assert frames_end.boot == video_end.boot == segments[0].boot
    assert (frames_end.last_seq, video_end.last_seq) == (len(captured) - 1, segments[-1].seq)
