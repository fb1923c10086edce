"""framebus trigger: what it sends, what it says, its exit status."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable

import pytest

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Event, Message, Producer, Status, Trigger
from libs.common.testing import frame
from libs.common.topics import topic_named
from libs.ops.ports import free_port
from libs.ops.trigger_command import main
from tests.camera.sink import everything_on
from tests.common.kafka_tools import gather, reading, writing

Fresh = Callable[[str], str]


class Site:
    """Topics of a site; `connected` and `away` are its cameras."""

    def __init__(self, kafka: KafkaSettings, fresh: Fresh, capsys: pytest.CaptureFixture[str]) -> None:
        self.kafka, self.capsys = kafka, capsys
        self.control, self.cameras, self.answers = fresh("control"), fresh("cameras"), fresh("answers")
        for name, state in (("porch", "connected"), ("garden-1", "connected"), ("garden-2", "disconnected")):
            self.write(self.cameras, Status(camera=name, state=state, since=1))

    def write(self, topic: str, message: Message, key: str | None = None) -> None:
        key = key or str(getattr(message, "camera", ""))
        with writing(self.kafka) as writer:
            place = Place(topic, partition_of(key, writer.partitions(topic)))
            writer.send(place, key.encode(), codec.encode(message))
            assert writer.flush(10)

    def run(self, *words: str) -> tuple[int, list[str], list[str]]:
        """Exit status, lines on stdout, lines on stderr."""
        given = ["--topic", self.control, "--status", self.cameras, "--bootstrap", self.kafka.bootstrap]
        status = main([*words, *given])
        said = self.capsys.readouterr()
        return status, said.out.splitlines(), said.err.splitlines()

    def sent(self) -> dict[str, Trigger]:
        """By camera."""
        found = [each.message for each in everything_on(self.kafka.bootstrap, self.control)]
        return {each.camera: each for each in found if isinstance(each, Trigger)}


@pytest.fixture
def site(kafka: KafkaSettings, fresh: Fresh, capsys: pytest.CaptureFixture[str]) -> Site:
    return Site(kafka, fresh, capsys)


def test_a_snapshot_is_what_is_asked_for_without_words(site: Site) -> None:
    """Its id is all that is printed; the topic is made where it is missing."""
    before = time.time_ns()
    status, out, err = site.run("porch")
    assert (status, err) == (0, [])
    trigger = site.sent()["porch"]
    assert out == [trigger.id]
    assert (trigger.action, trigger.params) == ("snapshot", {})
    assert before <= trigger.at <= time.time_ns()


@pytest.mark.parametrize(
    ("words", "params"),
    [
        (["burst"], {"frames": 10, "seconds": 10.0}),
        (["burst", "--frames", "3", "--seconds", "0.5"], {"frames": 3, "seconds": 0.5}),
        (["mark"], {}),
        (["snapshot", "--frames", "3", "--seconds", "2"], {}),
        (["pause"], {"what": "all"}),
        (["resume", "--what", "alerts"], {"what": "alerts"}),
    ],
)
def test_the_message_says_what_the_flags_say(site: Site, words: list[str], params: dict[str, object]) -> None:
    """And nothing that does not belong to the action."""
    assert site.run("porch", "--action", *words)[0] == 0
    trigger = site.sent()["porch"]
    assert (trigger.action, trigger.params) == (words[0], params)


def test_several_cameras_share_one_id_and_lie_under_their_own_keys(site: Site) -> None:
    """Patterns mean those that somebody has told of; each camera gets it once."""
    status, out, err = site.run("garden-*", "porch", "garden-1")
    assert status == 0
    sent = site.sent()
    assert sorted(sent) == ["garden-1", "garden-2", "porch"]
    assert [trigger.id for trigger in sent.values()] == out * 3
    assert err == ["framebus trigger: garden-2: is disconnected, so it may have no picture"]
    with reading(site.kafka, [site.control]) as reader:
        records = gather(reader, lambda batch: len(batch.records) == 3).records
    assert {(record.key, record.place.partition) for record in records} == {
        (name.encode(), partition_of(name, 6)) for name in sent
    }


def test_a_camera_that_told_nothing_yet_is_known_by_its_producer(site: Site) -> None:
    """With --on-demand it has no state before somebody asks for a picture."""
    made = Producer(host="edge", instance="edge-1", version="0.4.0", cameras=("cellar",), seen_at=1)
    site.write(site.cameras, made, key="@edge/edge-1")
    status, out, err = site.run("cel*")
    assert (status, len(out), err) == (0, 1, [])
    assert list(site.sent()) == ["cellar"]
    assert site.run("cellar")[2] == []


def test_an_unknown_camera_is_a_warning_and_an_unknown_pattern_an_error(site: Site) -> None:
    """It may begin in a moment; a pattern that means nobody is a slip."""
    status, out, err = site.run("poarch")
    assert (status, len(out)) == (0, 1)
    assert err == [f"framebus trigger: poarch: no such camera on {site.cameras}"]
    assert site.run("cellar*") == (1, [], [f"framebus trigger: cellar*: no such camera on {site.cameras}"])
    assert list(site.sent()) == ["poarch"]


def test_without_the_topic_of_states_it_goes_on(site: Site) -> None:
    """Whoever may not read it may still ask; `none` does not look."""
    site.cameras += "-missing"
    status, out, err = site.run("porch")
    assert (status, len(out)) == (0, 1)
    assert err == [f"framebus trigger: whether there are such cameras is not known: topic {site.cameras} is not there"]
    site.cameras = "none"
    assert site.run("porch")[2] == []


def answered(site: Site, *answers: Callable[[str], Message]) -> None:
    """A producer in a thread: whatever is asked, it gives these answers."""
    with reading(site.kafka, [site.control]) as reader:
        record = gather(reader, lambda batch: bool(batch.records)).records[0]
    trigger = codec.decode(record.value or b"")
    assert isinstance(trigger, Trigger)
    for answer in answers:
        site.write(site.answers, answer(trigger.id))


def still(command: str, seq: int) -> Message:
    return frame(image=b"-", seq=seq, still=True, tags={"trigger": command})


@pytest.mark.parametrize("given", [1, 2])
def test_waiting_prints_the_stills_that_carry_the_id(site: Site, given: int) -> None:
    """Repeats and others count for nothing; too few are status 1."""
    with Admin(site.kafka) as admin:
        admin.create(topic_named(site.answers))
    others: list[Callable[[str], Message]] = [
        lambda name: still("other", 8),
        lambda name: Event(id="1", camera="porch", kind="mark", at=1, data={"trigger": name}),
    ]
    stills: list[Callable[[str], Message]] = [lambda name: still(name, 0), lambda name: still(name, 2)]
    answers = [*others, stills[0], stills[0], *stills[1:given]]
    thread = threading.Thread(target=answered, args=(site, *answers))
    thread.start()
    words = ("--action", "burst", "--frames", "2", "--wait", "20" if given == 2 else "6", "--answers", site.answers)
    status, out, err = site.run("porch", *words)
    thread.join()
    assert out[1:] == ["porch/00000001/0", "porch/00000001/2"][:given]
    assert (status, err) == ((0, []) if given == 2 else (1, ["framebus trigger: porch: no answer within 6 s"]))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "CAMERA"),
        (["a/b"], "names of cameras"),
        *(([name], "no camera has the name") for name in (".hidden", "a]", "!x", "n" * 65)),
        (["porch", "--action", "explode"], "--action"),
        *(
            (["porch", "--action", "burst", "--frames", frames], "--frames")
            for frames in ("0", "-1", "1000000000", "x")
        ),
        *((["porch", "--action", "burst", "--seconds", seconds], "--seconds") for seconds in ("-1", "601", "nan")),
        (["porch", "--what", "alerts"], "--what: it is for pause and resume"),
        (["porch", "--action", "pause", "--what", "camera"], "--what"),
        (["porch", "--answers", "frames.source"], "--wait"),
        (["porch", "--topic", "a b"], "--topic"),
    ],
)
def test_wrong_words_are_status_2_and_one_line(words: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Which names the word; no broker is asked."""
    assert main([*words, "--bootstrap", f"127.0.0.1:{free_port()}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told in line


def test_a_broker_that_is_away_is_one_line_within_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1, and the address that was tried."""
    start_s, address = time.monotonic(), f"127.0.0.1:{free_port()}"
    assert main(["porch", "--bootstrap", address]) == 1
    assert time.monotonic() - start_s < 5
    (line,) = capsys.readouterr().err.splitlines()
    assert address in line


def test_it_is_a_command_of_framebus(site: Site) -> None:
    """As a process of its own, and without kafka-python's chatter."""
    command = [sys.executable, "-m", "services", "trigger", "porch", "--topic", site.control, "--status", site.cameras]
    done = subprocess.run(
        [*command, "--bootstrap", site.kafka.bootstrap], capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == site.sent()["porch"].id + "\n"
