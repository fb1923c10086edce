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


@pytest.mark.parametrize("order", [("somebody", "night"), ("night", "somebody")])
def test_an_urgent_rule_is_heard_in_quiet_hours_also_if_the_event_is_late(order: tuple[str, str]) -> None:
    """What is only for the summary waits for it: nobody in the drive is first heard of in the morning."""
    rules = {"somebody": rule("somebody"), "night": rule("night", urgent=True, zones=frozenset({"drive"}))}
    rig, event = Rig(book(*(rules[name] for name in order), mail=Plain(quiet=ALWAYS))), happened()
    assert (rig.take(naming(event)), rig.wait(2.1)) == ([], [])
    assert [(notice.rule, notice.state) for notice in rig.take(event)] == [("night", "waiting")]


def test_what_is_only_for_the_summary_is_in_it_where_no_event_comes() -> None:
    """It waits no longer than that."""
    rig = Rig(book(rule(), mail=Plain(quiet=ALWAYS)))
    found = [*rig.take(naming(happened())), *rig.wait(2.1)]
    assert (found, [notice.state for notice in rig.wait(10.1)], rig.wait(3600.0)) == ([], ["gathered"], [])


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
