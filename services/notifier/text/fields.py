"""What a template may name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from libs.common.messages import Notice
from libs.common.scrub import scrub
from services.notifier.own_kinds import TEST, is_summary
from services.notifier.plain_text import name, one_line
from services.notifier.text.links import links
from services.notifier.text.sentences import details, headline, label_of, times
from services.notifier.text.summary_lines import MOST_LINES, Group, between, grouped, overall
from services.notifier.text.times import SECOND_NS, moment, span
from services.notifier.text.why_no_picture import missing

LATE_NS = 60 * SECOND_NS
"""Told later than this, a message says so."""
FIELDS: Mapping[str, str] = {
    "what": "all in one sentence: person at porch",
    "camera": "its name",
    "site": "the name of the place",
    "rule": "the name of the rule; empty for what the notifier tells by itself",
    "channel": "the channel's name",
    "kind": "of the event: detection.started",
    "label": "what it is about: person",
    "labels": "all that is in sight, each with label, percent and count",
    "list": "the same in one line: person 87 %, car 55 %",
    "sure": "how sure the model was of the label: 87 %; empty where nobody said",
    "others": "what else is in sight, in a line: car 55 %",
    "count": "how many of the label",
    "counts": "how many of each label, by label",
    "zones": "where it was, a list",
    "text": "what the event itself says",
    "details": "the same where `what` has not got it already; of a channel that fails, why",
    "time": "22:05:01, in the channel's time zone",
    "date": "2026-01-31",
    "timezone": "CET",
    "when": "2026-01-31 22:05:01 CET; of a summary from when to when",
    "late": "how much later it is told, if that is more than a minute: 12 min",
    "meanwhile": "how many like it were left out since the last message, a number",
    "viewer": "address of the viewer, showing the camera; empty where there is none",
    "recording": "address of the recording, likewise",
    "image": "in HTML the picture, else nothing",
    "missing": "why there is no picture, a sentence",
    "summary": "how many events a summary tells of; 0: it is none",
    "groups": "of a summary: each with what, camera, label, count, first, last, when and line",
    "more": "of a summary: how many events beyond the groups",
    "test": "whether it is a test",
    "subject": "in text and HTML: the subject as it is sent",
}
"""Each name with what it says."""


class Counts(dict[str, int]):
    """Of a label that is not there, none are."""

    def __missing__(self, label: str) -> int:
        return 0


@dataclass(frozen=True)
class Surroundings:
    """What a notice does not say itself."""

    site: str
    viewer: str
    zone: tzinfo
    now_ns: int
    rule: str
    """Its name, if rules.yaml has it."""
    with_picture: bool
    """The message has one."""
    wants_picture: bool
    """One belongs into it: neither rule nor channel goes without."""
    members: Sequence[Notice] = ()
    why_none: str = ""
    """Why there is no picture, as far as the notice does not say it: a reason as in a frame's redaction."""


def fields_of(notice: Notice, around: Surroundings) -> dict[str, object]:
    """The value of each name of FIELDS: texts, numbers, lists and maps of them, all of it fit to be read."""
    at, seen = moment(notice.at, around.zone), _labels(notice)
    own = [each for each in seen if notice.label and each["label"] == name(notice.label)]
    without = around.wants_picture and not around.with_picture and not _summary(notice, around)
    return {
        "camera": notice.camera,
        "site": one_line(around.site, 100),
        "rule": one_line(around.rule, 64),
        "channel": one_line(notice.channel, 64),
        "kind": one_line(notice.kind, 64),
        "label": label_of(notice),
        "labels": seen,
        "list": ", ".join(map(_said, seen)),
        "sure": own[0]["percent"] if own else "",
        "others": ", ".join(_said(each) for each in seen if each not in own),
        "count": notice.counts.get(notice.label or "", 1 if notice.label else 0),
        "counts": Counts({name(label): count for label, count in notice.counts.items()}),
        "zones": zones_of(notice),
        "text": one_line(scrub(notice.text), 1024),
        "details": details(notice),
        "time": at.time,
        "date": at.date,
        "timezone": at.zone,
        "when": str(at),
        "late": _late(notice, around.now_ns),
        "meanwhile": notice.meanwhile,
        "viewer": "",
        "recording": "",
        **links(around.viewer, notice),
        "image": "",
        "missing": missing(notice, around.why_none) if without else "",
        "test": notice.kind == TEST,
        "subject": "",
        **_summed_up(notice, around),
    }


def zones_of(notice: Notice) -> list[str]:
    return [name(zone) for zone in notice.zones]


def _labels(notice: Notice) -> list[dict[str, object]]:
    """What the message is about first, then the surest."""
    seen = notice.labels or ({notice.label: None} if notice.label else {})
    order = sorted(seen.items(), key=lambda item: (item[0] != notice.label, -(item[1] or 0.0)))
    return [
        {"label": name(label), "percent": _percent(ratio), "count": notice.counts.get(label, 1)}
        for label, ratio in order
    ]


def _percent(ratio: float | None) -> str:
    return "" if ratio is None else f"{round(100 * ratio)} %"


def _said(each: Mapping[str, object]) -> str:
    count = each["count"]
    return f"{times(count if isinstance(count, int) else 1)}{each['label']} {each['percent']}".rstrip()


def _late(notice: Notice, now_ns: int) -> str:
    """Only of what is told by itself: a summary says its times, what completes a message has no time of its own."""
    late = now_ns - notice.at
    return span(late) if late >= LATE_NS and notice.updates is None and notice.kind != TEST else ""


def _summary(notice: Notice, around: Surroundings) -> int:
    return max(len(notice.members), len(around.members)) if is_summary(notice) else 0


def _summed_up(notice: Notice, around: Surroundings) -> dict[str, object]:
    if not (count := _summary(notice, around)):
        return {"what": headline(notice), "summary": 0, "groups": [], "more": 0}
    groups = grouped(around.members, around.zone)
    unknown = count - len(around.members)
    total = sum(group.count for group in groups) + unknown
    shown = groups[:MOST_LINES]
    return {
        "what": overall(total, around.members),
        **({"when": between(around.members, around.zone)} if around.members else {}),
        "summary": total,
        "groups": [_as_map(group) for group in shown],
        "more": total - sum(group.count for group in shown),
        "late": "",
    }


def _as_map(group: Group) -> dict[str, object]:
    return {
        name: getattr(group, name) for name in ("what", "camera", "label", "count", "first", "last", "when", "line")
    }
