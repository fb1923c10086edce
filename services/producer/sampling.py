"""Which pictures of a source are sent."""

SLACK_S = 0.002
"""Stream clocks tick in fractions of a millisecond: a picture that much early is in time."""


def never(media_s: float) -> bool:
    """No picture is sent."""
    return False


class Sampler:
    """One of every `every` pictures, the first one included, and of those at most `fps` per second of media time."""

    def __init__(self, every: int = 1, fps: float | None = None) -> None:
        self._every = every
        self._period_s = 1 / fps if fps else 0.0
        self._count = 0
        self._due_s = 0.0

    def wants(self, media_s: float) -> bool:
        """Called once for every picture, in order; `media_s` counts from the opening."""
        self._count += 1
        if (self._count - 1) % self._every or media_s < self._due_s - SLACK_S:
            return False
        periods = int((media_s + SLACK_S - self._due_s) / self._period_s) + 1 if self._period_s else 0
        self._due_s += periods * self._period_s
        return True
