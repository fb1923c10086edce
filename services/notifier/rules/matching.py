"""What a rule asks for beside its cooldown, one question after the other; the cheap ones come first."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from services.notifier.happening import Happening, Seen
from services.notifier.rules.globs import matches
from services.notifier.rules.modes import not_alarm, not_new, some
from services.notifier.rules.rule import Rule


class No(NamedTuple):
    """Why a rule does not fire. `open`: the frame, once it is there, may say otherwise."""

    why: str
    open: bool = False


Question = Callable[[Rule, Happening], No | None]


def _paused(rule: Rule, happening: Happening) -> No | None:
    return No("alerts are paused") if happening.paused else None


def _kind(rule: Rule, happening: Happening) -> No | None:
    if matches(rule.kinds, happening.kind):
        return None
    return No(f"{happening.kind} is not in kinds: {some(rule.kinds)}")


def _camera(rule: Rule, happening: Happening) -> No | None:
    if not rule.cameras or matches(rule.cameras, happening.camera):
        return None
    return No(f"{happening.camera} is not in cameras: {some(rule.cameras)}")


def _active(rule: Rule, happening: Happening) -> No | None:
    if rule.active is None or rule.active.hold(happening.at):
        return None
    return No("not active at this time")


def _label(rule: Rule, happening: Happening) -> No | None:
    if rule.alarm is None and rule.new_label is None:
        return None
    if not happening.label:
        return No("it is about no label")
    parents = [parent for seen in _own(happening) for parent in seen.parents]
    if rule.alarm is not None:
        why = not_alarm(rule.alarm, happening.label, parents)
        return No(why, open=True) if why else None
    why = not_new(rule.new_label or (), happening.label, parents)
    return No(why) if why else None


def _zones(rule: Rule, happening: Happening) -> No | None:
    if not rule.zones:
        return None
    found = {*happening.zones, *(zone for seen in _own(happening) for zone in seen.zones)}
    if rule.zones & found:
        return None
    at = f"in {some(found)}" if found else "in no zone"
    return No(f"{at}, not in zones: {some(rule.zones)}", open=True)


def _count(rule: Rule, happening: Happening) -> No | None:
    if rule.count == 1:
        return None
    if not happening.label:
        return No(f"it is about no label, count {rule.count} is asked for")
    count = happening.counts.get(happening.label, 1)
    if count >= rule.count:
        return None
    return No(f"{count} {happening.label}, count {rule.count} is asked for", open=True)


def _confidence(rule: Rule, happening: Happening) -> No | None:
    if rule.confidence == 0:
        return None
    known = [seen.confidence for seen in _own(happening) if seen.confidence is not None]
    if not known:
        return No(f"nobody said how sure it is, confidence {rule.confidence:g} is asked for", open=True)
    if max(known) >= rule.confidence:
        return None
    return No(f"confidence {max(known):.2f}, {rule.confidence:g} is asked for", open=True)


QUESTIONS: tuple[Question, ...] = (_paused, _kind, _camera, _label, _zones, _count, _confidence, _active)


def refusals(rule: Rule, happening: Happening) -> Iterator[tuple[int, No]]:
    """Each question that the rule's answer to is no, with its number; asked one by one."""
    for number, question in enumerate(QUESTIONS):
        if (no := question(rule, happening)) is not None:
            yield number, no


def is_sure(rule: Rule, happening: Happening) -> bool:
    """Whether the frame cannot take back a yes: that nothing listed is a parent is known when all parents are."""
    return not rule.new_label or "parents" in happening.data


def _own(happening: Happening) -> list[Seen]:
    """What was seen of the label that it is about."""
    return [seen for seen in happening.seen if seen.label == happening.label]
