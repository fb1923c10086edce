"""Cameras with canaries and a detector that fails in every way: what it writes, as bytes on the redactor's topic."""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgpack

from libs.common import codec
from libs.common.messages import Box, End, Frame, Verdict, replace
from tests.privacy import canary_pictures as canary
from tests.privacy.odd_jpegs import hiding, odd
from tests.redactor.scenes import START_NS, seen

FPS = 10
SIZES = ((canary.WIDTH, canary.HEIGHT), (161, 115), (96, 80))
MASKED: Box = (0, 0, 0.2, 0.55)
NEVER_FOUND: Box = (0.05, 0.1, 0.18, 0.5)
"""Somebody whom no detector finds, behind the static mask."""
ODD_NAMES = sorted(odd(canary.photo(()), canary.photo(()), canary.drawn(())))
HIDING_NAMES = sorted(hiding(canary.photo(()), canary.photo(())))
WEIGHTS = {
    "none": 34,
    "missing": 20,
    "carried": 5,
    "other bytes": 4,
    "swapped": 4,
    "empty labels": 4,
    "wrong label": 1,
    "no verdict in the list": 2,
    "not a number": 3,
    "infinite": 2,
    "inverted": 4,
    "ten thousand boxes": 2,
    "a thousand boxes": 2,
    "odd": 8,
    "hiding": 3,
    "size": 2,
}
"""How many of a hundred frames get which fault."""


@dataclass
class Camera:
    """Two people walk slowly through a picture whose size changes now and then."""

    name: str
    dice: random.Random
    boot: int = 0
    seq: int = -1
    taken: int = 0
    size: tuple[int, int] = SIZES[0]
    before: Frame | None = None
    deck: list[str] = field(default_factory=list)

    def next(self, looked: bool) -> list[bytes]:
        """What is written about the next picture; not `looked`: the detector is dying and passes it on as it is."""
        self.seq, self.taken = self.seq + 1, self.taken + 1
        if self.dice.random() < 0.02:
            return self._new_boot()
        if self.dice.random() < 0.01:
            self.size = self.dice.choice(SIZES)
        frame = self._frame()
        made = self._with(self._fault() if looked else "missing", frame)
        self.before = found(frame, self._people())
        return [made]

    def _new_boot(self) -> list[bytes]:
        ended = End(camera=self.name, boot=f"{self.boot:08x}", last_seq=self.seq, reason="lost")
        self.boot, self.seq = self.boot + 1, -1
        return [codec.encode(ended)] if self.dice.random() < 0.5 else []

    def _fault(self) -> str:
        """By chance, but every hundred pictures have all of them."""
        if not self.deck:
            self.deck = [fault for fault, count in WEIGHTS.items() for _ in range(count)]
            self.dice.shuffle(self.deck)
        return self.deck.pop()

    def _people(self) -> tuple[Box, ...]:
        left = 0.25 + 0.4 * (self.taken % 300) / 300
        return ((left, 0.2, left + 0.15, 0.9), (0.8, 0.1 + left / 4, 0.95, 0.4 + left / 4))

    def _frame(self) -> Frame:
        jpeg = canary.photo((*self._people(), NEVER_FOUND), *self.size, self.taken, self.dice.random() < 0.7)
        return Frame(
            camera=self.name,
            boot=f"{self.boot:08x}",
            seq=self.seq,
            captured_at=START_NS + self.taken * 1_000_000_000 // FPS,
            width=self.size[0],
            height=self.size[1],
            image=canary.marked(jpeg) if self.dice.random() < 0.3 else jpeg,
            image_by=self.dice.choice(["framebus", "foreign"]),
            still=self.dice.random() < 0.05,
            tags={"file": canary.MARK.decode()},
            unknown={"note": canary.MARK.decode()},
        )

    def _with(self, fault: str, frame: Frame) -> bytes:
        people = self._people()
        good = found(frame, people)
        made: dict[str, Callable[[], Frame]] = {
            "missing": lambda: frame,
            "carried": lambda: found(frame, how="carried"),
            "other bytes": lambda: found(frame, people, crc_error=1),
            "swapped": lambda: self._of_another(frame),
            "empty labels": lambda: replace(frame, verdicts=(_verdict(good, ()),)),
            "wrong label": lambda: found(frame, people, label=self.dice.choice(["moving", "face", "persons"])),
            "no verdict in the list": lambda: replace(frame, verdicts=()),
            "inverted": lambda: found(frame, tuple((x1, y1, x0, y0) for x0, y0, x1, y1 in people)),
            "a thousand boxes": lambda: found(frame, (*people, *((n / 998, 0.5, n / 998, 0.6) for n in range(998)))),
            "odd": lambda: self._odd(frame),
            "hiding": lambda: self._hiding(frame),
            "size": lambda: replace(good, width=frame.height, height=frame.width),
        }
        wrong: dict[str, Callable[[], bytes]] = {
            "not a number": lambda: _broken(good, math.nan),
            "infinite": lambda: _broken(good, math.inf),
            "ten thousand boxes": lambda: _crowded(good),
        }
        return wrong[fault]() if fault in wrong else codec.encode(made.get(fault, lambda: good)())

    def _of_another(self, frame: Frame) -> Frame:
        """What was found in the picture before, as if in this one."""
        other = self.before or frame
        return replace(frame, verdicts=other.verdicts, detections=())

    def _odd(self, frame: Frame) -> Frame:
        """The detector says what a forgiving decoder shows it."""
        everybody = (*self._people(), NEVER_FOUND)
        somebody, nobody = canary.photo(everybody, *self.size), canary.photo((), *self.size)
        jpeg = odd(somebody, nobody, canary.drawn(everybody, *self.size))[self.dice.choice(ODD_NAMES)]
        return found(replace(frame, image=jpeg), canary.somebody_in(jpeg))

    def _hiding(self, frame: Frame) -> Frame:
        """The detector sees the picture of nobody: it does not know better."""
        somebody, nobody = canary.photo(((0.3, 0.85, 0.9, 1),), *self.size), canary.photo((), *self.size)
        jpeg = hiding(somebody, nobody)[self.dice.choice(HIDING_NAMES)]
        return found(replace(frame, image=jpeg, height=canary.views(jpeg)[0].shape[0]))


def found(frame: Frame, boxes: tuple[Box, ...] = (), **verdict: Any) -> Frame:
    """Looked at, by a detector that also tells who it was and where."""
    looked = seen(frame, boxes, **verdict)
    told = {"track": canary.MARK.decode(), "zones": (canary.MARK.decode(),)}
    return replace(looked, detections=tuple(replace(each, **told) for each in looked.detections))


def _verdict(frame: Frame, labels: tuple[str, ...]) -> Verdict:
    assert frame.verdicts
    return replace(frame.verdicts[0], labels=labels)


def _wire(frame: Frame) -> dict[str, Any]:
    wire: dict[str, Any] = msgpack.unpackb(codec.encode(frame))
    return wire


def _broken(frame: Frame, number: float) -> bytes:
    """A box, or a confidence, that is none."""
    wire = _wire(frame)
    wire["detections"][0]["box"][2] = number
    wire["detections"][1]["confidence"] = number
    return bytes(msgpack.packb(wire))


def _crowded(frame: Frame) -> bytes:
    wire = _wire(frame)
    wire["detections"] = wire["detections"] * 5000
    return bytes(msgpack.packb(wire))
