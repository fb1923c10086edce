"""A scene as a camera gives it: frames on the bus, or a video file with its truth beside it."""

from collections.abc import Iterator
from pathlib import Path

import av
from av.video.frame import VideoFrame

from libs.common import images
from libs.common.messages import Frame
from tests.camera import strip
from tests.camera.scene import Scene
from tests.camera.truth import write_truth

START_NS = 1_700_000_000_000_000_000


def frames(scene: Scene, count: int, camera: int = 1, boot: int = 1, quality: int = images.QUALITY) -> Iterator[Frame]:
    """The first `count` frames of a boot; each picture's strip names the frame that carries it."""
    return (frame_of(scene, strip.Stamp(camera, boot, seq), quality) for seq in range(count))


def frame_of(scene: Scene, stamp: strip.Stamp, quality: int = images.QUALITY) -> Frame:
    """The frame that `stamp` names, `seq` pictures after a fixed moment."""
    return Frame(
        camera=strip.camera_name(stamp.camera),
        boot=f"{stamp.boot:08x}",
        seq=stamp.seq,
        captured_at=START_NS + round(stamp.seq * 1e9 / scene.fps),
        width=scene.width,
        height=scene.height,
        image=images.encode(scene.image(stamp.seq, stamp), quality),
        image_by="framebus",
    )


def write_clip(path: Path, scene: Scene, count: int, camera: int = 1, boot: int = 1, bitrate: int = 1_500_000) -> Path:
    """An H.264 file of the first `count` pictures; the truth lies beside it, its path is returned."""
    with av.open(str(path), "w") as clip:
        stream = clip.add_stream("libx264", rate=round(scene.fps), options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = scene.width, scene.height, "yuv420p", bitrate
        for seq in range(count):
            image = scene.image(seq, strip.Stamp(camera, boot, seq))
            clip.mux(stream.encode(VideoFrame.from_ndarray(image, format="bgr24")))
        clip.mux(stream.encode(None))
    truth = path.with_suffix(".txt")
    write_truth(truth, (scene.people(seq) for seq in range(count)))
    return truth
