"""Two notifiers, one after the other leaves, dies and comes back: each event is told by one of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from libs.ops.kafka_broker import Broker
from tests.faults.notified import judged, notifiers, until_all
from tests.faults.receiver import Receiver, receiving
from tests.faults.ringer import Ringer
from tests.faults.surroundings import setting, tell

ROUNDS = int(setting("NOTIFIER_ROUNDS", 1))
STATIC = [False, True] if ROUNDS > 1 else [False]
"""The short form is without names: as most will run them."""
PER_S = 20.0
BETWEEN = 20
PATIENCE_S = 90.0


@pytest.mark.parametrize("static", STATIC, ids=lambda static: "with-instance" if static else "dynamic")
def test_copies_that_come_leave_and_die_tell_everything_once(
    static: bool, broker: Broker, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    """Joining and leaving by SIGTERM repeats nothing, a kill -9 the one that was in its hand."""
    with receiving(Receiver()) as receiver, notifiers(broker.bootstrap, tmp_path, fresh) as copies:
        copies.rule({"hook": receiver})

        def join(name: str) -> None:
            copies.start(name, name if static else None, ready=False)

        join("a")
        with Ringer(broker.bootstrap, copies.events, PER_S) as ringer:
            receiver.until_more(BETWEEN, PATIENCE_S)
            for _ in range(ROUNDS):
                join("b")
                copies.settle("a", "b")
                receiver.until_more(BETWEEN, PATIENCE_S)
                copies.leave("a")
                receiver.until_more(BETWEEN, PATIENCE_S)
                join("a")
                copies.settle("a", "b")
                receiver.until_more(BETWEEN, PATIENCE_S)
                copies.kill("b")
                receiver.until_more(BETWEEN, PATIENCE_S)
        rest_s = until_all(receiver, events := ringer.acknowledged(), PATIENCE_S)
        copies.leave_all()
    repeats = judged(receiver, events)
    tell(f"{ROUNDS} rounds: {len(events)} events, {repeats.total()} repeats, the rest took {rest_s:.1f} s")
    assert repeats.total() <= ROUNDS
