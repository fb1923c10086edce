"""One example of every message, with all fields, and the frames of the chain: for golden files, codec and page."""

from typing import Any

from libs.common.messages import (
    Detection,
    End,
    Event,
    Frame,
    FrameEvent,
    Hop,
    Message,
    Notice,
    Producer,
    Recording,
    Redaction,
    Segment,
    Status,
    Trigger,
    Verdict,
    replace,
)

AT = 1_700_000_000_000_000_000
JPEG = b"\xff\xd8 not really a picture \xff\xd9"
RAW: dict[str, Any] = {
    "camera": "porch",
    "boot": "0a1b2c3d",
    "seq": 41,
    "captured_at": AT,
    "width": 768,
    "height": 576,
    "image": JPEG,
}


def full_frame() -> Frame:
    """A frame with every field of every nested map."""
    return Frame(
        **RAW,
        image_by="framebus",
        still=False,
        verdicts=(
            Verdict(model="motion", labels=("moving",), how="full", image_crc=4_294_967_295),
            Verdict(model="hog", labels=("person",), how="carried", image_crc=0),
        ),
        detections=(
            Detection(
                label="moving",
                confidence=0.5,
                box=(0.0, 0.25, 0.5, 1.0),
                by=0,
                track="7",
                zones=("door", "street"),
                parents=("thing",),
                redacted=True,
            ),
            Detection(label="person", confidence=1.0, box=(0.1, 0.2, 0.3, 0.4), by=1, track=12),
        ),
        events=(FrameEvent(id="6f1c", kind="detection.started", label="person"),),
        redaction=Redaction(
            policy="fill", labels=("moving",), boxes=((0.0, 0.0, 0.5, 1.0),), withheld=True, reason="gap"
        ),
        hops=(
            Hop(service="producer", instance="box-1", in_ns=AT, out_ns=AT + 5),
            Hop(service="detector", instance="box-2", in_ns=AT + 10, out_ns=AT + 20),
        ),
        tags={"file": "street.mp4", "event": "schedule: noon"},
    )


def messages() -> dict[str, Message]:
    """By name of the golden file."""
    full = full_frame()
    return {
        "frame": full,
        "raw frame": Frame(**RAW),
        "redacted frame": replace(
            full,
            image_by="framebus",
            redaction=Redaction(policy="fill", labels=("moving",), boxes=((0.0, 0.25, 0.5, 1.0),), withheld=False),
            tags={},
        ),
        "end": End(camera="porch", boot="0a1b2c3d", last_seq=41, reason="end of file"),
        "event": Event(
            id="6f1c",
            camera="porch",
            kind="detection.started",
            at=AT,
            frame_id="porch/0a1b2c3d/41",
            labels=("person",),
            counts={"person": 2},
            text="2 persons",
            data={"zone": "door", "speed": 1.5},
        ),
        "status": Status(
            camera="porch",
            state="connected",
            since=AT,
            error=None,
            source="rtsp",
            fps=12.5,
            width=768,
            height=576,
            host="box-1",
            paused=("alerts",),
        ),
        "producer": Producer(host="box-1", instance="box-1-77", version="0.1.0", cameras=("porch",), seen_at=AT),
        "trigger": Trigger(id="t-1", camera="porch", action="burst", at=AT, params={"frames": 5}),
        "segment": Segment(
            camera="porch",
            boot="0a1b2c3d",
            seq=3,
            start_at=AT,
            duration_ns=2_000_000_000,
            codec="h264",
            container="mpegts",
            key=True,
            data=b"G" + bytes(187),
        ),
        "recording": Recording(
            id="r-1",
            camera="porch",
            kind="event",
            path="porch/2023-11-14/r-1.mp4",
            url=None,
            start_at=AT,
            end_at=AT + 10_000_000_000,
            frames=100,
            bytes=1_048_576,
            sha256="ab" * 32,
            reason="event 6f1c",
        ),
        "notice": Notice(
            id="0f" * 16,
            camera="porch",
            event="6f1c",
            channel="office",
            rule="somebody at night",
            kind="detection.started",
            at=AT,
            noticed_at=AT + 1_000_000,
            state="sent",
            label="person",
            frame_id="porch/0a1b2c3d/41",
            labels={"person": 0.5, "cat": None},
            counts={"person": 2},
            zones=("drive",),
            text="2 persons",
            data={"zone": "door"},
            meanwhile=3,
            attempts=1,
            due_at=AT + 2_000_000,
            by="box-1",
            life="1a2b3c4d",
            sent_at=AT + 3_000_000,
            error="no answer in 10 s",
            handle="77",
            updates="6f1d",
            members=("6f1e", "6f1f"),
        ),
    }
