"""The backend `replay:FILE`: says again what a file says, by the frames' seq alone, alike for every camera and boot.

For chains whose truth is known, and for what another program found. A file is either of

- MOTChallenge lines `frame,id,left,top,width,height,conf,class,visibility`: frame 1 is seq 0, boxes are pixels of the
  picture as the detector gets it, every label is `person`. What is of another class and has conf 0 is left out.
- JSON lines `{"seq": 0, "label": "person", "confidence": 0.9, "box": [x0, y0, x1, y1]}`, boxes in 0..1.
"""

from pathlib import Path
from typing import Annotated, NamedTuple, NoReturn

from pydantic import BaseModel, Field, ValidationError

from libs.common.errors import SettingsError
from libs.common.messages import Box, Detection
from libs.common.mot import read_line
from services.detector.picture import Picture

Ratio = Annotated[float, Field(ge=0, le=1)]


class Mark(NamedTuple):
    """One line. `label` is None where nothing is to be told; that seq was looked at none the less."""

    seq: int
    label: str | None
    confidence: float
    box: Box
    """Left, top, right, bottom, in pixels or in 0..1."""


class Replay:
    """Looks at a frame by looking it up. Frames behind the file's last one stay unlooked."""

    model = "replay"

    def __init__(self, path: Path) -> None:
        """Reads the whole file. Raises SettingsError naming file and line."""
        lines = _lines(path)
        self._pixels = not lines[0][1].startswith("{")
        marks = [_mark(path, number, text, self._pixels) for number, text in lines]
        self._told: dict[int, list[Mark]] = {}
        for mark in marks:
            self._told.setdefault(mark.seq, []).append(mark)
        self._last = max(self._told)
        named = {mark.label for mark in marks if mark.label is not None}
        self.labels: tuple[str, ...] = ("person",) if self._pixels else tuple(sorted(named))

    def look(self, picture: Picture) -> tuple[Detection, ...] | None:
        """The picture is not decoded. What lies wholly outside of it is left out."""
        frame = picture.frame
        if frame.seq > self._last:
            return None
        width, height = (frame.width, frame.height) if self._pixels else (1, 1)
        return tuple(
            Detection(label=mark.label, confidence=mark.confidence, box=box)
            for mark in self._told.get(frame.seq, ())
            if mark.label is not None and (told := _within(mark.box, width, height)) and (box := picture.into(told))
        )

    def learn(self, picture: Picture) -> None:
        """Nothing to learn."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""


def _lines(path: Path) -> list[tuple[int, str]]:
    """What is not empty, with its number from 1."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"--backend replay:{path}: expected a readable text file ({type(error).__name__})"
        ) from None
    lines = [(number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise SettingsError(f"--backend replay:{path}: it is empty, expected MOTChallenge or JSON lines")
    return lines


def _mark(path: Path, number: int, text: str, pixels: bool) -> Mark:
    try:
        return _mot(text) if pixels else _json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        _refuse(path, number, f"{where}: {first['msg']}".removeprefix(": "))
    except ValueError as error:
        _refuse(path, number, str(error))


def _refuse(path: Path, number: int, what: str) -> NoReturn:
    raise SettingsError(f"--backend replay:{path}: line {number}: {what}")


def _mot(text: str) -> Mark:
    line = read_line(text)
    return Mark(line.seq, "person" if line.counts else None, line.confidence, line.box)


class _Line(BaseModel, extra="forbid", strict=True, allow_inf_nan=False):
    """A line of JSON."""

    seq: Annotated[int, Field(ge=0)]
    label: Annotated[str, Field(pattern=r"^[^A-Z\x00-\x1f]{1,64}$")]
    confidence: Ratio
    box: Annotated[tuple[Ratio, Ratio, Ratio, Ratio], Field(strict=False)]


def _json(text: str) -> Mark:
    line = _Line.model_validate_json(text)
    x0, y0, x1, y1 = line.box
    if x0 > x1 or y0 > y1:
        raise ValueError("box: expected left, top, right, bottom")
    return Mark(line.seq, line.label, line.confidence, line.box)


def _within(box: Box, width: int, height: int) -> Box | None:
    """The part of a box that lies in a picture of that size, in 0..1; None if there is none."""
    x0, y0, x1, y1 = box[0] / width, box[1] / height, box[2] / width, box[3] / height
    if x0 >= 1 or y0 >= 1 or x1 <= 0 or y1 <= 0:
        return None
    return max(0.0, x0), max(0.0, y0), min(1.0, x1), min(1.0, y1)
