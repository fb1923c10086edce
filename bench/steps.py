"""Each step of the chain on one process, without a bus, against the loop that one would write by hand."""

import os

import av
import msgpack
import simplejpeg

from bench.camera import CLIP, jpeg_source_figure, producer_rows
from bench.compare import Compared, Measured, beside, compare
from bench.onnx_step import onnx_row
from bench.stub import stub_stage
from libs.common import codec, images
from libs.common.clock import SystemClock
from libs.common.messages import Detection, Frame, Hop, Redaction, Verdict, replace
from services.producer.pictures.pictures import PictureEncoder
from services.producer.pictures.resize import Resize
from services.redactor.policy import Policy
from services.redactor.redact import Redact
from services.viewer.hub import Hub
from services.viewer.show import Show

OWN_STEP_MS = 0.2
BOXES = ((0.1, 0.2, 0.2, 0.6), (0.4, 0.3, 0.5, 0.7), (0.7, 0.2, 0.8, 0.6))
FAR_BOXES = ((0.1, 0.4, 0.14, 0.55), (0.4, 0.42, 0.44, 0.57), (0.7, 0.38, 0.74, 0.52))


def step_rows() -> list[Compared]:
    """Codec, producer, detector with a model, and redactor, against the same by hand."""
    return [codec_row(), *producer_rows(), onnx_row(a_frame(), 320), *redactor_rows()]


def step_figures() -> list[Measured]:
    """What producer, detector and viewer take beside reading and writing the message."""
    return [jpeg_source_figure(a_frame().image), detector_figure(), viewer_figure()]


def a_frame(width: int = 1280, height: int = 720) -> Frame:
    """A picture of the street at 720p, coded as the producer does."""
    with av.open(str(CLIP)) as clip:
        picture = PictureEncoder(images.QUALITY, Resize(width, height)).encode(next(clip.decode(video=0)))
    return Frame(
        camera="street",
        boot="00000001",
        seq=0,
        captured_at=0,
        width=width,
        height=height,
        image=picture.jpeg,
        image_by="framebus",
    )


def looked_at(frame: Frame, boxes: tuple[tuple[float, float, float, float], ...]) -> Frame:
    crc = images.image_crc(frame.image)
    return replace(
        frame,
        verdicts=(Verdict(model="stub", labels=("person",), how="full", image_crc=crc),),
        detections=tuple(Detection(label="person", confidence=0.9, box=box) for box in boxes),
    )


def codec_row() -> Compared:
    """Bytes in, message, bytes out, against bare msgpack; 128 KB of picture."""
    frame = replace(
        looked_at(a_frame(), BOXES),
        image=os.urandom(128 << 10),
        hops=(Hop(service="producer", instance="a", in_ns=1, out_ns=2),) * 2,
    )
    wire = codec.encode(frame)
    return compare(
        "codec / msgpack",
        lambda: codec.encode(codec.decode(wire)),
        lambda: msgpack.packb(msgpack.unpackb(wire)),
        2000,
        1.5,
    )


def detector_figure() -> Measured:
    """A stub that finds three boxes."""
    wire, stage = codec.encode(a_frame()), stub_stage(BOXES, SystemClock())

    def ours() -> None:
        for out in stage.handle(codec.decode(wire)):
            codec.encode(out.message)

    return beside("detector, own step", ours, lambda: codec.encode(codec.decode(wire)), 300, OWN_STEP_MS)


def viewer_figure() -> Measured:
    """A frame that was redacted, for browsers that have not asked for the next one."""
    wire = codec.encode(replace(a_frame(), redaction=Redaction(policy="fill", labels=(), boxes=(), withheld=False)))
    stage = Show("frames.redacted", Hub(SystemClock()), raw=False)

    def ours() -> None:
        stage.handle(codec.decode(wire))

    return beside("viewer, own step", ours, lambda: codec.decode(wire), 300, OWN_STEP_MS)


def redactor_rows() -> list[Compared]:
    """Three people at 720p, near and far away, and nobody, against bare decode, fill, encode."""
    ours = a_frame()
    bare_jpeg, foreign = ours.image, replace(ours, image_by="foreign")

    def bare() -> bytes:
        image = simplejpeg.decode_jpeg(bare_jpeg, "BGR", fastdct=True, fastupsample=True)
        for x0, y0, x1, y1 in BOXES:
            image[int(y0 * 720) : int(y1 * 720), int(x0 * 1280) : int(x1 * 1280)] = 0
        return bytes(simplejpeg.encode_jpeg(image, 85, "BGR", "420", fastdct=True))

    return [
        compare("redactor step, 3 people, foreign / bare", redact_of(foreign, BOXES), bare, 20, 1.15),
        compare("redactor step, 3 people / bare", redact_of(ours, BOXES), bare, 20, 1.0),
        compare("redactor step, 3 people far away / bare", redact_of(ours, FAR_BOXES), bare, 20, 0.6),
        compare("redactor step, nobody / bare", redact_of(ours, ()), bare, 20, 0.1),
    ]


def redact_of(frame: Frame, boxes: tuple[tuple[float, float, float, float], ...]) -> "RedactLoop":
    return RedactLoop(looked_at(frame, boxes))


class RedactLoop:
    """Feeds one frame after the other, so that each call releases one that was held."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._seq = 0
        self._stage = Redact(Policy(labels=("person",)), SystemClock())
        for _ in range(20):
            self()

    def __call__(self) -> None:
        self._stage.handle(replace(self._frame, seq=self._seq, captured_at=self._seq * 100_000_000))
        self._seq += 1
