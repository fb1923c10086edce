"""How long a channel is left alone."""

from services.notifier.delivery.backoff import JITTER, LONGEST_S, SHORTEST_S, delay_s


def test_delays_grow_from_a_second_to_five_minutes() -> None:
    """With a random part, so that many do not come back at once."""
    for failures in range(1, 40):
        step_s = min(LONGEST_S, SHORTEST_S * 1.5 ** (failures - 1))
        delays = [delay_s(failures) for _ in range(50)]
        assert all(max(SHORTEST_S, step_s * JITTER) <= delay <= step_s for delay in delays)
    assert len({delay_s(20) for _ in range(50)}) > 10
    assert delay_s(100_000) <= LONGEST_S


def test_the_channel_may_ask_for_more() -> None:
    """Also for more than we would wait by ourselves."""
    assert delay_s(1, 7200.0) == 7200.0
    assert delay_s(3, 0.0) <= 2.25
    assert delay_s(3, float("nan")) <= 2.25
