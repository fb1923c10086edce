"""Channels that fail for a while, each in its way: afterwards all is told, in order, once."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from libs.ops.kafka_broker import Broker
from tests.faults.notified import judged, notifiers, out_of_order, until_all
from tests.faults.receiver import Receiver, receiving
from tests.faults.ringer import Ringer
from tests.faults.surroundings import setting, tell

AWAY_S = setting("NOTIFIER_AWAY_S", 10)
PER_S = 4.0
HOW = ("503", "refused", "hangs", "hangs up")
PATIENCE_S = 60 + 2 * AWAY_S
"""The last step of the backoff is at most half as long as the outage, and a request that hangs takes 20 s."""


@contextmanager
def away(hooks: dict[str, Receiver]) -> Iterator[None]:
    """All of them, inside; where connections are refused nobody listens yet."""
    for how, hook in hooks.items():
        hook.away = how
    yield
    for hook in hooks.values():
        hook.come_back()


def test_channels_that_fail_tell_everything_afterwards_in_order_and_once(
    broker: Broker, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    """503, nobody there, no answer, a connection that is cut; one that works is not held up by them."""
    hooks = {how: Receiver() for how in HOW}
    names = {how: how.replace(" ", "-") for how in HOW}
    works = Receiver()
    with ExitStack() as stack, notifiers(broker.bootstrap, tmp_path, fresh) as copies:
        for hook in (works, *(hook for how, hook in hooks.items() if how != "refused")):
            stack.enter_context(receiving(hook))
        copies.rule({names[how]: hook for how, hook in hooks.items()} | {"works": works})
        with Ringer(broker.bootstrap, copies.events, PER_S) as ringer:
            with away(hooks):
                copies.start("one")
                time.sleep(AWAY_S)  # the length of the outage is what is tested
                told_s = until_all(works, ringer.acknowledged(), PATIENCE_S)
                refused_twice = hooks["503"].turned_away
            stack.enter_context(receiving(hooks["refused"]))
            hooks["503"].until_more(10, PATIENCE_S)
        events = ringer.acknowledged()
        late_s = {how: until_all(hook, events, PATIENCE_S) for how, hook in hooks.items()}
        copies.leave_all()
    tell(f"{AWAY_S:g} s: {len(events)} events, the working channel {told_s:.1f} s behind, then {late_s}")
    tell(f"503 was said {refused_twice} times; cut off: {judged(hooks['hangs up'], events).total()} repeats")
    for how, hook in hooks.items():
        repeats = judged(hook, events)
        cut = dict(hook.cut)
        assert set(repeats) <= set(cut.values()), how
        assert len(cut) == len(hook.cut), "of a camera the others wait behind the one that was cut"
        assert out_of_order(hook.taken) == [], how
    assert not judged(works, events)
    assert refused_twice > 1
