"""Nothing of the source but what the allow-list names gets out of the redactor."""

import itertools
from typing import Any

from libs.common import codec, images
from libs.common.messages import End, Frame, FrameEvent, Hop, replace
from tests.redactor.scenes import SOMEBODY, looked, play, scene, seen, stage, unlooked

CANARY = "CANARY"
END = End(camera="porch", boot="0000000a", last_seq=0)


def marked(jpeg: bytes) -> bytes:
    """The picture with a canary in a comment, in EXIF, in an application segment, and behind its end."""
    body = CANARY.encode() * 3
    segments = [(0xFE, body), (0xE1, b"Exif\0\0II*\0" + body), (0xEB, body), (0xE2, b"MPF\0" + body)]
    inside = b"".join(b"\xff" + bytes([kind]) + (len(b) + 2).to_bytes(2, "big") + b for kind, b in segments)
    return jpeg[:2] + inside + jpeg[2:] + body + jpeg


def overfull(people: tuple[tuple[float, float, float, float], ...], **fields: Any) -> Frame:
    """A looked frame with a canary in every place that can hold one."""
    unknown = {"secret": CANARY, CANARY: b"x"}
    jpeg = marked(images.encode(scene(people)))
    frame = seen(unlooked(0, image=jpeg, **fields), people)
    return replace(
        frame,
        unknown=unknown,
        verdicts=tuple(replace(verdict, unknown=unknown) for verdict in frame.verdicts or ()),
        detections=tuple(
            replace(d, unknown=unknown, track=CANARY, zones=(CANARY,), parents=(CANARY.lower(),))
            for d in frame.detections
        ),
        events=(FrameEvent(id="1", kind="mark", unknown=unknown),),
        hops=(Hop(service="detector", instance="1", in_ns=1, out_ns=2, unknown=unknown),),
        tags={"file": CANARY, "event": "x" * 64 + CANARY, "trigger": "night", CANARY: "y"},
    )


def test_no_byte_of_metadata_tags_tracks_or_unknown_fields_gets_out() -> None:
    """Covered, empty and withheld frames, called foreign or framebus's own; stills; with and without boxes."""
    kinds = itertools.product(
        [(), (SOMEBODY,)], ["foreign", "framebus"], [False, True], [False, True], [("person",), ()], [False, True]
    )
    for people, image_by, still, keep_boxes, labels, withheld in kinds:
        frame = overfull(people, image_by=image_by, still=still)
        frame = replace(frame, verdicts=None) if withheld else frame
        outs = play(stage(keep_boxes=keep_boxes, labels=labels), [frame, END])
        published = codec.encode(outs[0].message)
        assert CANARY.encode() not in published
        assert CANARY.lower().encode() not in published
        assert outs[0].message.redaction.withheld == withheld


def test_what_is_named_in_the_allow_list_gets_out() -> None:
    """Identity, time, who looked, what was found, events, hops, the name of a schedule."""
    frame = overfull((SOMEBODY,))
    [out, _end] = play(stage(), [frame, END])
    message = out.message
    assert message.frame_id == frame.frame_id
    assert message.captured_at == frame.captured_at
    assert [(v.model, v.labels, v.how) for v in message.verdicts] == [("drawn", ("person",), "full")]
    assert [(d.label, d.box, d.redacted, d.track, d.zones) for d in message.detections] == [
        ("person", SOMEBODY, True, None, ())
    ]
    assert [(event.id, event.kind) for event in message.events] == [("1", "mark")]
    assert [hop.service for hop in message.hops] == ["detector"]
    assert message.tags == {"event": "x" * 64, "trigger": "night"}
    assert message.image_by == "framebus"


def test_without_boxes_nobody_can_tell_where_people_were_from_the_fields() -> None:
    """--no-boxes: neither detections nor the covered area."""
    [out, _end] = play(stage(keep_boxes=False), [looked(0, (SOMEBODY,)), END])
    assert (out.message.detections, out.message.redaction.boxes) == ((), ())


def test_a_frame_without_anything_to_cover_keeps_its_bytes_only_if_they_are_ours() -> None:
    """Foreign bytes are coded again from pixels, and so are ours where anything was added to them."""
    own = seen(unlooked(0, image=images.encode(scene(), 60)))
    foreign = replace(own, image_by="foreign")
    grown = images.encode(scene())[:-2] + b"\xff\xd9trailer"
    added = seen(unlooked(0, image=grown))
    copied = [play(stage(), [frame, END])[0].message.image == frame.image for frame in (own, foreign, added)]
    assert copied == [True, False, False]


def test_an_end_gets_out_without_free_text() -> None:
    """A reason of plain words stays; an address or a path goes."""
    for reason, published in [("end of file", "end of file"), ("rtsp://u:p@host/x", ""), ("/home/a/b", "")]:
        [out] = stage().handle(replace(END, reason=reason, unknown={"secret": CANARY}))
        assert out.message.reason == published
        assert CANARY.encode() not in codec.encode(out.message)


def test_a_second_redactor_does_not_trust_the_first() -> None:
    """The verdicts are about other bytes: everything covered is withheld."""
    [first, _end] = play(stage(), [looked(0, (SOMEBODY,)), END])
    [second, _end] = play(stage(labels=("face",)), [first.message, END])
    assert second.message.redaction.withheld is True
