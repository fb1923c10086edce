"""What may be published: every message is built anew from the fields named here. Nothing else of the input gets out."""

import re
from collections.abc import Mapping

from libs.common import pauses
from libs.common.messages import Box, Detection, End, Frame, FrameEvent, Hop, Redaction, Verdict
from libs.common.names import is_name
from services.redactor.policy import Policy
from services.redactor.verdicts import Reason

NAMES = ("event", "trigger")
"""Tags that name a schedule or a command; what is longer is cut, what is no name is left out."""

TAG_CHARACTERS = 64
END_REASON = re.compile(r"[a-z][a-z -]{0,31}\Z")
"""Plain words only: an address or a file name has a dot, a slash, a colon or a digit."""


def covered_frame(frame: Frame, jpeg: bytes, size: tuple[int, int], boxes: tuple[Box, ...], policy: Policy) -> Frame:
    """A frame that may be shown; `jpeg` is what is left of its picture, `boxes` is where it is black."""
    if not policy.keep_boxes:
        return _frame(frame, jpeg, size, (), _redaction(policy, ()))
    return _frame(frame, jpeg, size, _detections(frame, policy), _redaction(policy, boxes))


def withheld_frame(frame: Frame, black: bytes, size: tuple[int, int], reason: Reason, policy: Policy) -> Frame:
    """The same frame with nothing to see, and why."""
    return _frame(frame, black, size, (), _redaction(policy, (), reason))


def end(message: End) -> End:
    """The end of a boot, with its reason where that is plain words."""
    reason = message.reason if END_REASON.match(message.reason) else ""
    return End(camera=message.camera, boot=message.boot, last_seq=message.last_seq, reason=reason)


def _frame(
    frame: Frame, jpeg: bytes, size: tuple[int, int], detections: tuple[Detection, ...], redaction: Redaction
) -> Frame:
    return Frame(
        camera=frame.camera,
        boot=frame.boot,
        seq=frame.seq,
        captured_at=frame.captured_at,
        width=size[0],
        height=size[1],
        image=jpeg,
        image_by="framebus",
        still=frame.still,
        verdicts=_verdicts(frame),
        detections=detections,
        events=tuple(FrameEvent(id=e.id, kind=e.kind, label=e.label and e.label[:64]) for e in frame.events),
        redaction=redaction,
        hops=tuple(Hop(service=h.service, instance=h.instance, in_ns=h.in_ns, out_ns=h.out_ns) for h in frame.hops),
        tags=_tags(frame.tags),
    )


def _tags(given: Mapping[str, str]) -> dict[str, str]:
    """Names of a fixed form, and what is paused in the words that there are for it."""
    names = {key: given[key][:TAG_CHARACTERS] for key in NAMES if key in given}
    tags = {key: name for key, name in names.items() if is_name(name)}
    if given.get(pauses.TAG) in pauses.TEXTS:
        tags[pauses.TAG] = given[pauses.TAG]
    return tags


def _redaction(policy: Policy, boxes: tuple[Box, ...], reason: Reason | None = None) -> Redaction:
    withheld = reason is not None
    return Redaction(policy=policy.text, labels=policy.labels, boxes=boxes, withheld=withheld, reason=reason)


def _verdicts(frame: Frame) -> tuple[Verdict, ...] | None:
    """Who looked, about the picture that came in: to a next redactor they are verdicts about other bytes."""
    if frame.verdicts is None:
        return None
    return tuple(Verdict(model=v.model, labels=v.labels, how=v.how, image_crc=v.image_crc) for v in frame.verdicts)


def _detections(frame: Frame, policy: Policy) -> tuple[Detection, ...]:
    return tuple(
        Detection(
            label=d.label,
            confidence=d.confidence,
            box=d.box,
            by=d.by,
            track=d.track if policy.keep_tracks else None,
            zones=d.zones if policy.keep_tracks else (),
            parents=d.parents if policy.keep_tracks else (),
            redacted=policy.wanted.covers(d),
        )
        for d in frame.detections
    )
