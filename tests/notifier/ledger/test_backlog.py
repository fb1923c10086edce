"""How much waits for a channel is known without reading it, however much it is."""

from random import Random

import pytest

from services.notifier.ledger import index
from services.notifier.ledger.backlog import Backlog
from services.notifier.ledger.index import Index
from tests.notifier.ledger.ledger_rig import AT, SECOND_NS, notice
from tests.notifier.ledger.test_index import big, room_for, take


def test_what_is_counted_is_right_above_a_thousand_too() -> None:
    """Where lists of them end, numbers go on."""
    ours = Index()
    take(ours, *(notice(n) for n in range(2500)))
    take(ours, *(notice(n, state="gathered", rule=f"rule {n % 3}") for n in range(3000, 4200)))
    take(ours, notice(5000, kind="summary", members=(notice(3000).id, notice(3001).id)))
    assert ours.backlog("office") == Backlog(
        waiting=2501,
        summaries=frozenset({"somebody"}),
        oldest_ns=AT,
        gathered=1198,
        gathered_ns=AT + 3002 * SECOND_NS,
        rules=frozenset({"rule 0", "rule 1", "rule 2"}),
    )
    assert ours.backlog("phone") == Backlog()


def test_what_completes_a_message_waits_and_takes_no_room() -> None:
    """It counts for how much waits and for how long, and not for a limit."""
    ours = Index()
    take(ours, notice(2), notice(1, updates=notice(0).id), notice(3, state="claimed", by="a"))
    assert (ours.backlog("office").waiting, ours.backlog("office").oldest_ns) == (3, AT + SECOND_NS)
    assert ours.waiting("office").noticed_since(AT) == 2
    assert ours.waiting("office").noticed_since(AT + 3 * SECOND_NS) == 1
    assert ours.waiting("office").noticed_since(AT + 4 * SECOND_NS) == 0


def test_counts_follow_whatever_becomes_of_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random records, also of what is left out for want of memory: they say what the queues hold."""
    monkeypatch.setattr(index, "MOST_BYTES", room_for(30))
    random, ours = Random(7), Index()
    for _ in range(800):
        number, state = random.randrange(60), random.choice(["waiting", "claimed", "gathered", "sent"])
        fields = {"updates": "x"} if number % 5 == 0 else {"members": ("m",)} if number % 7 == 0 else {}
        noticed_at = AT + random.randrange(5) * SECOND_NS
        take(ours, big(number, id=f"{random.randrange(300):032x}", state=state, noticed_at=noticed_at, **fields))
        waiting, gathered = ours.waiting("office").oldest(), ours.gathered("office").oldest()
        backlog = ours.backlog("office")
        assert (backlog.waiting, backlog.gathered) == (len(waiting), len(gathered))
        assert backlog.summaries == {entry.notice.rule for entry in waiting if entry.notice.members}
        assert backlog.oldest_ns == min((entry.notice.noticed_at for entry in waiting), default=None)
        assert backlog.rules == {entry.notice.rule for entry in gathered}
