"""The redactor as it runs, on a bus in memory, among all that can fail: nobody is ever seen, in no byte of it."""

import logging
import random
from dataclasses import dataclass, field

import pytest

from libs.common import codec
from libs.common.messages import Frame
from services.redactor.masks import Masks
from services.redactor.policy import Policy
from services.redactor.redact import Redact
from tests.common.runner_rig import OUTPUT, Rig, turns
from tests.faults.surroundings import seed, tell
from tests.privacy import canary_pictures as canary
from tests.privacy.canary_chaos import MASKED, WEIGHTS, Camera
from tests.redactor.scenes import BLACK, darkness

PICTURES, KILLS = 500, 50
(LEFT, TOP, RIGHT, BOTTOM) = MASKED
MASKS = Masks((("*", (((LEFT, TOP), (RIGHT, TOP), (RIGHT, BOTTOM), (LEFT, BOTTOM)),)),))


@dataclass
class World:
    """One camera, a detector that is killed again and again, a redactor that is too."""

    policy: Policy
    dice: random.Random
    rig: Rig = field(default_factory=Rig)
    written: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.camera = Camera("porch", self.dice)
        self.rig.clock.running_s = 0
        self.runner = self.rig.runner(Redact(self.policy, self.rig.clock))

    def play(self) -> None:
        """Each stretch ends with the detector's death: some pictures unlooked, silence, the last ones once more."""
        for stretch in range(KILLS):
            for _ in range(PICTURES // KILLS - 2):
                self._write(self.camera.next(looked=True))
            for _ in range(self.dice.randint(0, 4)):
                self._write(self.camera.next(looked=False))
            self._pass(self.dice.choice([0.5, 2, 5, 40]))
            self._write(self.written[-3:])
            if stretch % 2:
                self.runner = self.rig.runner(Redact(self.policy, self.rig.clock))
        self._pass(self.policy.max_hold_s + 1)

    def _write(self, values: list[bytes]) -> None:
        late = self.dice.random() < 0.03
        for value in values:
            self._pass(5 if late else 0.1)
            self.rig.put_bytes("porch", value)
            self.written.append(value)
        self.runner.turn()

    def _pass(self, seconds: float) -> None:
        self.rig.clock.advance(seconds)
        self.runner.turn()

    def published(self) -> list[Frame]:
        return [message for message in self.rig.out() if isinstance(message, Frame)]


def decoded(values: list[bytes]) -> list[Frame]:
    """The frames among them that can be read."""
    found = []
    for value in values:
        try:
            message = codec.decode(value)
        except codec.PermanentError:
            continue
        found += [message] if isinstance(message, Frame) else []
    return found


@pytest.mark.parametrize(
    ("style", "labels"),
    [
        ("solid", ("person",)),
        ("solid", ()),
        ("solid", ("all-but", "car")),
        ("pixelate", ("person",)),
        ("blur", ("all-but", "car")),
    ],
)
def test_nobody_is_seen_through_scripted_chaos(
    style: str, labels: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    """Fifty deaths, every fault of the script: no pixel, no byte in frames, dead letters' headers and log lines."""
    caplog.set_level(logging.DEBUG)
    around = {"hold_s": 0.5, "lookahead_s": 0.5}
    policy = Policy(labels=labels, cover=style, masks=MASKS, **around)  # type: ignore[arg-type]
    world = World(policy, random.Random(seed()))
    world.play()
    turns(world.runner)
    published, shown = world.published(), 0
    for frame in published:
        assert frame.redaction is not None
        shown += not frame.redaction.withheld
        assert not canary.leaks(frame.image, coarse=style != "solid"), frame.frame_id
        assert style != "solid" or darkness(frame, MASKED) < BLACK
    assert [line.message for line in caplog.records if line.levelno >= logging.ERROR] == []
    assert "bug" not in {headers["reason"] for headers in world.rig.dead()}
    letters = [text for headers in world.rig.dead() for text in headers.values()]
    everything = b"".join(world.rig.bus.values(OUTPUT)) + " ".join([*letters, caplog.text]).encode()
    assert canary.MARK not in everything.lower()
    _count(world, shown, len(published), len(letters))


def _count(world: World, shown: int, published: int, letters: int) -> None:
    """The chaos was one, and something still came through it."""
    raw = decoded(world.written)
    tell(f"{len(raw)} frames in, {published} out, {shown} of them shown, {letters} lines in letters")
    assert sum(WEIGHTS.values()) == 100 < len(raw) / 3
    assert letters
    assert shown > 20
    assert sum(canary.leaks(frame.image) for frame in raw[::10]) > len(raw[::10]) * 0.7
