"""The next attempt: later after each failure of the channel, soon again after a success."""

from libs.common.errors import TemporaryError
from services.notifier.channels.channel import Note
from services.notifier.ledger.lives import heir, new_life
from tests.notifier.delivery.office_rig import World


class Line:
    """A channel that can be cut."""

    def __init__(self, world: World) -> None:
        self.world, self.cut = world, True
        world.channels["phone"].answer = self.answer

    def answer(self, note: Note) -> None:
        if self.cut:
            raise TemporaryError("503", 0)

    def delay_s(self) -> float:
        """Until the next attempt, said at the last failure; the oldest waits for it."""
        tried = self.world.log.written[-1]
        assert tried.state == "waiting"
        return (tried.due_at - self.world.clock.now_ns()) / 1e9

    def fails(self, times: int) -> float:
        """So often in a row, each as soon as it is due; the last delay."""
        for _ in range(times):
            self.world.turns()
            delay_s = self.delay_s()
            self.world.clock.advance(delay_s + 0.001)
        return delay_s


def test_a_row_of_failures_waits_longer_and_longer() -> None:
    """Up to five minutes."""
    world = World({"phone": {}})
    line = Line(world)
    world.happens(1)
    assert line.fails(1) <= 1.5
    assert 4 < line.fails(5) < 12
    assert line.fails(1) > 7


def test_a_success_makes_the_next_failure_the_first_one() -> None:
    """Nobody waits for what is over."""
    world = World({"phone": {}})
    line = Line(world)
    world.happens(1)
    line.fails(10)
    line.cut = False
    world.turns()
    line.cut = True
    world.happens(2)
    assert line.fails(1) <= 1.5


def test_what_comes_after_an_old_one_does_not_begin_anew() -> None:
    """It is the same channel that is away."""
    world = World({"phone": {}})
    line = Line(world)
    world.happens(1)
    world.clock.advance(600)
    world.happens(2)
    line.fails(10)
    world.clock.advance(300)
    world.turns()
    assert world.log.all("phone")[0].state == "gathered"
    assert line.delay_s() > 30


def test_the_next_life_goes_on_where_the_last_one_was() -> None:
    """A service that is started again every minute does not hammer."""
    world = World({"phone": {}})
    line = Line(world)
    world.happens(1)
    line.fails(10)
    world.copies = [world.copy("copy-0", life=heir(new_life(), world.clock.now_ns() // 1_000_000))]
    assert line.fails(1) > 30
