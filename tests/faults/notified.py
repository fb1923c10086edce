"""Notifiers as processes on a broker, which come and go, and what those who are told have to say about it."""

import json
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from libs.common.kafka_admin import ensure_topic
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Event
from libs.ops.children import Child
from tests.common.kafka_tools import until
from tests.faults.receiver import SECRET, Receiver, Taken

READY_S = 40.0
STOP_S = 20.0
PLENTY = {"limit": 1000, "per": 1}


@dataclass
class Notifiers:
    """Copies by name, on topics of their own; what each of them said lies in `folder`."""

    bootstrap: str
    folder: Path
    fresh: Callable[[str], str]
    running: dict[str, Child] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.frames, self.events, self.notices, self.told = map(self.fresh, ("frames", "events", "notices", "told"))
        for topic in (self.frames, self.events):
            ensure_topic(KafkaSettings(self.bootstrap), topic)

    def rule(self, hooks: Mapping[str, Receiver], **how_much: float) -> None:
        """Each of these is told of every person; `how_much`: `limit` and `per`."""
        reach = {"type": "webhook", "secret": SECRET, "http": True, "private": True}
        urls = {name: f"http://127.0.0.1:{hook.port}/{name}" for name, hook in hooks.items()}
        channels = {name: reach | {"url": url} | (how_much or PLENTY) for name, url in urls.items()}
        rule = {"name": "people", "alarm": ["person"], "cooldown": 0, "channels": list(hooks)}
        (self.folder / "rules.yaml").write_text(json.dumps({"channels": channels, "rules": [rule]}))

    def start(self, name: str, instance: str | None = None, ready: bool = True) -> None:
        """Its log goes on where that of an earlier one stopped."""
        flags = ["-i", self.frames, "-i", self.events, "-t", self.notices, "--events", self.told, "--status", "none"]
        flags += ["--control", "none", "--bootstrap", self.bootstrap, "--rules", str(self.folder / "rules.yaml")]
        flags += ["--instance", instance] if instance else []
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = Child.start("notifier", flags, log=log)
        if ready:
            self.settle(name)

    def settle(self, *names: str) -> None:
        for name in names:
            self.running[name].wait_ready(READY_S)

    def kill(self, name: str) -> None:
        process = self.running.pop(name).process
        process.kill()
        process.wait()

    def leave(self, name: str) -> None:
        """By SIGTERM, in time and in order."""
        process = self.running.pop(name).process
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_S) == 0, self.said(name)

    def leave_all(self) -> None:
        """Nobody has met a bug, also of those who are gone."""
        for name in list(self.running):
            self.leave(name)
        for log in self.folder.glob("*.log"):
            assert "Traceback" not in log.read_text()

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()


@contextmanager
def notifiers(bootstrap: str, folder: Path, fresh: Callable[[str], str]) -> Iterator[Notifiers]:
    made = Notifiers(bootstrap, folder, fresh)
    try:
        yield made
    finally:
        for child in made.running.values():
            child.stop()


def until_all(receiver: Receiver, events: Sequence[Event], within_s: float) -> float:
    """Wait until each was told, alone; the seconds it took. Says what is missing."""
    ids = {event.id for event in events}
    try:
        return until(lambda: len(receiver.taken) >= len(ids) and not _missing(ids, receiver), within_s)
    except AssertionError:
        missing = sorted(_missing(ids, receiver))
        raise AssertionError(f"{len(missing)} of {len(ids)} are not told after {within_s:g} s: {missing[:9]}") from None


def _missing(ids: set[str], receiver: Receiver) -> set[str]:
    return ids - {taken.event for taken in receiver.taken}


def judged(receiver: Receiver, events: Sequence[Event]) -> Counter[str]:
    """How often more than once each message was taken, by its webhook-id; all else is as it should be.

    Signed, of what happened, and of each event one message; and what the notifier tells of other channels.
    """
    assert receiver.wrong == []
    happened = [taken for taken in receiver.taken if taken.kind != "service.failing"]
    assert {taken.event for taken in happened} == {event.id for event in events}
    times = Counter(taken.id for taken in happened)
    assert len(times) == len(events)
    return Counter({name: count - 1 for name, count in times.items() if count > 1})


def out_of_order(taken: Sequence[Taken]) -> list[str]:
    """Events that came behind a later one of their camera; what came again stands where it came first."""
    newest, found = dict[str, str](), list[str]()
    for event, camera in {each.event: each.camera for each in taken if each.kind != "service.failing"}.items():
        if event < newest.get(camera, ""):
            found.append(event)
        newest[camera] = max(event, newest.get(camera, ""))
    return found
