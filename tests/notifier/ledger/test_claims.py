"""How copies of the notifier agree on who sends what, and what becomes of those who come late."""

import threading

import pytest

from libs.common.messages import replace
from services.notifier.ids import notice_id
from services.notifier.ledger import truths
from services.notifier.ledger.kafka_ledger import KafkaLedger
from services.notifier.ledger.lives import new_life
from tests.notifier.ledger.ledger_rig import AT, SECOND_NS, Log, due, knows, notice, now, until


def test_the_first_claim_wins(log: Log) -> None:
    """And is due to nobody for as long as it lasts."""
    log.put(notice())
    first, second = log.copy("a"), log.copy("b")
    claimed = first.claim(notice())
    assert claimed is not None
    assert (claimed.state, claimed.by) == ("claimed", "a.00000001")
    assert second.claim(notice()) is None
    assert (due(first, log), due(second, log)) == (None, None)
    log.advance(29)
    assert due(second, log) is None
    log.advance(1)
    assert due(second, log) is not None
    assert second.claim(notice()) is not None
    assert first.claim(notice()) is None


def test_a_second_life_of_the_same_instance_takes_over_at_once(log: Log) -> None:
    """Given by the operator, it is one process: the first one is dead."""
    log.put(notice())
    assert log.copy("box", new_life(), fixed=True).claim(notice()) is not None
    again = log.copy("box", new_life(), fixed=True)
    assert due(again, log) is not None
    assert again.claim(notice()) is not None


def test_two_processes_of_one_name_respect_each_other_and_say_so(log: Log, caplog: pytest.LogCaptureFixture) -> None:
    """What was claimed when both had begun is no dead one's; the operator is told by each of them, once."""
    first = log.copy("box", new_life(), fixed=True)
    second = log.copy("box", new_life(), fixed=True)
    for number, (one, other) in enumerate([(first, second), (second, first)]):
        log.put(notice(number))
        assert one.claim(notice(number)) is not None
        knows(other, notice(number), "claimed")
        assert due(other, log) is None
        assert other.claim(notice(number)) is None
        one.write(notice(number, state="sent", sent_at=AT))
        knows(other, notice(number), "sent")
        log.advance(1)
    said = "another process is at work as --instance box: give each its own name"
    assert [record.getMessage() for record in caplog.records] == [said] * 2


def test_a_second_life_without_a_given_name_waits(log: Log) -> None:
    """Two containers may call themselves the same."""
    log.put(notice())
    assert log.copy("box", "00000001").claim(notice()) is not None
    again = log.copy("box", "00000002")
    assert due(again, log) is None
    assert again.claim(notice()) is None


def test_a_claim_that_came_late_is_no_claim(log: Log) -> None:
    """The courier gave up waiting for it: the notice is due again, and nobody has to wait for the lease."""
    ledger = log.copy()
    log.put(replace(ledger.sign(notice()), state="claimed"))
    knows(ledger, notice(), "claimed")
    found = due(ledger, log)
    assert found is not None
    assert ledger.claim(found) is not None
    assert due(ledger, log) is None


def test_what_is_tried_again_is_due_when_its_time_has_come(log: Log) -> None:
    """With its attempts, for the same copy and for others."""
    log.put(notice())
    first, second = log.copy("a"), log.copy("b")
    claimed = first.claim(notice())
    assert claimed is not None
    first.write(replace(claimed, state="waiting", attempts=1, due_at=now(log) + 10 * SECOND_NS))
    knows(second, notice(), "waiting")
    assert (due(first, log), due(second, log)) == (None, None)
    log.advance(10)
    for ledger in (first, second):
        found = due(ledger, log)
        assert found is not None
        assert found.attempts == 1


def test_others_leave_a_notice_to_its_writer_for_a_moment(log: Log) -> None:
    """Two that claim at once write twice."""
    first, second = log.copy("a"), log.copy("b")
    first.write(notice())
    knows(second, notice(), "waiting")
    assert due(first, log) is not None
    assert due(second, log) is None
    log.advance(3)
    assert due(second, log) is not None


def test_who_lost_a_claim_waits_a_moment(log: Log) -> None:
    """A courier whose clock is ahead does not fill the log."""
    log.put(notice())
    first, second = log.copy("a"), log.copy("b")
    assert first.claim(notice()) is not None
    assert second.claim(notice()) is None
    ahead = now(log) + 3600 * SECOND_NS
    assert second.due("office", ahead) is None
    log.clock.running_s += 1
    assert second.due("office", ahead) is not None


def test_a_late_claim_of_what_was_sent_does_not_stay_the_newest_record(log: Log) -> None:
    """Compaction keeps the newest: whoever starts then would send it again."""
    log.put(notice())
    first, second = log.copy("a"), log.copy("b")
    claimed = first.claim(notice())
    assert claimed is not None
    first.write(replace(claimed, state="sent", sent_at=AT))
    assert second.claim(notice()) is None
    until(lambda: [each.state for each in log.written()][-1] == "sent")
    assert [each.state for each in log.written()][:4] == ["waiting", "claimed", "sent", "claimed"]
    until(lambda: len(log.written()) in (5, 6))
    assert {each.state for each in log.written()[4:]} == {"sent"}
    found = log.copy("c").find(notice().id)
    assert found is not None
    assert found.state == "sent"


def test_what_is_put_right_is_put_right_once(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a while: two that disagree do not answer each other for ever."""
    log.put(notice(state="sent", sent_at=AT))
    ledger = log.copy()
    assert ledger.claim(notice()) is None
    until(lambda: len(log.written()) == 3)
    assert ledger.claim(notice()) is None
    ledger.write(notice(1))
    assert [each.state for each in log.written()] == ["sent", "claimed", "sent", "claimed", "waiting"]
    log.clock.running_s += truths.AGAIN_S
    assert ledger.claim(notice()) is None
    until(lambda: len(log.written()) == 7)


@pytest.mark.parametrize("end", ["sent", "refused", "expired"])
def test_an_end_that_was_put_right_stays_right(log: Log, end: str) -> None:
    """What was written once more is the same end: nobody answers it."""
    log.put(notice(state=end, sent_at=AT))
    ledger = log.copy()
    assert ledger.claim(notice()) is None
    until(lambda: len(log.written()) == 3)
    for number in range(1, 4):
        log.clock.running_s += truths.AGAIN_S
        ledger.write(notice(number))
    assert [each.state for each in log.written()] == [end, "claimed", end, "waiting", "waiting", "waiting"]


def test_the_same_event_handled_twice_is_told_once(log: Log) -> None:
    """After a crash, or when a partition went to another copy: what was sent stays sent."""
    log.put(notice())
    ledger = log.copy()
    claimed = ledger.claim(notice())
    assert claimed is not None
    log.put(notice())
    ledger.write(replace(claimed, state="sent", sent_at=AT))
    log.put(notice())
    ledger.write(notice(1))
    found = ledger.find(notice().id)
    assert found is not None
    assert found.state == "sent"
    assert [each.event for each in ledger.waiting("office")] == ["e1"]


def test_ten_threads_that_claim_the_same_get_each_once(log: Log) -> None:
    """Of five copies, two couriers each."""
    for n in range(40):
        log.put(notice(n))
    copies = [log.copy(f"c{n}") for n in range(5)]
    won: list[str] = []

    def claim_all(ledger: KafkaLedger) -> None:
        won.extend(notice(n).id for n in range(40) if ledger.claim(notice(n)) is not None)

    threads = [threading.Thread(target=claim_all, args=(ledger,)) for ledger in copies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(won) == sorted(notice_id(f"e{n}", "office") for n in range(40))


def test_a_summary_becomes_shorter_in_the_hand_of_its_claimant(log: Log) -> None:
    """Another one has the rest: nothing is gathered any more, also for who reads the log from its start."""
    members = tuple(notice(number).id for number in range(4))
    for number in range(4):
        log.put(notice(number, state="gathered"))
    summary, rest = (notice(number, kind="summary", rule="summary", members=members) for number in (9, 10))
    ledger = log.copy()
    ledger.write(summary)
    ledger.write(replace(rest, members=members[2:]))
    claimed = ledger.claim(replace(summary, members=members[:2]))
    assert claimed is not None
    ledger.write(replace(claimed, state="waiting", due_at=0))
    for each in (ledger, log.copy("b")):
        assert [found.members for found in each.waiting("office")] == [members[:2], members[2:]]
        assert each.gathered("office") == []
