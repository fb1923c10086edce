"""kill -9 of the notifier while it sends: nothing is lost, at most what was in its hand is told again."""

import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.ops.kafka_broker import Broker
from tests.faults.notified import Notifiers, judged, notifiers, out_of_order, until_all
from tests.faults.receiver import Receiver, receiving
from tests.faults.ringer import Ringer
from tests.faults.surroundings import seed, setting, tell

KILLS = {"with-instance": int(setting("NOTIFIER_KILLS", 5)), "without": int(setting("NOTIFIER_LEASES", 0))}
"""Without a name of its own the next one waits until the claim of the dead one has run out: half a minute each, so
that is left out of the short form.
"""
BETWEEN = 100
"""Messages from kill to kill, at least."""
PER_S = {"with-instance": 40.0, "without": 10.0}
MOST_WAITING = 400
PATIENCE_S = 120.0


def kill(copies: Notifiers, receiver: Receiver, dice: random.Random) -> None:
    """While it sends; every second time a message was taken, and it does not hear of it."""
    if dice.random() < 0.5:
        receiver.until_more(dice.randrange(1, 20), PATIENCE_S)
        copies.kill("one")
        return
    killed = threading.Event()

    def in_hand() -> None:
        receiver.on_taken = lambda: None
        copies.kill("one")
        killed.set()

    receiver.on_taken = in_hand
    assert killed.wait(PATIENCE_S)


@pytest.mark.parametrize("instance", [how for how, kills in KILLS.items() if kills])
def test_kill_9_while_sending_loses_nothing_and_repeats_one_at_most(
    instance: str, broker: Broker, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    """Events come all the time; who is started again goes on where the dead one was."""
    dice, name, kills = random.Random(seed()), "one" if instance == "with-instance" else None, KILLS[instance]
    with receiving(Receiver()) as receiver, notifiers(broker.bootstrap, tmp_path, fresh) as copies:
        copies.rule({"hook": receiver})
        copies.start("one", name)
        ringer = Ringer(broker.bootstrap, copies.events, PER_S[instance])
        ringer.enough = lambda: len(ringer.sent) > len(receiver.taken) + MOST_WAITING
        with ringer:
            for _ in range(kills):
                receiver.until_more(BETWEEN, PATIENCE_S)
                kill(copies, receiver, dice)
                copies.start("one", name, ready=False)
            receiver.until_more(BETWEEN, PATIENCE_S)
        rest_s = until_all(receiver, events := ringer.acknowledged(), PATIENCE_S)
        copies.leave_all()
    repeats = judged(receiver, events)
    tell(f"{kills} kills: {len(events)} events, 0 lost, {repeats.total()} repeats; the rest took {rest_s:.1f} s")
    assert repeats.total() <= kills
    assert repeats.total() <= len(events) / 100
    assert out_of_order(receiver.taken) == []
