"""Each step of the chain on one process, without a bus, against the loop that one would write by hand."""

import os
from pathlib import Path

import av
import msgpack
import numpy as np
import simplejpeg

from bench.compare import Compared, compare
from libs.common import codec, images
from libs.common.clock import SystemClock
from libs.common.messages import Detection, Frame, Hop, Verdict, replace
from services.detector.backend import Backend
from services.detector.detect import Detect
from services.redactor.policy import Policy
from services.redactor.redact import Redact

CLIP = Path(__file__).resolve().parents[1] / "deploy" / "demo" / "street.mp4"
BOXES = ((0.1, 0.2, 0.2, 0.6), (0.4, 0.3, 0.5, 0.7), (0.7, 0.2, 0.8, 0.6))


def all_steps() -> list[Compared]:
    """One row a step."""
    return [codec_row(), detector_row(), *redactor_rows()]


def a_frame(width: int = 1280, height: int = 720) -> Frame:
    """A picture of the street at 720p, coded as the producer does."""
    with av.open(str(CLIP)) as clip:
        picture = next(clip.decode(video=0)).reformat(width, height, format="bgr24").to_ndarray()
    return Frame(
        camera="street",
        boot="00000001",
        seq=0,
        captured_at=0,
        width=width,
        height=height,
        image=images.encode(np.ascontiguousarray(picture)),
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


class Stub(Backend):
    """Finds the same three boxes every time."""

    model, labels = "stub", ("person",)

    def look(self, frame: Frame) -> tuple[Detection, ...]:
        return tuple(Detection(label="person", confidence=0.9, box=box) for box in BOXES)

    def learn(self, frame: Frame) -> None:
        """Nothing to learn."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""


def detector_row() -> Compared:
    """A stub that finds three boxes, against decoding and encoding the message alone."""
    wire, stage = codec.encode(a_frame()), Detect(Stub(), SystemClock())

    def ours() -> None:
        for out in stage.handle(codec.decode(wire)):
            codec.encode(out.message)

    return compare("detector step / codec", ours, lambda: codec.encode(codec.decode(wire)), 300, 4.0)


def redactor_rows() -> list[Compared]:
    """Three people at 720p against bare decode, fill, encode; nobody there against copying."""
    bare_jpeg = a_frame().image

    def bare() -> bytes:
        image = simplejpeg.decode_jpeg(bare_jpeg, "BGR", fastdct=True, fastupsample=True)
        for x0, y0, x1, y1 in BOXES:
            image[int(y0 * 720) : int(y1 * 720), int(x0 * 1280) : int(x1 * 1280)] = 0
        return bytes(simplejpeg.encode_jpeg(image, 85, "BGR", "420", fastdct=True))

    return [
        compare("redactor step, 3 people / bare", redact_of(BOXES), bare, 20, 1.15),
        compare("redactor step, nobody / bare", redact_of(()), bare, 20, 0.1),
    ]


def redact_of(boxes: tuple[tuple[float, float, float, float], ...]) -> "RedactLoop":
    return RedactLoop(looked_at(a_frame(), boxes))


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
