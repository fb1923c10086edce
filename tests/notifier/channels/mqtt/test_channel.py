"""Notes at a real broker, as somebody else hears them."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.common.errors import PermanentError, TemporaryError
from services.notifier.channels.channel import Clip
from services.notifier.channels.mqtt.channel import TRIES
from services.notifier.channels.mqtt.names import Topics
from tests.notifier.channels.mqtt.mosquitto import Mosquitto, wait_until
from tests.notifier.channels.mqtt.rig import Site, happening
from tests.notifier.channels.notes import JPEG, note

NOTICE, PICTURE = "framebus/porch/notice", "framebus/porch/picture"


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_note_comes_as_json_with_its_picture_beside_it(broker: Mosquitto, protocol: str) -> None:
    """The picture first: whoever acts on the note has it. Neither stays at the broker."""
    ear = broker.ear()
    with Site().channel(broker.port, protocol=protocol) as channel:
        assert channel.send(note(jpeg=JPEG)) == note().id
        told = json.loads(ear.wait(NOTICE))
    assert [each.topic for each in ear.heard if each.topic in (NOTICE, PICTURE) and each.payload] == [PICTURE, NOTICE]
    assert JPEG in ear.of(PICTURE)
    assert told["picture"] == PICTURE
    assert (told["id"], told["update"], told["test"]) == (note().id, False, False)
    assert (told["at"], told["text"]) == ("2023-11-14T22:13:20.123Z", note().text)
    assert (told["labels"], told["counts"], told["zones"]) == ({"person": 0.91, "dog": None}, {"person": 1}, ["drive"])
    assert not {NOTICE, PICTURE} & broker.retained().keys()


def test_the_same_note_is_told_again_when_there_is_more(broker: Mosquitto) -> None:
    """Under the id of the first one, whatever its own is."""
    ear = broker.ear()
    with Site().channel(broker.port) as channel:
        handle = channel.send(note())
        clip = Clip(None, "https://cams.example.org/clip", 5)
        assert channel.edit(handle, note(id="another", jpeg=JPEG, clip=clip)) == handle
        ear.wait(NOTICE, 2)
    first, second = map(json.loads, ear.of(NOTICE))
    assert (first["id"], first["update"], first["picture"], first["clip"]) == (handle, False, None, None)
    assert (second["id"], second["update"], second["picture"]) == (handle, True, PICTURE)
    assert second["clip"] == {"url": "https://cams.example.org/clip", "bytes": 5}


def test_no_picture_is_sent_to_those_who_want_none(broker: Mosquitto) -> None:
    """`picture: false`."""
    ear = broker.ear()
    with Site().channel(broker.port, picture=False) as channel:
        channel.send(note(jpeg=JPEG))
        assert json.loads(ear.wait(NOTICE))["picture"] is None
    assert ear.of(PICTURE) in ([], [b""])


def test_the_last_picture_stays_only_if_asked_for(broker: Mosquitto) -> None:
    """`last_picture`; the note itself does not: an automation would begin again with each restart."""
    with Site().channel(broker.port, last_picture=True) as channel:
        channel.send(note(jpeg=JPEG))
    kept = broker.retained()
    assert kept[PICTURE] == JPEG
    assert NOTICE not in kept


def test_a_self_test_leaves_no_picture(broker: Mosquitto) -> None:
    """It is marked as what it is, and heard by those who listen."""
    ear = broker.ear()
    with Site().channel(broker.port, last_picture=True) as channel:
        channel.send(note(jpeg=JPEG, marked=True))
        assert json.loads(ear.wait(NOTICE))["test"] is True
    assert ear.of(PICTURE) == [JPEG]
    assert PICTURE not in broker.retained()


def test_a_picture_of_earlier_times_is_taken_away(broker: Mosquitto) -> None:
    """`last_picture` was chosen once, and is no more."""
    broker.say(PICTURE, JPEG, "-r")
    with Site().channel(broker.port):
        wait_until(lambda: PICTURE not in broker.retained(), "no picture")


def test_any_text_is_valid_json(broker: Mosquitto) -> None:
    """UTF-8."""
    ear, texts = broker.ear(), ("😀 Ω 人", "\ud800", "\x00\r\n", '"\\')
    with Site().channel(broker.port) as channel:
        for text in texts:
            channel.send(note(subject=text))
        ear.wait(NOTICE, len(texts))
    assert [len(json.loads(each.decode())["subject"]) for each in ear.of(NOTICE)] == list(map(len, texts))


def test_only_a_camera_has_a_topic(broker: Mosquitto) -> None:
    """A name that is none never gets into one."""
    with Site().channel(broker.port) as channel:
        for camera in ("+", "#", "a/b", "", "porch/../x", "$SYS", "é", "a\x00"):
            with pytest.raises(PermanentError, match="name of a camera"):
                channel.send(note(camera=camera))


def test_base_and_prefix_are_the_operators(broker: Mosquitto) -> None:
    """Nothing is said elsewhere."""
    ear = broker.ear()
    with Site().channel(broker.port, topic="site/a", discovery="ha/x") as channel:
        channel.send(note())
        ear.wait("site/a/porch/state")
    device = Topics("site/a", "ha/x").device("porch")
    ours = {"site/a/available", "site/a/porch/notice", "site/a/porch/state", f"ha/x/device/{device}/config"}
    assert {each.topic for each in ear.heard} - {"test/ready", "site/a/porch/picture"} == ours


def test_a_picture_that_the_broker_says_to_be_too_large_is_left_out(brokers: Callable[..., Mosquitto]) -> None:
    """MQTT 5 tells the limit beforehand; the note goes."""
    broker = brokers(lines=("allow_anonymous true", "max_packet_size 20000"))
    ear = broker.ear()
    with Site().channel(broker.port) as channel:
        channel.send(note(jpeg=JPEG * 1000))
        assert json.loads(ear.wait(NOTICE))["picture"] is None


def test_a_picture_that_the_broker_hangs_up_for_is_left_out(brokers: Callable[..., Mosquitto]) -> None:
    """MQTT 3.1.1 has no words for it: after two tries the note goes without, and holds nobody up."""
    broker = brokers(lines=("allow_anonymous true", "max_packet_size 20000"))
    ear = broker.ear()
    with Site().channel(broker.port, protocol="3.1.1") as channel:
        for _ in range(TRIES):
            with pytest.raises(TemporaryError, match="connection was lost"):
                channel.send(note(jpeg=JPEG * 1000))
        channel.send(note(jpeg=JPEG * 1000))
        assert json.loads(ear.wait(NOTICE))["picture"] is None


def test_a_topic_that_is_forbidden_is_a_refusal(brokers: Callable[..., Mosquitto], tmp_path: Path) -> None:
    """MQTT 5 says so; in 3.1.1 a broker takes it and throws it away."""
    (tmp_path / "acl").write_text("topic readwrite framebus/available\ntopic read #\n")
    broker = brokers(lines=("allow_anonymous true", f"acl_file {tmp_path}/acl"))
    with Site().channel(broker.port) as channel, pytest.raises(PermanentError, match="refused the message"):
        channel.send(note())


def test_notes_of_several_threads_do_not_mix(broker: Mosquitto) -> None:
    """The courier's beside what the cameras' thread says, large ones too."""
    ear, site = broker.ear(), Site()
    with site.channel(broker.port) as channel:
        for number in range(20):
            channel.observe(happening(f"label {number}", at_s=number))
            channel.send(note(id=f"{number:032}", jpeg=bytes([number]) * 100_000))
        ear.wait(NOTICE, 20)
    assert [json.loads(each)["id"] for each in ear.of(NOTICE)] == [f"{number:032}" for number in range(20)]
    assert [(each[0], len(each)) for each in ear.of(PICTURE) if each] == [(number, 100_000) for number in range(20)]


def test_closing_takes_little_time_and_leaves_no_thread(broker: Mosquitto) -> None:
    """Connected or not."""
    before = set(threading.enumerate())
    for port in (broker.port, 1):
        with Site().channel(port):
            started_s = time.monotonic()
        assert time.monotonic() - started_s < 5
    wait_until(lambda: set(threading.enumerate()) <= before, "all threads to end")
