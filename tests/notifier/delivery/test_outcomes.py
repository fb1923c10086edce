"""What is written of what a channel says: always something that can be read back."""

import pytest

from libs.common import codec
from libs.common.errors import PermanentError
from services.notifier.channels.channel import Note
from tests.notifier.delivery.office_rig import World


@pytest.mark.parametrize("handle", ["x" * 5000, "\udcff", "a\nb"])
def test_a_handle_that_cannot_be_written_is_not_kept(handle: str) -> None:
    """A notice that breaks the contract could not be read back, and would be sent again."""
    world = World({"phone": {}})
    world.channels["phone"].send = lambda note: handle  # type: ignore[method-assign]
    world.happens(1)
    world.turns()
    assert (world.states("phone"), world.log.all("phone")[0].handle) == (["sent"], None)


def test_what_a_server_says_can_always_be_written() -> None:
    """Bytes that are no text, signs that are none."""
    world = World({"phone": {}})

    def refuses(note: Note) -> None:
        raise PermanentError("550 \udcff\x1b[31m no")

    world.channels["phone"].answer = refuses
    world.happens(1)
    world.turns()
    assert codec.decode(codec.encode(world.log.all("phone")[0])).error == "550 ??[31m no"  # type: ignore[attr-defined]
