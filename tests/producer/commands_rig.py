"""A producer without cameras, and what is asked of it."""

import logging
from collections import Counter
from collections.abc import Mapping

import pytest

from libs.common.messages import Event, Frame, Message, Trigger
from libs.common.testing import FakeClock, frame
from services.producer.orders.commands import Commands
from services.producer.orders.desk import Desk

NOW = FakeClock().now_ns()


def trigger(
    action: str = "snapshot",
    name: str = "t-1",
    camera: str = "porch",
    at: int = NOW,
    params: Mapping[str, object] | None = None,
) -> Trigger:
    return Trigger(id=name, camera=camera, action=action, at=at, params=dict(params or {}))


class Rig:
    """A producer with the cameras porch and yard."""

    def __init__(self) -> None:
        self.clock, self.counted = FakeClock(), Counter[str]()
        self.desk = Desk(self.clock, lambda reason: self.counted.update([reason]))
        self.porch, self.yard = self.desk.of("porch"), self.desk.of("yard")
        self.commands = Commands(self.clock, self.desk, lambda reason: self.counted.update([reason]))

    def stills(self, pictures: int = 50) -> list[str]:
        """The trigger of each still that porch sends of so many pictures, ten a second."""
        sent: list[Message] = []
        for seq in range(pictures):
            sent += self.porch.filled(frame(image=b"-", seq=seq))
            self.clock.advance(0.1)
        return [each.tags["trigger"] for each in sent if isinstance(each, Frame) and each.still]

    def told(self) -> list[Event]:
        return [each for each in self.desk.news() if isinstance(each, Event)]


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
