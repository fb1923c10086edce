"""What copies of the notifier know of each other's notices: the log is the truth, also while it cannot be reached."""

import pytest

from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import replace
from tests.notifier.ledger.ledger_rig import AT, SECOND_NS, Log, due, knows, notice, until


def test_what_one_copy_writes_all_know(log: Log) -> None:
    """A later copy too: the log is the truth."""
    first, second = log.copy("a"), log.copy("b")
    first.write(notice(state="sent", sent_at=AT, handle="77"))
    knows(second, notice(), "sent")
    found = log.copy("c").find(notice().id)
    assert found is not None
    assert (found.handle, found.by, found.life) == ("77", "a.00000001", "00000001")


def test_what_was_written_is_known_at_once(log: Log) -> None:
    """So nobody acts on what he has just changed."""
    ledger = log.copy()
    for n in range(50):
        ledger.write(notice(n))
        assert [each.id for each in ledger.waiting("office")] == [notice(k).id for k in range(n + 1)]


def test_the_oldest_happening_is_due_first(log: Log) -> None:
    """In whatever order they came, whatever partition they lie in; what completes a message comes behind it."""
    update = notice(1, id="f" * 32, updates=notice(1).id)
    for each in (notice(2, camera="yard"), update, notice(3), notice(1, noticed_at=AT + 9 * SECOND_NS)):
        log.put(each)
    ledger = log.copy()
    for expected in (notice(1).id, update.id, notice(2).id, notice(3).id):
        found = due(ledger, log)
        assert found is not None
        assert found.id == expected
        ledger.write(replace(found, state="sent", sent_at=AT))
    assert due(ledger, log) is None


def test_one_that_waits_holds_up_those_behind_it(log: Log) -> None:
    """Of its channel, and of no other: they are told in order."""
    log.put(notice(0, due_at=AT + 5 * SECOND_NS, attempts=1))
    log.put(notice(1))
    log.put(notice(2, channel="phone"))
    ledger = log.copy()
    assert due(ledger, log) is None
    other = due(ledger, log, "phone")
    assert other is not None
    assert other.event == "e2"
    log.advance(5)
    found = due(ledger, log)
    assert found is not None
    assert found.event == "e0"


def test_gathered_ones_wait_for_a_summary_that_names_them(log: Log) -> None:
    """Told as soon as one lists them, read in whatever order."""
    for n in (3, 1, 2):
        log.put(notice(n, state="gathered", camera=f"cam{n}"))
    ledger = log.copy()
    assert [each.event for each in ledger.gathered("office")] == ["e1", "e2", "e3"]
    assert due(ledger, log) is None
    members = (notice(1).id, notice(2).id)
    ledger.write(notice(9, kind="summary", camera="cam1", members=members))
    assert [each.event for each in ledger.gathered("office")] == ["e3"]
    assert [each.event for each in log.copy("b").gathered("office")] == ["e3"]
    found = due(ledger, log)
    assert found is not None
    assert found.members == members


def test_of_two_summaries_with_one_id_the_first_tells_its_members(log: Log) -> None:
    """What only the second one listed waits for the next."""
    for n in (1, 2, 3):
        log.put(notice(n, state="gathered"))
    log.put(notice(9, kind="summary", members=(notice(1).id,)))
    log.put(notice(9, kind="summary", members=(notice(1).id, notice(2).id)))
    for ledger in (log.copy("a"), log.copy("b")):
        assert [each.event for each in ledger.gathered("office")] == ["e2", "e3"]


def test_recent_counts_what_the_channel_was_given(log: Log) -> None:
    """Messages and summaries; nothing that was gathered, refused or only completed another, and nothing twice."""
    ledger = log.copy()
    for n, fields in enumerate(
        [
            {"state": "sent", "sent_at": AT},
            {"state": "sent", "sent_at": AT + 5 * SECOND_NS},
            {"state": "sent", "sent_at": AT + 5 * SECOND_NS, "kind": "summary"},
            {"state": "sent", "sent_at": AT + 5 * SECOND_NS, "updates": notice(0).id},
            {"state": "gathered"},
            {"state": "refused"},
        ]
    ):
        ledger.write(notice(n, **fields))
    ledger.write(notice(1, state="sent", sent_at=AT + 5 * SECOND_NS))
    assert ledger.recent("office", AT) == 3
    assert ledger.recent("office", AT + 1) == 2
    assert ledger.recent("office", AT + 6 * SECOND_NS) == 0
    assert ledger.recent("phone", AT) == 0


def test_last_is_the_newest_happening_a_rule_told(log: Log) -> None:
    """Whatever became of it; by rule, camera, label and kind; no summary."""
    for each in (
        notice(5, state="gathered"),
        notice(3, state="sent"),
        notice(7, label="cat"),
        notice(8, kind="summary"),
        notice(9, camera="yard"),
        notice(10, kind="detection.ended"),
    ):
        log.put(each)
    ledger = log.copy()
    for kind, event in (("detection.started", "e5"), ("detection.ended", "e10")):
        found = ledger.last("somebody", "porch", "person", kind)
        assert found is not None
        assert found.event == event
    assert ledger.last("somebody", "attic", "person", "detection.started") is None


def test_told_are_those_that_a_recording_completes(log: Log) -> None:
    """Of this camera, in this time, both ends too."""
    for n, fields in enumerate(
        [
            {},
            {"state": "sent"},
            {"state": "gathered"},
            {"state": "refused"},
            {"updates": "x"},
            {"kind": "summary"},
            {"camera": "yard"},
            {"state": "claimed", "by": "z"},
            {},
        ]
    ):
        log.put(notice(n, **fields))
    ledger = log.copy()
    found = ledger.told("porch", AT, AT + 7 * SECOND_NS)
    assert [each.event for each in found] == ["e0", "e1", "e7"]


def test_what_is_buried_lies_beside_the_topic_with_the_reason(log: Log) -> None:
    """Where the notice was, and how often it was tried."""
    ledger = log.copy(group="framebus.notifier")
    ledger.write(notice(attempts=2))
    ledger.bury(notice(attempts=2), PermanentError("no such chat", "refused"))
    (record,) = [record for place, found in log.bus.logs.items() if place.topic == "notices.dead" for record in found]
    headers = {name: value.decode() for name, value in record.headers}
    assert record.key == notice().id.encode()
    assert headers == {
        "reason": "refused",
        "error": "no such chat",
        "topic": "notices",
        "partition": "5",
        "offset": "0",
        "group": "framebus.notifier",
        "service": "notifier",
        "attempts": "2",
    }


def test_while_the_broker_is_away_it_knows_what_it_knew(log: Log) -> None:
    """What is due is due; nothing can be written, which is said in time and tried again."""
    log.put(notice())
    ledger = log.copy(within_s=0.2)
    log.bus.down = True
    assert ledger.ready
    assert due(ledger, log) is not None
    with pytest.raises(TemporaryError, match=r"within 0\.2 s"):
        ledger.write(notice(1))
    with pytest.raises(TemporaryError, match=r"within 0\.2 s"):
        ledger.claim(notice())
    log.bus.down = False
    found = due(ledger, log)
    assert found is not None
    assert ledger.claim(found) is not None


def test_what_is_no_notice_is_passed_over(log: Log) -> None:
    """Rubbish, another key, another type; what is taken back is gone."""
    log.put(notice())
    place = next(place for place, found in log.bus.logs.items() if found)
    log.bus.append(place, notice().id.encode(), b"rubbish")
    log.bus.append(place, b"another", log.bus.logs[place][0].value)
    log.put(notice(1))
    log.bus.append(place, notice(1).id.encode(), None)
    ledger = log.copy()
    assert [each.event for each in ledger.waiting("office")] == ["e0"]
    assert ledger.find(notice(1).id) is None


def test_a_topic_that_is_made_anew_is_read_anew(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """What lay there is no more."""
    monkeypatch.setattr("libs.common.steady.RETRY_S", 0.01)
    log.put(notice())
    ledger = log.copy()
    log.bus.logs.clear()
    log.put(notice(1))
    place = next(place for place, found in log.bus.logs.items() if found)
    log.readers[0].revoke(place)
    until(lambda: [each.event for each in ledger.waiting("office")] == ["e1"])
