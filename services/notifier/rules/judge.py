"""Says of a happening which rules fire, and why the others do not."""

from dataclasses import dataclass

from libs.common.clock import Clock
from services.notifier.book import Book
from services.notifier.happening import Happening
from services.notifier.rules.cooldown import Cooldown, Past
from services.notifier.rules.matching import QUESTIONS, is_sure, refusals
from services.notifier.rules.rule import Rule

WAITS = "waits for the frame"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one rule says of one happening. `why` it does not fire, for people; empty if it fires.

    `meanwhile`: how many it has left out since it fired last; the message tells of them too.
    """

    rule: Rule
    fires: bool
    why: str = ""
    meanwhile: int = 0
    asked: int = 0
    """So many questions were answered with yes: the more, the nearer it came."""


class Judge:
    """For one thread. `past`: the ledger."""

    def __init__(self, clock: Clock, past: Past) -> None:
        self._cooldown = Cooldown(clock, past)

    def judge(self, book: Book, happening: Happening, early: bool = False) -> list[Verdict]:
        """One verdict for each rule, in their order; those that fire begin their cooldown.

        `early`: its frame comes later, and is judged then; until then only those fire that no frame can take back.
        The same happening again: the same rules fire again.
        """
        return [self._verdict(rule, happening, early) for rule in book.rules]

    def forget(self, camera: str) -> None:
        """Another copy judges this camera from now on."""
        self._cooldown.forget(camera)

    def _verdict(self, rule: Rule, happening: Happening, early: bool) -> Verdict:
        waits = early and not is_sure(rule, happening)
        for asked, no in refusals(rule, happening):
            if not (early and no.open):
                return Verdict(rule, False, no.why, asked=asked)
            waits = True
        if waits:
            return Verdict(rule, False, WAITS)
        if (meanwhile := self._cooldown.told(rule, happening)) is None:
            if (left_s := self._cooldown.left_s(rule, happening)) > 0:
                if not early:
                    self._cooldown.leave_out(rule, happening)
                return Verdict(rule, False, f"cooldown: {left_s:.0f} s more", asked=len(QUESTIONS))
            meanwhile = self._cooldown.fires(rule, happening)
        return Verdict(rule, True, meanwhile=meanwhile)
