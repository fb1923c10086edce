"""Makes notices: what is to be told of a happening through one channel, within the bounds of the message."""

from collections.abc import Iterable, Mapping
from dataclasses import replace as replace_rule
from itertools import islice
from typing import Any, TypeVar

from libs.common import codec
from libs.common.messages import Notice, replace
from services.notifier.happening import Happening
from services.notifier.ids import notice_id
from services.notifier.own_kinds import SUMMARY, TEST
from services.notifier.rules.rule import Rule
from services.notifier.text.why_no_picture import FOLLOWS

MOST_ITEMS = 64
LONGEST_ZONE = 64
MOST_DATA_BYTES = 16 << 10
"""A topic that every copy reads whole at its start holds no more of a foreign event than that."""
OURS = (SUMMARY, TEST)
"""Kinds of notices that no event has: of one that calls itself so something else is told."""
PICTURE, CLIP = "picture", "clip"
"""In `data`: why there is none, or that it follows; which file is the recording. Also the second part of the id of what
completes a notice by it.
"""
RAW = "raw"
"""In `data`: True where the rule said `raw` when it was decided, so that saying it later uncovers nobody."""
T = TypeVar("T")


def first_notice(happening: Happening, rule: Rule, channel: str, now_ns: int, follows: bool, meanwhile: int) -> Notice:
    """`follows`: the frame has not come yet, what it adds will complete this one."""
    labels = {each.label: each.confidence for each in happening.seen}
    notice = Notice(
        id=notice_id(happening.id, channel),
        camera=happening.camera,
        event=happening.id,
        channel=channel,
        rule=rule.name,
        kind=f"{happening.kind} event" if happening.kind in OURS else happening.kind,
        at=happening.at,
        noticed_at=now_ns,
        state="waiting",
        label=happening.label,
        frame_id=happening.frame_id,
        labels=_first_of(labels.items()),
        counts=_first_of(happening.counts.items()),
        zones=tuple(zone[:LONGEST_ZONE] for zone in happening.zones[:MOST_ITEMS]),
        text=happening.text,
        data={
            **others(happening.data),
            **({PICTURE: FOLLOWS} if follows else _withheld(happening, rule)),
            **({RAW: True} if rule.raw else {}),
        },
        meanwhile=meanwhile,
    )
    return _bounded(notice)


def picture_update(first: Notice, happening: Happening, rule: Rule, now_ns: int) -> Notice:
    """What completes a notice once its frame has come."""
    complete = first_notice(happening, rule, first.channel, now_ns, False, first.meanwhile)
    return replace(complete, id=notice_id(first.event, first.channel, PICTURE), updates=first.id)


def may_show(happening: Happening, rule: Rule) -> bool:
    """Whether the picture may be sent: covered, or not covered and the operator has said `raw`. Never a black one."""
    return happening.safe or (rule.raw and happening.raw)


def may_be_raw(notice: Notice, rule: Rule) -> bool:
    """Whether a picture that nobody has covered may be sent: the rule said so then, and says it now of this channel."""
    return rule.raw and notice.channel in rule.channels and notice.data.get(RAW) is True


def as_decided(first: Notice, rule: Rule) -> Rule:
    """The rule for what completes this notice: with `raw` only if that was allowed from the beginning."""
    return replace_rule(rule, raw=may_be_raw(first, rule))


def follows(notice: Notice) -> bool:
    """Whether it was told before its frame came."""
    return notice.data.get(PICTURE) == FOLLOWS


def outline(notice: Notice) -> Notice:
    """What is asked of a notice that is on its way, without what may be long."""
    return replace(notice, text="", labels={}, counts={}, zones=(), data=about_picture(notice))


def _withheld(happening: Happening, rule: Rule) -> dict[str, str]:
    return {PICTURE: happening.withheld} if happening.withheld and not may_show(happening, rule) else {}


def others(data: Mapping[str, Any]) -> dict[str, Any]:
    """An event says nothing about our picture, nor that it may be raw, and names no file that is to be sent."""
    return {name: value for name, value in data.items() if name not in (PICTURE, CLIP, RAW)}


def _first_of(items: Iterable[tuple[str, T]]) -> dict[str, T]:
    return dict(islice(items, MOST_ITEMS))


def _bounded(notice: Notice) -> Notice:
    if len(codec.encode(notice)) <= MOST_DATA_BYTES:
        return notice
    return replace(notice, data=about_picture(notice))


def about_picture(notice: Notice) -> dict[str, Any]:
    return {name: value for name, value in notice.data.items() if name in (PICTURE, RAW)}
