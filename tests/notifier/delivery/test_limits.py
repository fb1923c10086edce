"""Who asks for room gets it once, whatever the log knows yet."""

import threading

from tests.notifier.delivery.office_rig import World

MINUTE_NS = 60 * 10**9


def ask(world: World, name: str, age_s: float = 0, urgent: bool = False, copy: int = 0) -> str:
    now_ns = world.clock.now_ns()
    limits = world.copies[copy].office.limits
    return limits.state(world.book, "phone", urgent, now_ns - round(age_s * 1e9), now_ns, name)


def test_what_was_admitted_counts_before_the_log_has_it() -> None:
    """The stage decides faster than the log answers."""
    world = World({"phone": {"limit": 3}})
    assert [ask(world, str(number)) for number in range(5)] == ["waiting"] * 3 + ["gathered"] * 2


def test_the_same_notice_takes_room_once() -> None:
    """Its message came again before it was published."""
    world = World({"phone": {"limit": 2}})
    assert [ask(world, name) for name in ("a", "a", "b", "a", "b", "c")] == ["waiting"] * 5 + ["gathered"]


def test_what_never_came_into_the_log_gives_its_room_back() -> None:
    """After the span of the limit."""
    world = World({"phone": {"limit": 1, "per": 60}})
    assert [ask(world, "a"), ask(world, "b")] == ["waiting", "gathered"]
    world.clock.advance(61)
    assert ask(world, "c") == "waiting"


def test_what_another_copy_has_written_counts_too() -> None:
    """Both write to one channel."""
    world = World({"phone": {"limit": 4}}, copies=2)
    for number in range(4):
        world.happens(number, copy=number % 2)
    world.happens(4, copy=0)
    world.happens(5, copy=1)
    assert world.states("phone") == ["waiting"] * 4 + ["gathered"] * 2


def test_what_waits_for_a_channel_that_fails_counts_when_it_comes_and_when_it_is_sent() -> None:
    """Between these it takes nobody's room: else an outage would gather what can be told alone."""
    world = World({"phone": {"limit": 2, "per": 60}})
    world.copies[0].ledger.ready = False
    world.happens(1)
    world.happens(2)
    world.happens(3)
    world.clock.advance(300)
    world.happens(4)
    assert world.states("phone") == ["waiting", "waiting", "gathered", "waiting"]
    world.copies[0].ledger.ready = True
    world.turns()
    world.happens(5)
    assert (world.channels["phone"].events, world.states("phone")[-1]) == (["event-0001", "event-0002"], "gathered")


def test_what_is_old_is_gathered_also_if_it_is_urgent() -> None:
    """It is no news."""
    world = World({"phone": {}})
    assert ask(world, "a", age_s=899) == "waiting"
    assert ask(world, "b", age_s=901, urgent=True) == "gathered"
    assert ask(world, "c", age_s=-3600) == "waiting"


def test_what_is_urgent_passes_quiet_hours_and_nothing_else() -> None:
    """A flood is a flood."""
    world = World({"phone": {"limit": 1, "quiet": ("00:00-12:00", "12:00-24:00")}})
    assert ask(world, "a") == "gathered"
    assert [ask(world, name, urgent=True) for name in ("b", "c")] == ["waiting", "gathered"]


def test_clocks_that_disagree_by_ten_seconds_give_no_more_room() -> None:
    """The other copy's is ahead: what it told counts. One that is an hour ahead does not silence us for an hour."""
    for ahead_s, state in ((9, "gathered"), (3600, "waiting")):
        world = World({"phone": {"limit": 2}})
        for number in range(2):
            world.happens(number)
        world.turns()
        world.clock.wall_ns -= ahead_s * 10**9
        assert ask(world, "c") == state


def test_many_threads_get_no_more_than_there_is() -> None:
    """The stage and every courier ask."""
    world = World({"phone": {"limit": 50}})
    states: list[str] = []

    def asking(thread: int) -> None:
        states.extend(ask(world, f"{thread}/{number}") for number in range(25))

    threads = [threading.Thread(target=asking, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (states.count("waiting"), len(states)) == (50, 200)
