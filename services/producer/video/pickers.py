"""Which pictures of a stream are decoded, by what is asked for."""

from av.video.stream import VideoStream

from services.producer.plan import Plan
from services.producer.video.all_pictures import AllPictures
from services.producer.video.at_rest import AtRest
from services.producer.video.feed import Feed, Picker
from services.producer.video.jpeg_packets import JpegPackets
from services.producer.video.key_frames import KeyFrames
from services.producer.video.sampled_pictures import SampledPictures
from services.producer.video.undecoded import Undecoded

PROGRESSIVE = 1
"""Of `field_order`; 0 is not known. The half pictures of interlaced video have a packet each."""

TIMED = {"mov", "matroska", "mpegts", "flv", "live_flv", "rtsp", "hls"}
"""Formats that say when each picture is to be shown. Of others FFmpeg makes it up, which is wrong with B-frames."""


def picker_of(plan: Plan, feed: Feed, stream: VideoStream) -> Picker:
    """That of one opening."""
    if plan.packets_only:
        return Undecoded(feed)
    if stream.codec_context.name == "mjpeg":
        return JpegPackets(feed, stream)
    if plan.key_frames == "only":
        return KeyFrames(feed)
    sampled = plan.every > 1 or plan.fps is not None
    picker = SampledPictures(feed, stream) if sampled and _is_regular(stream) else AllPictures(feed)
    return AtRest(feed, picker) if plan.key_frames == "at-rest" else picker


def _is_regular(stream: VideoStream) -> bool:
    """A packet is a picture, and its time is right."""
    formats = set(stream.container.format.name.split(","))
    return stream.codec_context.field_order <= PROGRESSIVE and bool(formats & TIMED)
