"""What rules say of happenings, in few words."""

from pathlib import Path

from libs.common.clock import Clock
from libs.common.messages import Notice
from libs.common.testing import FakeClock
from services.notifier.happening import Happening
from services.notifier.rules.explain import NothingTold
from services.notifier.rules.judge import Judge, Verdict
from tests.notifier.rules.paper import rules_of

NOTHING = NothingTold()


class Past:
    """What was told before, by the id of the notice and by rule, camera, label and kind."""

    def __init__(self, *notices: Notice) -> None:
        self.notices = list(notices)

    def find(self, notice_id: str) -> Notice | None:
        return next((notice for notice in self.notices if notice.id == notice_id), None)

    def last(self, rule: str, camera: str, label: str, kind: str) -> Notice | None:
        asked = (rule, camera, label, kind)
        same = [each for each in self.notices if (each.rule, each.camera, each.label or "", each.kind) == asked]
        return max(same, key=lambda each: each.at, default=None)


def judge_of(clock: Clock | None = None, past: Past | NothingTold = NOTHING) -> Judge:
    return Judge(clock or FakeClock(), past)


def verdict(folder: Path, rule: str, happening: Happening, early: bool = False) -> Verdict:
    """Of one rule, the inside of a map, asked for the first time."""
    (found,) = judge_of().judge(rules_of(folder, rule), happening, early)
    return found


def why(folder: Path, rule: str, happening: Happening, early: bool = False) -> str:
    """Why it does not fire; empty if it does."""
    found = verdict(folder, rule, happening, early)
    assert found.fires == (not found.why)
    return found.why
