"""In quiet hours a summary of nothing urgent keeps its place, and what is behind it passes."""

from libs.common.messages import replace
from tests.notifier.ledger.ledger_rig import Log, due, notice, now

CALM = notice(0, kind="summary", rule="summary", members=("m",))
URGENT = notice(1, kind="summary", rule="urgent summary", members=("n",))
ALONE = notice(2, rule="summary")


def test_what_may_disturb_passes_what_may_not(log: Log) -> None:
    """Messages, whatever their rule is called, and summaries of something urgent; later all is in its order again."""
    for each in (CALM, URGENT, ALONE):
        log.put(each)
    ledger, found = log.copy(), list[str]()
    while (taken := ledger.due("office", now(log), quiet=True)) is not None:
        found.append(taken.event)
        ledger.write(replace(taken, state="sent", sent_at=now(log)))
    assert found == [URGENT.event, ALONE.event]
    left = due(ledger, log)
    assert left is not None
    assert left.event == CALM.event
