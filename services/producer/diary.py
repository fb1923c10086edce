"""What is said and counted of one camera's ups and downs."""

import logging
from collections.abc import Callable

from services.producer.sources.reasons import JUMP, WRONG_CLOCK, WRONG_PACE

log = logging.getLogger(__name__)

SAID = {
    WRONG_CLOCK: "the camera's clock is more than 5 s off: its times are not used",
    WRONG_PACE: "the stream's own times do not go with the clock: pictures get the times at which they come",
    JUMP: "the stream's own times jumped: those of the pictures go on",
}
MOST_LINES = 50


class Diary:
    """Counts everything; says the same thing once, until the camera has worked steadily for a while."""

    def __init__(self, count: Callable[[str], None], before: str = "") -> None:
        """`count` is told what went wrong, in a word, each time; `before` stands in front of each line."""
        self._count, self._before = count, before
        self._said: set[str] = set()
        self._odd: set[str] = set()

    def failed(self, reason: str, text: str) -> None:
        """An opening failed, or is over."""
        self._count(reason.replace(" ", "-"))
        self._say(logging.WARNING, f"{text}; trying again")

    def works(self, text: str) -> None:
        """The first picture of an opening is there."""
        self._say(logging.INFO, text)

    def odd(self, label: str, word: str) -> None:
        """One of `reasons.ODD`, of the source with this label; said once for ever."""
        self._count(word)
        text = f"{self._before}{label}: {SAID[word]}"
        log.log(logging.DEBUG if text in self._odd else logging.WARNING, text)
        self._odd.add(text)

    def steady(self) -> None:
        """What happens next is news."""
        self._said.clear()

    def _say(self, level: int, text: str) -> None:
        log.log(logging.DEBUG if text in self._said else level, "%s%s", self._before, text)
        if len(self._said) >= MOST_LINES:
            self._said.clear()
        self._said.add(text)
