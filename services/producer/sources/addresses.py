"""The primary and the secondary URL of one camera: which one is read, and when the other is tried."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from libs.common.clock import Clock
from services.producer.backoff import Backoff
from services.producer.plan import Plan
from services.producer.sources.plan_source import source_of
from services.producer.sources.shots import Open, Shots, Wants
from services.producer.sources.trial import Trial
from services.producer.sources.urls import Source, read_url

PRIMARY_BACK = "primary is back"

FIRST_TRIAL_S, LONGEST_TRIAL_S = 10.0, 60.0


class Addresses:
    """Begins with the primary; whichever fails, the other is next. From the secondary it goes back when it can."""

    def __init__(self, plan: Plan, opener: Open, wants: Callable[[], Wants], clock: Clock) -> None:
        """`wants`: makes a new one for each opening. Raises SettingsError for a URL that is none."""
        self._plan, self._opener, self._wants, self._clock = plan, opener, wants, clock
        self._sources = [source_of(plan), *map(read_url, filter(None, [plan.secondary_url]))]
        self._now = 0
        self._failures = 0
        self._trial: Trial | None = None
        self._pause = Backoff(LONGEST_TRIAL_S, FIRST_TRIAL_S)
        self._due_s = 0.0

    @property
    def source(self) -> Source:
        """The one that is read, or is to be opened next."""
        return self._sources[self._now]

    def open(self) -> AbstractContextManager[Shots]:
        """Raises SourceError here and while the shots are read."""
        trial, self._trial = self._trial, None
        if trial and self._now == 0 and trial.succeeded():
            return trial.shots()
        if trial:
            trial.give_up()
        self._due_s = self._clock.monotonic_s() + self._pause.next_s() if self._now else 0.0
        return self._opener(self.source, self._plan, self._wants())

    def steady(self) -> None:
        """Pictures have come for a while."""
        self._failures = 0
        if self._now == 0:
            self._pause.reset()

    def failed(self) -> bool:
        """On to the next; False if all have failed since one was steady: then it is time to wait."""
        self._failures += 1
        self._now = (self._now + 1) % len(self._sources)
        return self._failures % len(self._sources) != 0

    def over(self) -> str:
        """Why this opening should end, asked at each shot: the primary gives pictures again. Else empty."""
        if self._now == 0:
            return ""
        if self._trial and self._trial.succeeded():
            self._now = 0
            return PRIMARY_BACK
        self._try()
        return ""

    def close(self) -> None:
        """Nothing will be opened any more."""
        if self._trial:
            self._trial.give_up()

    def _try(self) -> None:
        """Begins a trial of the primary where one is due."""
        now_s = self._clock.monotonic_s()
        if now_s < self._due_s or (self._trial and self._trial.running()):
            return
        self._due_s = now_s + self._pause.next_s()
        # Asked here and not in the background: whoever makes them is used to one thread.
        wants = self._wants()
        self._trial = Trial(f"{self._plan.camera}: trial", lambda: self._opener(self._sources[0], self._plan, wants))
