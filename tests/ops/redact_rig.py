"""What tests of redact-check share: drawn frames as a redactor writes them, and the command as an operator calls it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from libs.common import images
from libs.common.messages import Frame, Hop, Redaction
from libs.common.testing import frame
from libs.ops import redact_check
from libs.ops.redact_truth import Labelled

WIDTH, HEIGHT = 320, 240
BRIGHT = 200
PixelBox = tuple[int, int, int, int]


def picture(*black: PixelBox) -> NDArray[np.uint8]:
    """(240, 320, 3), bright but for these boxes."""
    image = np.full((HEIGHT, WIDTH, 3), BRIGHT, np.uint8)
    for left, top, right, bottom in black:
        image[top:bottom, left:right] = 0
    return image


def redacted(
    seq: int = 0,
    said: Sequence[PixelBox] = (),
    black: Sequence[PixelBox] | None = None,
    policy: str = "solid",
    reason: str | None = None,
    waits: int = 0,
) -> Frame:
    """A frame whose message calls `said` covered; `black` are the boxes that really are (the same if not given).

    It came `seq` seconds after a fixed moment, and left half a second after the frame that came `waits` later.
    """
    boxes = tuple((x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT) for x0, y0, x1, y1 in said)
    hop = Hop(service="redactor", instance="", in_ns=seq * 10**9, out_ns=(seq + waits) * 10**9 + 5 * 10**8)
    return frame(
        seq=seq,
        image=images.encode(picture(*(said if black is None else black))),
        redaction=Redaction(policy=policy, labels=(), boxes=boxes, withheld=reason is not None, reason=reason),
        hops=(hop,),
    )


def labelled(*boxes: PixelBox) -> list[Labelled]:
    """Ids from 1."""
    return [Labelled(number, box) for number, box in enumerate(boxes, 1)]


@dataclass(frozen=True)
class Checked:
    """What the command said; `found` is its JSON."""

    status: int
    out: str
    err: str
    found: dict[str, Any]


class Check:
    """`framebus redact-check` in this process; the services run in their own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._json = folder / "found.json"
        self._capsys = capsys

    def __call__(self, *flags: str | Path) -> Checked:
        self._json.unlink(missing_ok=True)
        status = redact_check.main([*map(str, flags), "--json", str(self._json)])
        said = self._capsys.readouterr()
        found = json.loads(self._json.read_text()) if self._json.exists() else {}
        return Checked(status, said.out, said.err, found)
