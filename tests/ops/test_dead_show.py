"""framebus dead show: what it tells about a letter, what it never shows, what it writes into files."""

import json
import stat
from pathlib import Path

from libs.common import codec
from libs.common.bus import partition_of
from libs.common.errors import PermanentError
from libs.common.kafka_settings import KafkaSettings
from libs.common.testing import frame
from libs.common.topics import PARTITIONS, topic_named
from tests.common.kafka_tools import make_topic
from tests.ops.dead_rig import GROUP, Dead, Fresh, Refused, bury, frames, put, safe_source

PORCH = partition_of("porch", PARTITIONS)
HOSTILE = "\x1b]0;owned\x07\x1b[2J\r\n\x85\u202e\x7f"


def test_a_letter_is_told_with_its_class_reason_place_and_fields(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead
) -> None:
    """Everything but the picture."""
    source = fresh("frames")
    bury(kafka, source, frames("porch", 7))
    found = dead("show", source)
    size = len(codec.encode(frame("porch", 7)))
    assert found.status == 0
    assert found.lines[0] == f"{source}.dead: raw, people may be seen; 1 letter"
    assert found.lines[1].split()[:4] == ["partition", f"{PORCH}", "offset", "0"]
    assert found.lines[1].endswith("  bug")
    assert found.lines[2:5] == [
        "    error: division by zero",
        f"    refused by detector, group {GROUP}, attempts 1, from {source}/{PORCH}@0",
        f"    key porch, {size} bytes",
    ]
    assert found.lines[5].startswith("    message: type frame, camera porch, boot 00000001, seq 7, captured_at 2023-")
    assert f", image {len(frame('porch', 7).image)} bytes, " in found.lines[5]
    assert len(found.lines) == 6


def test_the_newest_letters_are_shown_and_the_newest_is_the_last(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead
) -> None:
    """As many as --limit says, of those that were chosen."""
    source = fresh("frames")
    bury(kafka, source, [*frames("porch", 0, 1, 2, 3), Refused(b"garbage")])
    found = dead("show", source, "--reason", "bug", "--limit", "2", "--format", "json")
    assert [json.loads(line)["message"]["seq"] for line in found.lines] == ["2", "3"]
    assert dead("show", source, "--limit", "2").lines[0].endswith("; 5 letters, the newest 2 of them")


def test_one_letter_is_shown_by_its_place(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """A place that is not there is one line that says what is."""
    source = fresh("frames")
    bury(kafka, source, frames("porch", 4, 5, 6))
    told = json.loads(dead("show", source, "--partition", f"{PORCH}", "--offset", "1", "--format", "json").out)
    assert (told["class"], told["partition"], told["offset"], told["message"]["seq"]) == ("raw", PORCH, 1, "5")
    for partition, offset, why in (
        ("9", "0", f"{source}.dead has no partition 9: expected 0 to 5"),
        (f"{PORCH}", "3", f"{source}.dead has no offset 3 in partition {PORCH}: expected 0 to 2"),
        ("0", "0", f"{source}.dead has no offset 0 in partition 0: it is empty"),
    ):
        found = dead("show", source, "--partition", partition, "--offset", offset)
        assert (found.status, found.out, found.err) == (1, "", f"framebus dead: {why}\n")


def test_no_control_character_of_a_stranger_reaches_the_terminal(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead
) -> None:
    """In no header, key or field, neither as text nor as JSON; each letter keeps its lines."""
    topic, hostile = fresh("frames") + ".dead", HOSTILE.encode()
    names = ("reason", "error", "topic", "partition", "offset", "group", "service", "attempts", "sha256")
    value = codec.encode(frame("porch", 0, tags={"file": HOSTILE}, image_by="foreign"))
    put(kafka, topic, [(hostile, value, [(name, hostile) for name in names]), (hostile * 9, hostile, ())])
    for words in (["list"], ["list", "--format", "json"], ["show"], ["show", "--format", "json"]):
        found = dead(words[0], topic, *words[1:])
        assert found.status == 0
        assert [c for c in found.out if not c.isprintable() and c != "\n"] == []
    assert len(dead("show", topic).lines) == 1 + 2 * 5
    told = [json.loads(line) for line in dead("show", topic, "--format", "json").lines]
    assert told[0]["error"] == HOSTILE
    assert told[1]["key"].endswith(" bytes more")


def test_endless_texts_are_cut(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """With how long they were."""
    topic = fresh("frames") + ".dead"
    put(kafka, topic, [(None, b"", [("reason", b"r" * 5000), ("error", b"e" * 5000)])])
    found = dead("show", topic)
    assert "e... (2048 characters)" in found.out
    assert len(found.out) < 2000


def test_values_are_saved_for_the_owner_alone_with_their_class_in_the_name(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead, tmp_path: Path
) -> None:
    """Byte for byte; what is there already is left as it is."""
    source, folder = fresh("frames"), tmp_path / "letters"
    bury(kafka, source, [Refused(b"garbage")])
    found = dead("show", source, "--save", str(folder), "--raw")
    path = folder / f"raw-{source}.dead-{PORCH}-0.msgpack"
    assert found.lines[-1] == f"    saved as {path}"
    assert path.read_bytes() == b"garbage"
    assert (stat.S_IMODE(path.stat().st_mode), stat.S_IMODE(folder.stat().st_mode)) == (0o600, 0o700)
    path.write_bytes(b"mine")
    assert dead("show", source, "--save", str(folder), "--raw").lines[-1].endswith("is there already, left as it is")
    assert path.read_bytes() == b"mine"


def test_saving_what_shows_people_takes_the_word_raw(kafka: KafkaSettings, dead: Dead, tmp_path: Path) -> None:
    """Safe letters need none."""
    refused = dead("show", "frames.source", "--save", str(tmp_path))
    assert refused.status == 2
    assert "people may be seen" in refused.err
    source = safe_source()
    bury(kafka, source, [Refused(b"garbage")])
    assert dead("show", source, "--save", str(tmp_path)).status == 0
    assert [path.name.partition("-")[0] for path in tmp_path.iterdir()] == ["safe"]


def test_a_folder_that_cannot_be_written_is_one_line(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead, tmp_path: Path
) -> None:
    """A file stands in its place."""
    source, file = fresh("frames"), tmp_path / "file"
    file.write_text("")
    bury(kafka, source, [Refused(b"garbage")])
    found = dead("show", source, "--save", str(file / "inside"), "--raw")
    assert found.status == 1
    assert found.err.startswith("framebus dead: --save ")
    assert len(found.err.splitlines()) == 1


def test_a_letter_of_which_only_a_hash_was_kept_says_so(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead, tmp_path: Path
) -> None:
    """There is nothing to be saved."""
    source = fresh("frames")
    make_topic(kafka, f"{source}.dead", max_message_bytes="20000")
    bury(kafka, source, [Refused(bytes(30_000), error=PermanentError("it is too much", "too-much"))])
    assert topic_named(f"{source}.dead").kind == "raw"
    found = dead("show", source, "--save", str(tmp_path), "--raw")
    assert found.lines[-2:] == ["    message: too large to be kept", "    nothing to save: there is no value"]
    assert ", 0 bytes, sha256 " in found.out
    assert list(tmp_path.iterdir()) == []
    assert "no value was kept of 1" in dead("list", source).out
