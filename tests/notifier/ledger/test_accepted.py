"""What a channel accepted last: the name of its next row of failures, the same for all copies."""

from typing import Any

from libs.common.messages import Notice
from services.notifier.ledger.accepted import STEP_MS, Accepted
from tests.notifier.ledger.ledger_rig import AT, SECOND_NS, Log, knows, notice

AT_MS = AT // 1_000_000


def sent(number: int, **fields: Any) -> Notice:
    return notice(number, state="sent", **{"sent_at": AT, **fields})


def accepted(*records: tuple[int, int, bool]) -> str:
    """`records`: number, the log's time, whether it came while we followed."""
    ours = Accepted()
    for number, at_ms, is_news in records:
        ours.put(sent(number), at_ms, is_news)
    found = ours.get("office")
    assert found is not None
    return found.event


def test_the_newest_of_the_log_counts_in_whatever_order_it_is_read() -> None:
    """Partitions are read one after another at a start, and a little out of order later."""
    assert accepted((1, AT_MS, False), (2, AT_MS + 5, False), (3, AT_MS + 2, False)) == "e2"
    assert accepted((2, AT_MS + STEP_MS, True), (1, AT_MS, True)) == "e2"


def test_a_log_whose_clock_was_set_back_goes_on() -> None:
    """What comes now is the newest, whatever the broker calls its time."""
    assert accepted((1, AT_MS, False), (2, AT_MS - 3_600_000, True), (3, AT_MS - 3_599_000, True)) == "e3"
    assert accepted((2, AT_MS, False), (1, AT_MS - 3_600_000, False)) == "e2"


def test_a_senders_clock_says_nothing(log: Log) -> None:
    """Set back by an hour: the next message is the newest all the same, for this copy, another, and a later one."""
    ledger, other = log.copy("a"), log.copy("b")
    for number, sent_at in ((1, AT), (2, AT - 3600 * SECOND_NS)):
        ledger.write(sent(number, sent_at=sent_at))
        log.advance(1)
    knows(other, notice(2), "sent")
    found = [each.accepted("office") for each in (ledger, other, log.copy("c"))]
    assert [each and each.event for each in found] == ["e2"] * 3


def test_what_is_only_written_once_more_is_no_news(log: Log) -> None:
    """A truth put right is an old one."""
    ledger = log.copy()
    for number in (1, 2, 1):
        ledger.write(sent(number))
        log.advance(1)
    found = ledger.accepted("office")
    assert found is not None
    assert found.event == "e2"
