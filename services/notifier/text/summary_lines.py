"""What a summary tells of: happenings of the same kind, camera and label in one line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from libs.common.messages import Notice, replace
from services.notifier.text.sentences import headline, label_of
from services.notifier.text.times import Moment, moment

MOST_LINES = 30
DETECTIONS = ("detection.", "label.", "line.")


@dataclass(frozen=True, slots=True)
class Group:
    """`count`: with those that a cooldown had left out; `first`, `last`: as text, with the date if days differ."""

    what: str
    camera: str
    label: str
    count: int
    first: str
    last: str
    when: str
    """From first to last."""

    @property
    def line(self) -> str:
        """`Person at porch, 12 times, 22:05:01 to 22:40:13`."""
        return f"{self.what}, {f'{self.count} times, ' if self.count > 1 else ''}{self.when}"


def grouped(members: Sequence[Notice], zone: tzinfo) -> list[Group]:
    """What concerns cameras and services first, then what was seen most often."""
    kinds: dict[tuple[str, str, str], list[Notice]] = {}
    for member in sorted(members, key=lambda member: member.at):
        kinds.setdefault((member.camera, member.kind, label_of(member)), []).append(member)
    one_day = len({moment(member.at, zone).date for member in members}) < 2
    order = sorted(kinds.values(), key=lambda group: (group[0].kind.startswith(DETECTIONS), -happened(group)))
    return [_group(group, zone, one_day) for group in order]


def happened(members: Iterable[Notice]) -> int:
    """How often: each of them, and what its cooldown had left out before."""
    return sum(1 + member.meanwhile for member in members)


def overall(count: int, members: Sequence[Notice]) -> str:
    """The headline of a summary: `23 events at porch`."""
    cameras = {member.camera for member in members}
    said = f"{count} event{'' if count == 1 else 's'}"
    if not cameras:
        return said
    return f"{said} at {next(iter(cameras)) if len(cameras) == 1 else f'{len(cameras)} cameras'}"


def between(members: Sequence[Notice], zone: tzinfo) -> str:
    """`2026-01-31 22:05:01 to 23:40:13 CET`: when the first happened, and the last; there is at least one."""
    first, last = (moment(pick(member.at for member in members), zone) for pick in (min, max))
    if first == last:
        return str(first)
    began = f"{first.date} {first.time}" if first.zone == last.zone else str(first)
    return f"{began} to {last.time if first.date == last.date else f'{last.date} {last.time}'} {last.zone}".rstrip()


def _group(members: Sequence[Notice], zone: tzinfo, one_day: bool) -> Group:
    first, last = moment(members[0].at, zone), moment(members[-1].at, zone)
    newest = members[-1]
    began, ended = _short(first, one_day), _short(last, one_day)
    until = last.time if first.date == last.date else ended
    return Group(
        headline(replace(newest, counts={})),
        newest.camera,
        label_of(newest),
        happened(members),
        began,
        ended,
        began if first == last else f"{began} to {until}",
    )


def _short(at: Moment, one_day: bool) -> str:
    return at.time if one_day else f"{at.date} {at.time}"
