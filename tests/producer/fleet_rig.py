"""Cameras whose pictures are counted, not seen, in threads as in a service; and what they send."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from libs.common.errors import FatalError
from libs.common.keyed import Gone
from libs.common.messages import End, Frame, Message
from libs.common.testing import frame
from services.producer.backoff import Wait
from services.producer.fleet.cameras import Cameras
from services.producer.plan import Plan

STEP_S = 0.01


def plan(camera: str, **fields: object) -> Plan:
    """Of a camera that does not wait; `quality` serves to tell plans apart."""
    return Plan(**{"url": f"rtsp://h/{camera}", "camera": camera, **fields})  # type: ignore[arg-type]


def plans(*names: str) -> dict[str, Plan]:
    return {name: plan(name) for name in names}


def until(fact: Callable[[], object], within_s: float = 30.0) -> None:
    """Wait until it is so; fails after `within_s`."""
    deadline_s = time.monotonic() + within_s
    while not fact():
        assert time.monotonic() < deadline_s, "it did not become so"
        time.sleep(STEP_S)


class Scripts:
    """Makes each opening of a camera a boot of its own; counts how many of one camera run at a time."""

    def __init__(self) -> None:
        self.trouble: dict[str, Exception] = {}
        """Camera -> what its next picture raises, once."""
        self.hangs = threading.Event()
        """Set: those whose plan has quality 1 go on hanging no longer."""
        self.at_once: dict[str, int] = {}
        self.most_at_once = 0
        self._boots = 0
        self._lock = threading.Lock()

    def __call__(self, made: Plan, wait: Wait) -> Iterator[Message]:
        with self._lock:
            self._boots += 1
            boot = f"{self._boots:08x}"
            self.at_once[made.camera] = self.at_once.get(made.camera, 0) + 1
            self.most_at_once = max(self.most_at_once, *self.at_once.values())
        try:
            yield from self._boot(made, wait, boot)
        finally:
            with self._lock:
                self.at_once[made.camera] -= 1

    def _boot(self, made: Plan, wait: Wait, boot: str) -> Iterator[Message]:
        seq = 0
        while not wait(STEP_S):
            yield frame(camera=made.camera, boot=boot, seq=seq)
            seq += 1
            if (error := self.trouble.pop(made.camera, None)) is not None:
                raise error
            if made.quality == 1:
                self.hangs.wait()
                yield frame(camera=made.camera, boot=boot, seq=seq)
        yield End(camera=made.camera, boot=boot, last_seq=seq - 1, reason="stopped")


class Rig:
    """Cameras that run, and everything that they have sent."""

    def __init__(self, fleet: bool) -> None:
        self.scripts, self.stop = Scripts(), threading.Event()
        self.left_out: list[str] = []
        self.cameras = Cameras(
            self.scripts, lambda: None, self.stop, self.left_out.append, fleet, lambda name: [Gone(key=name)]
        )
        self.sent: list[Message] = []
        self.failure: FatalError | None = None
        self.thread = threading.Thread(target=self._collect)

    def _collect(self) -> None:
        try:
            for message in self.cameras.messages():
                self.sent.append(message)
        except FatalError as error:
            self.failure = error

    def of(self, camera: str) -> list[Message]:
        return [message for message in list(self.sent) if getattr(message, "camera", None) == camera]

    def frames(self, camera: str) -> list[Frame]:
        return [message for message in self.of(camera) if isinstance(message, Frame)]

    def ends(self, camera: str) -> list[End]:
        return [message for message in self.of(camera) if isinstance(message, End)]

    def more(self, camera: str, count: int = 3) -> None:
        """Wait until so many more frames of it came."""
        before = len(self.frames(camera))
        until(lambda: len(self.frames(camera)) >= before + count)


@contextmanager
def running(fleet: bool = True, *names: str) -> Iterator[Rig]:
    """With these cameras from the start; stopped at the end, without a thread left."""
    rig = Rig(fleet)
    rig.cameras.follow(plans(*names))
    rig.thread.start()
    try:
        yield rig
    finally:
        rig.scripts.hangs.set()
        rig.stop.set()
        rig.thread.join(10)
        assert not rig.thread.is_alive()
