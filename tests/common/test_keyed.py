"""Under which key a message lies, and in which partition."""

import pytest

from libs.common import codec
from libs.common.bus import partition_of
from libs.common.keyed import Gone, home_of, key_of
from libs.common.memory_bus import MemoryBus
from libs.common.messages import Message
from libs.common.metrics import Metrics
from libs.common.publisher import Publisher
from libs.common.testing import FakeClock
from tests.common.every_message import messages
from tests.common.runner_rig import Recorder, Rig, turns

OTHERS = {
    "producer": ("@box-1/box-1-77", "@box-1/box-1-77"),
    "recording": ("r-1", "porch"),
    "notice": ("0f" * 16, "porch"),
}
"""Name of the golden message -> its key, and by which name its partition is chosen."""


@pytest.mark.parametrize("name", sorted(messages()))
def test_a_message_lies_under_its_camera_or_its_id_and_in_the_partition_of_its_camera(name: str) -> None:
    """What is one of many of a camera has an id for a key, and stands in the order of that camera all the same."""
    key, home = OTHERS.get(name, ("porch", "porch"))
    message = messages()[name]
    assert (key_of(message), home_of(message)) == (key, home)
    bus = MemoryBus()
    Publisher(bus.writer(), "topic", "test", "test", FakeClock(), Metrics()).publish(message, 0)
    (record,) = [record for found in bus.logs.values() for record in found]
    assert (record.key, record.place.partition) == (key.encode(), partition_of(home, 6))


def test_what_takes_back_lies_where_the_key_says() -> None:
    """Nothing else is known of it."""
    assert (key_of(Gone(key="porch")), home_of(Gone(key="porch"))) == ("porch", "porch")


@pytest.mark.parametrize("name", ["recording", "notice"])
def test_what_has_an_id_is_refused_under_another_key(name: str) -> None:
    """Also under its camera's: the newest of a key would be that of another id."""
    rig, stage = Rig(), Recorder(act=lambda message: [])
    message = messages()[name]
    put(rig, message, b"porch")
    put(rig, message, (key_of(message) or "").encode())
    turns(rig.runner(stage))
    assert stage.handled == [message]
    (letter,) = rig.dead()
    assert (letter["reason"], letter["error"]) == ("wrong-key", "expected its id as the key")


def put(rig: Rig, message: Message, key: bytes) -> None:
    rig.put_bytes("porch", codec.encode(message), key=key)
