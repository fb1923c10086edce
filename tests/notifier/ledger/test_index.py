"""What is kept in memory of the topic of notices, and what goes first."""

from typing import Any

import pytest

from libs.common import codec
from libs.common.bus import Place, Record
from libs.common.messages import Notice, replace
from services.notifier.ledger import finished, index
from services.notifier.ledger.finished import Ids
from services.notifier.ledger.index import Index
from services.notifier.ledger.queues import Queue
from tests.notifier.ledger.ledger_rig import AT, TOPIC, notice


def take(into: Index, *notices: Notice, at_ms: int = AT // 1_000_000) -> None:
    """As the log has them."""
    for number, each in enumerate(notices):
        into.take(Record(Place(TOPIC, 0), number, each.id.encode(), codec.encode(each), (), at_ms), each)


def state(of: Index, number: int) -> str | None:
    standing = of.standing(notice(number).id)
    return standing.state if standing is not None else None


def big(number: int, **fields: Any) -> Notice:
    return notice(number, text="x" * 1000, **fields)


def events(queue: Queue) -> list[str]:
    """Of what it hands out."""
    return [entry.notice.event for entry in queue.oldest()]


def room_for(count: int) -> int:
    """Bytes."""
    probe = Index()
    take(probe, big(0))
    return count * probe._used_bytes + 500


def test_of_what_is_finished_the_oldest_keeps_only_its_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough to tell nobody twice."""
    monkeypatch.setattr(index, "LATELY_BYTES", room_for(3))
    ours = Index()
    take(ours, *(big(n, state="sent", sent_at=AT) for n in range(10)))
    assert [n for n in range(10) if ours.entry(notice(n).id) is not None] == [7, 8, 9]
    assert {state(ours, n) for n in range(10)} == {"sent"}
    assert ours.given.since("office", 0) == 10


def test_a_record_behind_one_of_which_only_the_state_is_known_is_judged_by_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A repeat of last week does not begin anew."""
    monkeypatch.setattr(index, "LATELY_BYTES", 0)
    ours = Index()
    take(ours, notice(state="sent", sent_at=AT), notice(), replace(notice(), state="claimed", by="b"))
    assert state(ours, 0) == "sent"
    assert len(ours.waiting("office")) == 0
    assert list(ours.void) == [notice().id]


def test_states_are_forgotten_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more than are asked for."""
    monkeypatch.setattr(finished, "MOST_IDS", 3)
    ids = Ids()
    for n in range(5):
        ids.put(notice(n).id, "sent")
    ids.put("not hexadecimal", "sent")
    assert [ids.state(notice(n).id) for n in range(5)] == [None, None, None, "sent", "sent"]
    assert ids.state("not hexadecimal") == "sent"


def test_what_does_not_fit_is_left_out_oldest_gathered_first(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is waiting for its own message is more urgent; said once. The log still has it."""
    monkeypatch.setattr(index, "MOST_BYTES", room_for(4))
    ours = Index()
    take(ours, *(big(n) for n in range(3)), *(big(n, state="gathered") for n in range(3, 7)))
    assert events(ours.gathered("office")) == ["e6"]
    assert len(ours.waiting("office")) == 3
    assert [state(ours, n) for n in range(3, 7)] == ["gathered"] * 4
    take(ours, *(big(n) for n in range(7, 10)))
    assert events(ours.waiting("office")) == ["e2", "e7", "e8", "e9"]
    assert len(caplog.records) == 1


def test_what_is_told_by_a_summary_stays_whole_for_it() -> None:
    """Whether the summary or its members were read first; what was sent stays sent."""
    for order in (1, -1):
        ours = Index()
        members = [notice(1, state="gathered"), notice(2, state="sent", sent_at=AT)]
        summary = notice(9, kind="summary", members=tuple(each.id for each in members))
        take(ours, *[*members, summary][::order])
        assert len(ours.gathered("office")) == 0
        entry = ours.entry(notice(1).id)
        assert entry is not None
        assert entry.notice.label == "person"
        assert (state(ours, 1), state(ours, 2)) == ("gathered", "sent")


def test_a_thousand_are_handed_out_at_a_time() -> None:
    """As many as a summary may list; the rest is for the next."""
    ours = Index()
    take(ours, *(notice(n, state="gathered") for n in range(1005, -1, -1)))
    assert events(ours.gathered("office")) == [f"e{n}" for n in range(1000)]
    take(ours, notice(2000, kind="summary", members=tuple(notice(n).id for n in range(1000))))
    assert events(ours.gathered("office")) == [f"e{n}" for n in range(1000, 1006)]


def test_what_changes_its_place_is_in_no_queue_twice() -> None:
    """From waiting to claimed to waiting to gathered to told."""
    ours = Index()
    for fields in ({}, {"state": "claimed", "by": "a"}, {"by": "a", "attempts": 1, "due_at": 5}):
        take(ours, notice(1, **fields))
        assert len(ours.waiting("office")) == 1
    take(ours, notice(1, state="gathered"))
    assert (len(ours.waiting("office")), len(ours.gathered("office"))) == (0, 1)
    take(ours, notice(9, kind="summary", members=(notice(1).id,)))
    assert len(ours.gathered("office")) == 0
    assert ours._used_bytes == sum(entry.size_bytes for entry in ours._entries.values())
