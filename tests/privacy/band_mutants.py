"""Pictures in bands in which something is wrong: bytes of the coding, markers, lengths, whole bands."""

import random
from collections.abc import Callable

from libs.common import jpeg_bands
from tests.common.banded import bands_of, head_of

Mutate = Callable[[random.Random, bytes, int], bytes]
"""(dice, picture, its height) -> changed bytes."""


def mutant(dice: random.Random, jpeg: bytes, height: int) -> tuple[str, bytes]:
    """What was done, and to what it led; sometimes two things at once."""
    name = dice.choice(list(MUTATIONS))
    changed = MUTATIONS[name](dice, jpeg, height)
    if name in IN_BANDS and dice.random() < 0.3:
        changed = MUTATIONS[dice.choice(IN_BANDS)](dice, changed, height)
    return name, changed


def _bytewise(change: Callable[[random.Random, bytes], bytes]) -> Mutate:
    """Some bytes of the entropy-coded data and its markers become others."""

    def mutate(dice: random.Random, jpeg: bytes, height: int) -> bytes:
        at = dice.randrange(len(head_of(jpeg)), len(jpeg))
        end = at + dice.choice([1, 1, 2, 8, 60])
        return jpeg[:at] + change(dice, jpeg[at:end]) + jpeg[end:]

    return mutate


def _bandwise(change: Callable[[random.Random, list[bytes], int], None]) -> Mutate:
    """The markers stay as they are, one band does not."""

    def mutate(dice: random.Random, jpeg: bytes, height: int) -> bytes:
        bands = bands_of(jpeg, height)
        change(dice, bands, dice.randrange(len(bands)))
        return jpeg_bands.join(head_of(jpeg), bands)

    return mutate


def _shorter(dice: random.Random, bands: list[bytes], at: int) -> None:
    """Fewer blocks than the band needs."""
    bands[at] = _closed(bands[at][: dice.randrange(max(1, len(bands[at])))])


def _longer(dice: random.Random, bands: list[bytes], at: int) -> None:
    """More blocks: those of another band, or the beginning of them."""
    bands[at] += _closed(dice.choice(bands)[: dice.choice([1, 2, 3, 8, 50, None])])


def _swapped(dice: random.Random, bands: list[bytes], at: int) -> None:
    """Each where the other belongs; the last one may be lower than all others."""
    other = dice.randrange(len(bands))
    bands[at], bands[other] = bands[other], bands[at]


def _random(dice: random.Random, bands: list[bytes], at: int) -> None:
    bands[at] = _stuffed(dice.randbytes(len(bands[at])))


def _emptied(dice: random.Random, bands: list[bytes], at: int) -> None:
    bands[at] = b""


def _flipped_inside(dice: random.Random, bands: list[bytes], at: int) -> None:
    """Bits, but no new marker."""
    band = bytearray(bands[at].replace(b"\xff\x00", b"\xff") or b"\0")
    for _ in range(dice.choice([1, 2, 9])):
        band[dice.randrange(len(band))] ^= 1 << dice.randrange(8)
    bands[at] = _stuffed(bytes(band))


def _interval(dice: random.Random, jpeg: bytes, height: int) -> bytes:
    at = len(head_of(jpeg)) - len(jpeg_bands.SCAN) - 2
    return jpeg[:at] + dice.randrange(200).to_bytes(2, "big") + jpeg[at + 2 :]


def _size(dice: random.Random, jpeg: bytes, height: int) -> bytes:
    at = jpeg.index(jpeg_bands.SIZE) + len(jpeg_bands.SIZE) + dice.choice([0, 2])
    return jpeg[:at] + dice.randrange(1, 400).to_bytes(2, "big") + jpeg[at + 2 :]


def _header_byte(dice: random.Random, jpeg: bytes, height: int) -> bytes:
    at = dice.randrange(len(head_of(jpeg)))
    return jpeg[:at] + bytes([jpeg[at] ^ 1 << dice.randrange(8)]) + jpeg[at + 1 :]


def _marker(dice: random.Random, jpeg: bytes, height: int) -> bytes:
    """One restart or end is left out, repeated, or gets another number."""
    found = [at for at in range(len(head_of(jpeg)), len(jpeg) - 1) if jpeg[at] == 0xFF and jpeg[at + 1]]
    at = dice.choice(found)
    instead = dice.choice([b"", jpeg[at : at + 2] * 2, b"\xff" + bytes([dice.choice([*range(0xD0, 0xDA), 0xFE])])])
    return jpeg[:at] + instead + jpeg[at + 2 :]


def _stuffed(data: bytes) -> bytes:
    return data.replace(b"\xff", b"\xff\x00")


def _closed(band: bytes) -> bytes:
    """A cut may leave half of a stuffed byte."""
    return band + b"\0" if band.endswith(b"\xff") else band


MUTATIONS: dict[str, Mutate] = {
    "other bytes": _bytewise(lambda dice, old: dice.randbytes(len(old))),
    "more bytes": _bytewise(lambda dice, old: old + dice.randbytes(dice.randrange(1, 40))),
    "fewer bytes": _bytewise(lambda dice, old: b""),
    "fill bytes": _bytewise(lambda dice, old: b"\xff" * dice.randrange(1, 4) + old),
    "marker inside": _bytewise(lambda dice, old: b"\xff" + bytes([dice.choice([*range(0xD0, 0xDA), 0xFE])]) + old),
    "cut": lambda dice, jpeg, height: jpeg[: dice.randrange(len(jpeg))] + dice.choice([b"", b"\xff\xd9"]),
    "trailer": lambda dice, jpeg, height: jpeg + dice.choice([b"\0", b"\xff", jpeg, jpeg[-100:]]),
    "another interval": _interval,
    "another size": _size,
    "another header": _header_byte,
    "another marker": _marker,
    "shorter band": _bandwise(_shorter),
    "longer band": _bandwise(_longer),
    "bands swapped": _bandwise(_swapped),
    "random band": _bandwise(_random),
    "empty band": _bandwise(_emptied),
    "bits flipped": _bandwise(_flipped_inside),
}
IN_BANDS = ["shorter band", "longer band", "bands swapped", "random band", "empty band", "bits flipped"]
