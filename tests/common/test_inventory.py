"""What a producer says of itself: every 30 s, and when its cameras are others."""

from libs.common.instances import FRESH_S
from libs.common.keyed import Gone
from libs.common.messages import Producer
from libs.common.registry.inventory import EVERY_S, MOST_CAMERAS, Inventory
from libs.common.testing import FakeClock


def inventory(clock: FakeClock, cameras: list[str]) -> Inventory:
    return Inventory("edge", "edge-7", clock, lambda: cameras)


def due(ours: Inventory) -> list[tuple[str, ...]]:
    """The cameras of what is to be said now."""
    return [producer.cameras for producer in ours.due()]


def test_it_is_said_at_once_and_then_every_thirty_seconds() -> None:
    """However often it is asked for; three of them may be lost before somebody takes it for gone."""
    clock = FakeClock()
    ours, said = inventory(clock, ["porch"]), 0
    for _ in range(1200):
        said += len(due(ours))
        clock.advance(0.1)
    assert said == 4
    assert FRESH_S == 3 * EVERY_S


def test_other_cameras_are_said_at_once() -> None:
    """In order of their names."""
    cameras = ["yard", "porch"]
    ours = inventory(FakeClock(), cameras)
    assert due(ours) == [("porch", "yard")]
    assert due(ours) == []
    cameras.append("attic")
    assert due(ours) == [("attic", "porch", "yard")]


def test_it_says_who_and_when() -> None:
    """Host, name, version; the time of this machine."""
    clock = FakeClock()
    ours = inventory(clock, ["porch"])
    (said,) = ours.due()
    assert isinstance(said, Producer)
    assert (said.host, said.instance, said.seen_at) == ("edge", "edge-7", clock.now_ns())
    assert said.version
    assert ours.wrote(said)


def test_what_another_process_of_the_same_name_says_is_not_ours() -> None:
    """Copies that were given one name, or run in containers with one host's name."""
    clock = FakeClock()
    ours = inventory(clock, ["porch"])
    list(ours.due())
    clock.advance(1)
    (other,) = inventory(clock, ["porch"]).due()
    assert not ours.wrote(other)


def test_no_more_cameras_than_a_message_takes() -> None:
    """Beyond that they are not watched over."""
    (cameras,) = due(inventory(FakeClock(), [f"c{n:05}" for n in range(MOST_CAMERAS + 5)]))
    assert len(cameras) == MOST_CAMERAS


def test_an_end_in_order_takes_it_back() -> None:
    """Under the key under which it lay."""
    assert inventory(FakeClock(), ["porch"]).over() == Gone(key="@edge/edge-7")
