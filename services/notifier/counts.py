"""What the notifier counts of its own."""

from libs.common.metrics import Metrics

OUTCOMES = ("told", "not-wanted", "paused", "repeat")


class HappeningCounts:
    """By what became of them: somebody is told, no rule fires, alerts are paused, or it was decided before."""

    def __init__(self, metrics: Metrics) -> None:
        self.became = metrics.reasons("framebus_happenings_total", "Events, by what became of them.", OUTCOMES)
