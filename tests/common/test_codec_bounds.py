"""What hostile bytes may cost: little memory, and never anything but a refusal."""

import random
import tracemalloc

import pytest

from libs.common import codec
from tests.common.codec_tools import MUTATIONS, refusal, refusal_or_none
from tests.common.every_message import messages


def bomb_of(unit: bytes, head: bytes) -> bytes:
    """As many of these as fit into 4 MiB."""
    return head + unit * ((codec.MAX_MESSAGE_BYTES - len(head)) // len(unit))


BOMBS = {
    "empty arrays in arrays": bomb_of(b"\xdc\x10\x00" + b"\x90" * 4096, b"\xdc\x10\x00"),
    "empty maps in arrays": bomb_of(b"\xdc\x10\x00" + b"\x80" * 4096, b"\xdc\x10\x00"),
    "numbers in arrays": bomb_of(b"\xdc\x10\x00" + b"\xcd\x7f\xff" * 4096, b"\xdc\x10\x00"),
    "promised arrays in arrays": bomb_of(b"\xdc\x10\x00", b""),
    "promised maps in maps": bomb_of(b"\xde\x04\x00\xa1x", b""),
    "detections of nothing": b"\x83\xa1v\x01\xa4type\xa5frame\xaadetections" + bomb_of(b"\x80", b"\xdc\x10\x00")[:-32],
    "unknown texts": bomb_of(b"\xa0" * 4096, b"\x83\xa1v\x01\xa4type\xa5frame\xa1x\xdc\x10\x00"),
}


@pytest.mark.parametrize("case", sorted(BOMBS))
def test_4_mib_of_anything_take_little_memory(case: str) -> None:
    """What is counted is counted before it is built."""
    bomb = BOMBS[case]
    tracemalloc.start()
    try:
        refusal(bomb)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 << 20, f"{peak >> 20} MiB"


def test_5000_mutated_messages_are_read_or_refused_and_nothing_else() -> None:
    """Bits, bytes, cuts, insertions and swaps with a fixed seed; whatever is read can be written again."""
    chance = random.Random(20_260_131)
    originals = [codec.encode(message) for message in messages().values()]
    read = 0
    for _ in range(5000):
        mutant = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 6)):
            chance.choice(MUTATIONS)(chance, mutant)
        if (error := refusal_or_none(bytes(mutant))) is not None:
            assert error.reason in ("bad-message", "unknown-type", "unknown-version")
            continue
        read += 1
        message = codec.decode(bytes(mutant))
        assert codec.decode(codec.encode(message)) == message
    assert 50 < read < 4000
