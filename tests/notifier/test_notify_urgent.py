"""What is urgent is heard, whatever else fires for the same channel."""

import pytest

from services.notifier.channels.settings import ChannelSettings
from tests.notifier.stage_rig import Edits, Plain, Rig, book, happened, naming, rule

ALWAYS = ("00:00-12:00", "12:00-24:00")


@pytest.mark.parametrize("order", [("somebody", "night"), ("night", "somebody")])
@pytest.mark.parametrize("kind", [Plain, Edits])
@pytest.mark.parametrize("wants", [{}, {"confidence": 0.5}, {"zones": frozenset({"drive"})}])
def test_an_urgent_rule_tells_it_in_quiet_hours(
    order: tuple[str, str], kind: type[ChannelSettings], wants: dict[str, object]
) -> None:
    """In whatever order they stand in the file, and also if it waits for the frame while the other need not."""
    rules = {"somebody": rule("somebody"), "night": rule("night", urgent=True, **wants)}
    rig, event = Rig(book(*(rules[name] for name in order), mail=kind(quiet=ALWAYS))), happened()
    told = [notice for notice in rig.take(event, naming(event)) if not notice.updates]
    assert [(notice.rule, notice.state) for notice in told] == [("night", "waiting")]


def test_what_is_not_urgent_is_told_in_the_order_of_the_file() -> None:
    """An urgent one comes before them, and of several of those the first."""
    rig = Rig(book(rule("one"), rule("two"), rule("three", urgent=True), rule("four", urgent=True)))
    event = happened()
    assert [notice.rule for notice in rig.take(event, naming(event))] == ["three"]


def test_what_was_told_early_by_day_is_not_told_again_by_a_rule_that_is_urgent() -> None:
    """One message for each event and channel."""
    rig = Rig(book(rule("somebody"), rule("night", urgent=True, confidence=0.5), mail=Edits()))
    event = happened()
    (early,) = rig.take(event)
    assert early.rule == "somebody"
    assert [notice.updates for notice in rig.take(naming(event))] == [early.id]
