"""A whole compacted topic in memory, and kept up to date."""

import pytest

from libs.common import codec, table
from libs.common.bus import Place, partition_of
from libs.common.keyed import key_of
from libs.common.memory_bus import MemoryBus
from libs.common.messages import Message, Producer, Status
from libs.common.table import Table
from libs.common.testing import frame

TOPIC = "cameras"


class Rig:
    """A topic with writers, and one that reads all of it."""

    def __init__(self) -> None:
        self.bus = MemoryBus()
        self.table = Table(self.bus.reader([TOPIC]), (Status, Producer))

    def write(self, message: Message) -> None:
        self.put(key_of(message) or "", codec.encode(message))

    def put(self, key: str, value: bytes | None) -> None:
        self.bus.append(Place(TOPIC, partition_of(key, 6)), key.encode(), value)

    def read(self) -> dict[str, Message]:
        """All there is, by key."""
        while self.table.poll(0):
            pass
        return {key: row.message for key, row in self.table.rows.items()}


@pytest.fixture
def rig() -> Rig:
    return Rig()


def status(camera: str, state: str = "connected", since: int = 1) -> Status:
    return Status(camera=camera, state=state, since=since)


def producer(instance: str = "edge-7", cameras: tuple[str, ...] = ("porch",)) -> Producer:
    return Producer(host="edge", instance=instance, version="1", cameras=cameras, seen_at=1)


def test_the_newest_message_of_each_key_is_there(rig: Rig) -> None:
    """Of cameras and of producers, from the beginning on."""
    for n in range(30):
        rig.write(status("porch", since=n))
        rig.write(status("yard", "off", n))
    rig.write(producer())
    assert rig.read() == {
        "porch": status("porch", since=29),
        "yard": status("yard", "off", 29),
        "@edge/edge-7": producer(),
    }


def test_it_goes_on_with_what_comes_later(rig: Rig) -> None:
    """In places that were empty too."""
    rig.write(status("porch"))
    rig.read()
    for name in ("porch", "a", "b", "c", "d", "e"):
        rig.write(status(name, "off"))
    assert set(rig.read()) == {"porch", "a", "b", "c", "d", "e"}
    assert rig.read()["porch"] == status("porch", "off")


def test_what_was_taken_back_is_gone(rig: Rig) -> None:
    """Also if it was never there."""
    rig.write(status("porch"))
    rig.put("porch", None)
    rig.put("yard", None)
    assert rig.read() == {}


def test_it_is_complete_once_all_was_read_that_was_there(rig: Rig) -> None:
    """Not before; of an empty topic at once."""
    empty = Rig()
    assert not empty.table.complete
    empty.table.poll(0)
    assert empty.table.complete
    for n in range(100):
        rig.write(status("porch", since=n))
    while not rig.table.complete:
        rig.table.poll(0)
    assert rig.table.rows["porch"].message == status("porch", since=99)


def test_what_is_no_message_of_its_key_is_passed_over(rig: Rig) -> None:
    """Rubbish, another camera's key, another type: what was there stays."""
    rig.write(status("porch"))
    rig.put("porch", b"rubbish")
    rig.put("porch", codec.encode(status("yard")))
    rig.put("porch", codec.encode(frame(image=b"jpeg")))
    rig.put("@edge/other", codec.encode(producer()))
    rig.bus.append(Place(TOPIC, 0), None, codec.encode(status("keyless")))
    rig.bus.append(Place(TOPIC, 0), b"\xff\xfe", codec.encode(status("attic")))
    assert rig.read() == {"porch": status("porch")}


def test_it_is_bounded_in_bytes(rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """What does not fit is left out, which is said once; what goes makes room."""
    monkeypatch.setattr(table, "MOST_BYTES", 5 * len(codec.encode(status("c00"))))
    for n in range(20):
        rig.write(status(f"c{n:02}"))
    assert len(rig.read()) == 5
    assert len(caplog.records) == 1
    kept = next(iter(rig.read()))
    rig.put(kept, None)
    rig.write(status("new"))
    assert "new" in rig.read()


def test_a_place_that_is_taken_away_and_given_again_is_read_anew(rig: Rig) -> None:
    """A topic that was deleted and made anew may not have what it had."""
    rig.write(status("porch"))
    rig.read()
    rig.table.reader.revoke(Place(TOPIC, partition_of("porch", 6)))  # type: ignore[attr-defined]
    assert rig.read() == {}


def test_a_row_says_when_the_broker_took_it(rig: Rig) -> None:
    """Whatever the writer's clock says."""
    rig.bus.time_ms = 77_000
    rig.write(status("porch"))
    rig.read()
    assert rig.table.rows["porch"].at_ms == 77_000
