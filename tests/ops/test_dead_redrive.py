"""framebus dead redrive: what it copies, and where it never does."""

from collections.abc import Iterator

import pytest

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.errors import PermanentError
from libs.common.kafka_admin import Admin, ensure_topic
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Frame
from libs.common.topics import PARTITIONS, Topic
from libs.ops.dead_letter import Choice, Letter
from libs.ops.dead_reader import DeadReader
from libs.ops.dead_redrive import Redrive
from tests.common.kafka_tools import make_topic, until, writing
from tests.ops.dead_rig import Dead, Fresh, Refused, bury, frames, put, records_of, safe_source


def test_messages_come_as_they_were_in_the_order_of_their_camera(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead
) -> None:
    """Into a topic made for them, in the partition of their camera, with where they come from."""
    source, target = fresh("frames"), fresh("again")
    cameras = ("porch", "garden", "gate")
    refused = [item for n in range(20) for camera in cameras for item in frames(camera, n)]
    bury(kafka, source, refused)
    found = dead("redrive", source, "--to", target)
    assert found.status == 0
    assert found.lines[0] == f"{source}.dead -> {target} (raw): 60 letters copied"
    records = records_of(kafka, target, 60)
    for camera in cameras:
        of_camera = [record for record in records if record.key == camera.encode()]
        messages = [codec.decode(record.value or b"") for record in of_camera]
        assert [m.seq for m in messages if isinstance(m, Frame)] == list(range(20))
        assert {record.place.partition for record in of_camera} == {partition_of(camera, PARTITIONS)}
    assert {record.value for record in records} == {item.value for item in refused}
    headers = dict(min(records, key=lambda record: (record.place, record.offset)).headers)
    assert headers["redriven_from"].startswith(f"{source}.dead/".encode())
    assert headers["topic"] == source.encode()
    with Admin(kafka) as admin:
        assert admin.differences(Topic(target)) == {}


def test_the_next_command_is_said_with_a_new_topic_behind_it(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """One of a service that is known; else what to look for."""
    source, target = fresh("frames"), fresh("again")
    bury(kafka, source, frames("porch", 0))
    line = f"next: framebus detector -i {target} -t frames.detected.redriven, with the other flags that it has"
    assert dead("redrive", source, "--to", target).lines[-1] == line
    other = fresh("frames")
    bury(kafka, other, [Refused(b"x", service="\x1b[2J; rm -rf /")])
    assert "rm -rf" not in dead("redrive", other, "--to", fresh("again")).out


def test_only_what_was_chosen_is_copied(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """The letters themselves stay where they are."""
    source, target = fresh("frames"), fresh("again")
    bury(kafka, source, [*frames("porch", 0), Refused(b"garbage"), *frames("garden", 0)])
    found = dead("redrive", source, "--to", target, "--reason", "bug", "--camera", "porch")
    assert found.lines[0].endswith(": 1 letter copied (reason bug, camera porch)")
    assert [record.key for record in records_of(kafka, target, 1)] == [b"porch"]
    assert dead("list", source).lines[0].endswith("; 3 letters")


def test_a_dry_run_counts_and_makes_nothing(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """Neither does a choice that nothing fits."""
    source, target = fresh("frames"), fresh("again")
    bury(kafka, source, frames("porch", 0, 1))
    found = dead("redrive", source, "--to", target, "--dry-run")
    assert (found.status, found.lines[0].rpartition(": ")[2]) == (0, "2 letters would be copied")
    assert dead("redrive", source, "--to", target, "--reason", "other").lines == [
        f"{source}.dead -> {target} (raw): 0 letters copied (reason other)"
    ]
    with Admin(kafka) as admin:
        assert target not in admin.names()


def test_a_topic_that_was_ever_written_is_refused(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """Also when its records are gone by now; one that was only made is taken."""
    source, used, emptied, made = fresh("frames"), fresh("used"), fresh("emptied"), fresh("made")
    bury(kafka, source, frames("porch", 0))
    for name in (used, emptied):
        put(kafka, name, [(b"porch", b"x", ())])
    ensure_topic(kafka, made)
    with Admin(kafka) as admin:
        admin.delete_before({Place(emptied, 0): 1})
    for name in (used, emptied):
        found = dead("redrive", source, "--to", name)
        assert (found.status, found.out) == (1, "")
        assert found.err.startswith(f"framebus dead: --to {name}: it has been written before; ")
    assert dead("redrive", source, "--to", made).status == 0
    assert dead("redrive", source, "--to", made).status == 1


def test_a_safe_letter_goes_into_a_safe_topic(kafka: KafkaSettings, dead: Dead) -> None:
    """Made with the settings of what it comes from."""
    source, target = safe_source(), safe_source()
    bury(kafka, source, frames("porch", 0))
    assert dead("redrive", source, "--to", target).lines[0].endswith(f"-> {target} (safe): 1 letter copied")


class Interrupted(DeadReader):
    """Reads all there is, and then Ctrl-C comes."""

    def letters(self, since_ms: int | None = None) -> Iterator[Letter]:
        yield from super().letters(since_ms)
        raise KeyboardInterrupt


def test_what_is_interrupted_says_that_the_new_topic_is_incomplete(
    kafka: KafkaSettings, fresh: Fresh, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody takes half of it for all; where nothing was sent there is nothing to say."""
    source, target = fresh("frames"), fresh("again")
    bury(kafka, source, frames("porch", 0))
    dead_topic = f"{source}.dead"
    for writes in (False, True):
        capsys.readouterr()
        with (
            writing(kafka) as writer,
            Interrupted(kafka, {dead_topic: PARTITIONS}) as reader,
            pytest.raises(KeyboardInterrupt),
        ):
            Redrive(dead_topic, target, writer if writes else None).run(reader, Choice())
        said = f"{target} is incomplete: begin again with another topic\n"
        assert capsys.readouterr().out == (said if writes else "")


def test_what_was_not_kept_is_counted(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """It is too late for that, and no failure."""
    source, target = fresh("frames"), fresh("again")
    make_topic(kafka, f"{source}.dead", max_message_bytes="20000")
    large = PermanentError("it is too much", "too-much")
    bury(kafka, source, [Refused(bytes(30_000), error=large), Refused(b"small")])
    found = dead("redrive", source, "--to", target)
    assert found.status == 0
    assert found.lines[0].endswith(": 1 letter copied")
    assert found.lines[1] == "          not copied: 1 of which no value was kept"


def test_what_the_new_topic_refuses_is_status_1(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """Somebody made it too small; the others are copied."""
    source, target = fresh("frames"), fresh("again")
    make_topic(kafka, target, max_message_bytes="20000")
    bury(kafka, source, [Refused(bytes(30_000)), Refused(b"small")])
    found = dead("redrive", source, "--to", target)
    assert found.status == 1
    assert found.lines[0].endswith(": 1 letter copied")
    assert f"not copied: 1: {target} takes at most" in found.lines[1]


def test_letters_without_a_camera_keep_their_partition(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """A key that is no text still says where they belong."""
    topic, target = fresh("frames") + ".dead", fresh("again")
    put(kafka, topic, [(None, b"no key", ()), (b"\xff\xfe", b"no text", ())])
    assert dead("redrive", topic, "--to", target).status == 0
    assert {record.value: record.key for record in records_of(kafka, target, 2)} == {
        b"no key": None,
        b"no text": b"\xff\xfe",
    }


def test_a_redriven_message_that_is_refused_again_is_a_letter_of_the_same_class(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead
) -> None:
    """It can be sent again once more, into yet another topic."""
    source, target = safe_source(), safe_source()
    bury(kafka, source, frames("porch", 0))
    assert dead("redrive", source, "--to", target).status == 0
    bury(kafka, target, frames("porch", 0))
    until(lambda: dead("list", target).lines[0] == f"{target}.dead: safe; 1 letter")
    assert dead("redrive", target, "--to", safe_source()).status == 0
