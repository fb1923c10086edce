"""A poll never spins, whatever the group's coordinator says."""

from types import SimpleNamespace

import pytest

from libs.common.kafka_pulse import SHORTEST_WAIT_S, keep_calm


@pytest.mark.parametrize(("said_s", "waits_s"), [(0, SHORTEST_WAIT_S), (0.4, 0.4)])
def test_an_overdue_heartbeat_does_not_shorten_the_wait_to_nothing(said_s: float, waits_s: float) -> None:
    """What is due later stays as it is."""
    coordinator = SimpleNamespace(time_to_next_poll=lambda: said_s)
    keep_calm(coordinator)
    assert coordinator.time_to_next_poll() == waits_s
