"""framebus dead list: what it counts, and what it leaves out."""

import json
import re

import kafka as kafka_python

from libs.common import codec
from libs.common.kafka_admin import ensure_topic
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Notice
from tests.common.kafka_raw import produce, zstd_batch
from tests.common.kafka_tools import make_topic
from tests.ops.dead_rig import Dead, Fresh, Refused, bury, frames, put, safe_source


def notice(camera: str, name: str) -> Refused:
    """One that was told to nobody."""
    about = {"event": "e", "channel": "mail", "rule": "r", "kind": "mark", "at": 1, "noticed_at": 1, "state": "expired"}
    return Refused(codec.encode(Notice(id=name, camera=camera, **about)), name.encode())  # type: ignore[arg-type]


TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def test_letters_are_counted_by_reason_and_service_with_their_times(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead
) -> None:
    """The class first, the most frequent reason next, then the cameras; the source's name will do."""
    source = fresh("frames")
    bury(kafka, source, [Refused(b"garbage"), Refused(b"more", b"garden"), *frames("porch", 0)])
    found = dead("list", source)
    assert found.status == 0
    assert found.lines[0] == f"{source}.dead: raw, people may be seen; 3 letters"
    assert re.fullmatch(rf" +2  bad-message, by detector, {TIME} to {TIME}", found.lines[1])
    assert re.fullmatch(rf" +1  bug, by detector, {TIME} to {TIME}", found.lines[2])
    assert found.lines[3:] == ["          cameras: porch 2, garden 1"]


def test_a_safe_topic_is_said_to_be_safe(kafka: KafkaSettings, dead: Dead) -> None:
    """Also where it was redriven before."""
    source = safe_source()
    bury(kafka, source, frames("porch", 0))
    assert dead("list", f"{source}.dead").lines[0] == f"{source}.dead: safe; 1 letter"


def test_notices_belong_to_their_cameras(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """They lie under ids, which are no names of cameras; by camera they are found, too."""
    source = fresh("notices")
    bury(kafka, source, [notice("porch", "1" * 32), notice("porch", "2" * 32), notice("yard", "3" * 32)])
    assert dead("list", source).lines[-1] == "          cameras: porch 2, yard 1"
    assert dead("list", source, "--camera", "y*").lines[0].endswith("; 1 letter (camera y*)")
    assert f"    key {'3' * 32}, " in dead("show", source, "--camera", "yard").out


def test_a_choice_counts_only_what_was_chosen(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """By reason, group, camera and time, alone and together; the choice is said."""
    source = fresh("frames")
    bury(kafka, source, [Refused(b"garbage"), *frames("porch", 0, 1), *frames("garden", 0)])

    def count(*words: str) -> int:
        return int(json.loads(dead("list", source, *words, "--format", "json").out)["letters"])

    assert count("--reason", "bug") == 3
    assert count("--reason", "bug", "--reason", "bad-message") == 4
    assert count("--camera", "gar*") == 1
    assert count("--reason", "bad-message", "--camera", "garden") == 0
    assert count("--group", "other") == 0
    assert count("--since", "-10m") == 4
    assert count("--until", "-10m") == 0
    assert dead("list", source, "--reason", "bug").lines[0].endswith("; 3 letters (reason bug)")


def test_the_times_it_says_can_be_given_back(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """Since is the first moment, until the first one after."""
    source = fresh("frames")
    bury(kafka, source, frames("porch", 0))
    bury(kafka, source, [Refused(b"garbage")])
    told = json.loads(dead("list", source, "--format", "json").out)["reasons"]
    garbage_at = next(row["oldest"] for row in told if row["reason"] == "bad-message")
    assert dead("list", source, "--since", garbage_at).lines[1].split()[:2] == ["1", "bad-message,"]
    assert dead("list", source, "--until", garbage_at).lines[1].split()[:2] == ["1", "bug,"]


def test_without_topics_it_shows_every_topic_of_dead_letters(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """Empty ones too, and none of the others."""
    source, empty = fresh("frames"), fresh("empty")
    bury(kafka, source, [Refused(b"garbage")])
    ensure_topic(kafka, f"{empty}.dead")
    ensure_topic(kafka, fresh("other"))
    found = dead()
    assert found.status == 0
    heads = [line.partition(":")[0] for line in found.lines if not line.startswith(" ")]
    assert {f"{source}.dead", f"{empty}.dead"} <= set(heads)
    assert all(head.endswith(".dead") for head in heads)
    assert f"{empty}.dead: raw, people may be seen; 0 letters" in found.lines


def test_a_topic_that_does_not_exist_is_one_line_and_status_1(fresh: Fresh, dead: Dead) -> None:
    """Nothing is made by asking."""
    source = fresh("nosuch")
    for _ in range(2):
        found = dead("list", source)
        assert (found.status, found.out) == (1, "")
        assert found.err.startswith(f"framebus dead: topic {source}.dead does not exist: ")


def test_what_cannot_be_read_is_counted_and_what_lies_around_it_too(
    kafka: KafkaSettings, fresh: Fresh, dead: Dead
) -> None:
    """A batch in a codec that framebus does not read, and a record that says nothing about itself."""
    topic = fresh("frames") + ".dead"
    make_topic(kafka, topic, compression_type="producer")
    assert produce(kafka.bootstrap, topic, 0, zstd_batch(3)) == 0
    put(kafka, topic, [(None, b"who wrote this", ())])
    found = dead("list", topic)
    assert found.lines[0].endswith("; 1 letter")
    assert found.lines[1].split("  ")[-1].startswith("(not said), by (not said), ")
    assert found.lines[-1] == "          3 more could not be read: not written by framebus, or damaged"


def test_reading_ends_behind_a_transaction(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """Its marker is the last offset, and no record: nobody waits for one."""
    topic = fresh("frames") + ".dead"
    ensure_topic(kafka, topic)
    producer = kafka_python.KafkaProducer(bootstrap_servers=kafka.bootstrap, transactional_id=fresh("transaction"))
    producer.init_transactions()
    producer.begin_transaction()
    producer.send(topic, b"committed", partition=2)
    producer.commit_transaction()
    producer.close(timeout=5)
    assert dead("list", topic).lines[0].endswith("; 1 letter")


def test_thousands_of_reasons_and_cameras_stay_a_short_summary(kafka: KafkaSettings, fresh: Fresh, dead: Dead) -> None:
    """What strangers write does not grow the table: the rest is summed up. All of them are counted."""
    topic = fresh("frames") + ".dead"
    put(kafka, topic, ((b"c%d" % n, b"x" * 100, [("reason", b"r%d" % n)]) for n in range(3000)))
    found = dead("list", topic)
    assert found.lines[0].endswith("; 3000 letters")
    assert len(found.lines) < 60
    assert found.lines[1].split()[:4] == ["2950", "(others),", "by", "(others),"]
