"""The programs in docs/examples/node against a real broker: what they write is read, what they read was written."""

import json
from pathlib import Path
from typing import Any

from libs.common import codec, images
from libs.common.bus import Place, partition_of
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import End, Frame, Redaction, replace
from libs.common.testing import frame
from tests.common.kafka_tools import writing
from tests.foreign.conftest import Make, Run
from tests.pipeline.chain import read_until_end, running

WITHHELD = Redaction(policy="solid", labels=("person",), boxes=(), withheld=True, reason="gap")
SHOWN = replace(WITHHELD, withheld=False, reason=None)
BAD = {
    "noise": "bad-message",
    "cut off": "bad-message",
    "bytes behind the map": "bad-message",
    "a future version": "unknown-version",
    "an unknown type": "unknown-type",
    "a time as a float": "bad-message",
    "a time as an ext type": "bad-message",
    "no width": "bad-message",
    "not a JPEG": "bad-picture",
    "another camera's key": "wrong-key",
}
SECONDS = "10"


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_it_reads_redacted_frames(kafka: KafkaSettings, make: Make, node: Run, node_folder: Path) -> None:
    """Counts frames, gaps and repeats, keeps from raw ones, and outlives what is no message."""
    topic = make("frames.redacted")
    good = [frame(seq=seq, redaction=WITHHELD if seq == 3 else SHOWN) for seq in (0, 1, 1, 3, 4)]
    sent = [codec.encode(each) for each in (*good, frame("attic"), End(camera="porch", boot=good[0].boot, last_seq=4))]
    early = codec.encode(frame("cellar", captured_at=0, redaction=SHOWN))
    with writing(kafka) as writer:
        for value in (b"no message", *sent, codec.encode(good[0])[:-9], early):
            writer.send(Place(topic, 0), None, value)
        assert writer.flush(10)
    told = lines(node("read_frames.mjs", kafka.bootstrap, topic, SECONDS))
    assert told.pop() == {"refused": 2}
    porch, attic, cellar = told
    assert porch | {"newest": ""} == {
        "camera": "porch",
        "frames": 4,
        "repeats": 1,
        "missing": 1,
        "ends": 1,
        "raw": 0,
        "withheld": {"gap": 1},
        "boots": [good[0].boot],
        "newest": "",
    }
    assert porch["newest"] == "2023-11-14T22:13:20.400Z"
    assert (attic["raw"], cellar["newest"]) == (1, "1970-01-01T00:00:00.000Z")
    assert (node_folder / "porch.jpg").read_bytes() == good[-1].image
    assert not (node_folder / "attic.jpg").exists()


def test_what_it_writes_goes_through_the_chain_or_to_the_dead_letters(
    kafka: KafkaSettings, make: Make, node: Run, node_folder: Path
) -> None:
    """In the partition that Python reckons, with the same frames behind the redactor, each bad one with its reason."""
    source, detected, redacted = (make(f"frames.{name}") for name in ("source", "detected", "redacted"))
    example = frame()
    (node_folder / "picture.jpg").write_bytes(example.image)
    size = (str(example.width), str(example.height))
    detector = ("detector", ["-i", source, "-t", detected])
    redactor = ("redactor", ["moving", "-i", detected, "-t", redacted])
    with running(detector, redactor, bootstrap=kafka.bootstrap):
        sent = lines(node("write_frames.mjs", "picture.jpg", *size, kafka.bootstrap, source))
        found = read_until_end(kafka.bootstrap, redacted, timeout_s=30)
        told = lines(node("read_frames.mjs", kafka.bootstrap, redacted, SECONDS))
        dead = lines(node("read_dead.mjs", kafka.bootstrap, f"{source}.dead", SECONDS))
    assert {row["partition"] for row in sent if row["what"] == "frame"} == {partition_of("node-1", 6)}
    frames = [each for each in found if isinstance(each, Frame)]
    assert [each.frame_id for each in frames] == [f"node-1/{sent[0]['boot']}/{seq}" for seq in range(30)]
    assert all(images.read_header(each.image).width == example.width for each in frames)
    assert (told[0]["frames"], told[0]["missing"], told[0]["raw"], told[0]["ends"]) == (30, 0, 0, 1)
    reasons = {(int(row["partition"]), int(row["offset"])): row["reason"] for row in dead}
    assert {row["what"]: reasons[row["partition"], row["offset"]] for row in sent if row["what"] in BAD} == BAD
    assert len(dead) == len(BAD)
