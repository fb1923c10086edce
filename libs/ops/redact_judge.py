"""How well one frame is covered, by what the message says and by the pixels: both must say so.

A pixel counts as covered if it lies in `redaction.boxes` and is black in the decoded picture; of a withheld frame, if
it is black. Where the cover is not solid, its pixels cannot be told from others: then the message alone counts.
"""

import numpy as np
from numpy.typing import NDArray

from libs.common import images
from libs.common.errors import FatalError, PermanentError
from libs.common.messages import Box, Frame
from libs.ops.redact_figures import Judged, Sight
from libs.ops.redact_truth import Labelled

Mask = NDArray[np.bool_]
"""(height, width) of a picture."""

BLACK = 16
"""What is as dark as that in all three colours is black: coding as JPEG moves a value by a few steps."""

UNDOABLE = ("pixelate", "blur")
"""How the policy of a redactor begins whose cover is not black."""


def judge(frame: Frame, labelled: list[Labelled] | None) -> Judged:
    """`labelled` is None where the truth says nothing about this frame. Raises FatalError for a damaged picture."""
    try:
        image = images.decode(frame.image)
    except PermanentError as error:
        raise FatalError(f"the redactor wrote a picture that cannot be read: {error}") from None
    said = _said(frame, image.shape[0], image.shape[1])
    covered = said & _black(image) if _is_solid(frame) else said
    hop = next((hop for hop in reversed(frame.hops) if hop.service == "redactor"), None)
    return Judged(
        seq=frame.seq,
        captured_at=frame.captured_at,
        sights=tuple(sight for each in labelled or () if (sight := _sight(covered, each))),
        area=float(covered.mean()),
        withheld=_withheld(frame),
        honest=frame.redaction is not None and bool((covered == said).all()),
        in_ns=hop.in_ns if hop else 0,
        out_ns=hop.out_ns if hop else 0,
    )


def _is_solid(frame: Frame) -> bool:
    redaction = frame.redaction
    return redaction is None or redaction.withheld or not redaction.policy.startswith(UNDOABLE)


def _withheld(frame: Frame) -> str | None:
    redaction = frame.redaction
    return (redaction.reason or "no reason") if redaction is not None and redaction.withheld else None


def _said(frame: Frame, height: int, width: int) -> Mask:
    """Where the message says that the picture is covered: nowhere if it was not redacted."""
    mask = np.full((height, width), _withheld(frame) is not None)
    for box in frame.redaction.boxes if frame.redaction else ():
        x0, y0, x1, y1 = _pixels(box, height, width)
        mask[y0:y1, x0:x1] = True
    return mask


def _pixels(box: Box, height: int, width: int) -> tuple[int, int, int, int]:
    return round(box[0] * width), round(box[1] * height), round(box[2] * width), round(box[3] * height)


def _black(image: images.Image) -> Mask:
    # Twenty times as quick as image.max(axis=2).
    brightest = np.maximum(np.maximum(image[:, :, 0], image[:, :, 1]), image[:, :, 2])
    return np.asarray(brightest <= BLACK)


def _sight(covered: Mask, labelled: Labelled) -> Sight | None:
    """The part of the box that lies in the picture; None if there is none."""
    height, width = covered.shape
    x0, y0, x1, y1 = labelled.box
    left, right = (round(min(max(edge, 0), width)) for edge in (x0, x1))
    top, bottom = (round(min(max(edge, 0), height)) for edge in (y0, y1))
    if left >= right or top >= bottom:
        return None
    return Sight(labelled.id, (left, top, right, bottom), 1 - float(covered[top:bottom, left:right].mean()))
