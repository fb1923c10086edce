"""The broker goes away while the notifier sends: it goes on afterwards, and tells each event once."""

import time
from pathlib import Path

from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port
from tests.faults.notified import judged, notifiers, out_of_order, until_all
from tests.faults.outage import broken
from tests.faults.receiver import Receiver, receiving
from tests.faults.ringer import Ringer
from tests.faults.surroundings import setting, tell

AWAY_S = setting("NOTIFIER_BROKER_AWAY_S", 3)
PER_S = 20.0
BETWEEN = 20
PATIENCE_S = 90.0


def test_a_broker_that_is_away_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """Killed, and frozen; what was accepted meanwhile is written when it is back, before another copy tells it."""
    back_s = dict[str, float]()
    with (
        Broker(tmp_path / "data", port=free_port()) as broker,
        receiving(Receiver()) as receiver,
        notifiers(broker.bootstrap, tmp_path, lambda name: name) as copies,
    ):
        copies.rule({"hook": receiver})
        for name in ("one", "two"):
            copies.start(name, ready=False)
        copies.settle("one", "two")
        with Ringer(broker.bootstrap, copies.events, PER_S) as ringer:
            receiver.until_more(BETWEEN, PATIENCE_S)
            for how in ("killed", "frozen"):
                with broken(broker, how):
                    time.sleep(AWAY_S)  # the length of the outage is what is tested
                back_s[how] = receiver.until_more(BETWEEN, PATIENCE_S)
        rest_s = until_all(receiver, events := ringer.acknowledged(), PATIENCE_S)
        copies.leave_all()
    tell(f"twice {AWAY_S:g} s: {len(events)} events, {BETWEEN} more after {back_s}, the rest {rest_s:.1f} s")
    assert not judged(receiver, events)
    assert out_of_order(receiver.taken) == []
