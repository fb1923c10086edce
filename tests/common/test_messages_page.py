"""docs/messages.md is enough to join: every field and type is named, its vectors and its program are right."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from libs.common import codec
from libs.common.bus import murmur2, partition_of
from libs.common.message_part import Part
from libs.common.messages import MAX_DETECTIONS, MAX_HOPS, MAX_JPEG_BYTES, MESSAGE_TYPES, End, Frame, Message
from libs.common.reasons import DEAD
from tests.common.every_message import messages

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "messages.md").read_text()
PARTS = sorted(codec._SHAPES, key=lambda part: part.__name__)


def section(title: str) -> str:
    """A chapter of the page; the rest of the chapter `frame` describes its nested maps."""
    found = re.search(rf"^## [^\n]*\b{title}\b[^\n]*\n(.*?)(?=^## |\Z)", PAGE, re.S | re.M)
    assert found is not None, title
    return found[1]


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.S)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_field_is_named_where_its_message_is_described(part: type[Part]) -> None:
    """Fields of nested maps in the chapter of the frame."""
    text = section(part.TYPE if issubclass(part, Message) else "frame")
    names = [field.encode_name for field in msgspec.structs.fields(part) if field.encode_name]
    assert [name for name in names if f"`{name}`" not in text] == []


@pytest.mark.parametrize("kind", [*MESSAGE_TYPES.values()], ids=lambda kind: kind.TYPE)
def test_every_closed_choice_is_named(kind: type[Message]) -> None:
    """What a pattern like `^(a|b)$` allows stands on the page."""
    for part in {kind, *codec._SHAPES[kind][1].values()}:
        for field in msgspec.structs.fields(part):
            for word in re.findall(r"pattern='\^\(([a-z|-]+)\)", repr((field.type, get_args(field.type)))):
                assert [choice for choice in word.split("|") if f"`{choice}`" not in PAGE] == []


def test_every_reason_is_explained() -> None:
    """Of dead letters on this page, of withheld pictures on the page that it names."""
    letters, withheld = section("Dead letters"), (ROOT / "docs" / "privacy.md").read_text()
    assert [reason for reason in DEAD if f"`{reason}`" not in letters] == []
    reasons = re.search(r"^\| `reason` \| (.*), or nil", section("frame"), re.M)
    assert reasons is not None
    assert [reason for reason in reasons[1].split(", ") if f"| {reason} |" not in withheld] == []


def test_the_limits_are_those_of_the_code() -> None:
    """Whoever changes one changes the page."""
    assert f"`image` | bin, 1 byte to {MAX_JPEG_BYTES >> 20} MiB" in PAGE
    assert f"`detections` | list of ≤ {MAX_DETECTIONS} maps" in PAGE
    assert f"`hops` | list of ≤ {MAX_HOPS} maps" in PAGE
    for text in (
        f"more than {codec.MAX_MESSAGE_BYTES >> 20} MiB",
        f"a text above {codec.MAX_TEXT_BYTES >> 10} KiB",
        f"a list of more than {codec.MAX_ARRAY_ITEMS} or a map of more than {codec.MAX_MAP_ITEMS} entries",
        f"more than {codec.MAX_ITEMS:,}\n  values",
        f"more than {codec.MAX_DEPTH} levels",
    ):
        assert text in PAGE, text


def test_the_vectors_of_the_partition_rule_are_right() -> None:
    """Key, hash, without its sign, partition of six."""
    rows = re.findall(r"^\| `([\w-]+)` \| (\d+) \| (\d+) \| (\d) \|$", PAGE, re.M)
    assert len(rows) == 2
    for key, unsigned, positive, partition in rows:
        assert murmur2(key.encode()) == int(unsigned)
        assert murmur2(key.encode()) & 0x7FFFFFFF == int(positive)
        assert partition_of(key, 6) == int(partition)


def test_the_bytes_on_the_page_are_the_golden_ones() -> None:
    """The example can be checked with any msgpack library."""
    data = bytes.fromhex("".join(line[:48] for line in block("text").splitlines()))
    assert data == codec.encode(messages()["end"])
    assert codec.decode(data) == messages()["end"]


def test_the_python_program_writes_a_stream_that_framebus_reads(tmp_path: Path) -> None:
    """Exactly as it stands on the page."""
    (tmp_path / "picture.jpg").write_bytes(b"\xff\xd8\xff\xd9")
    command = [sys.executable, "-c", block("python")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=30, check=True)
    frame, end = [codec.decode(value) for value in codec.Splitter().feed(done.stdout)]
    assert isinstance(frame, Frame)
    assert isinstance(end, End)
    assert (frame.camera, frame.image, frame.image_by) == ("porch", b"\xff\xd8\xff\xd9", "foreign")
    assert (end.boot, end.last_seq) == (frame.boot, 0)
