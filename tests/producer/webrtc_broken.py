"""Breaks offers, each in one of many ways."""

import random
import re


def mutated(chance: random.Random, sdp: str) -> str:
    """A line less, twice, shuffled, with other signs or numbers, or the end cut off."""
    lines = sdp.split("\r\n")
    at = chance.randrange(len(lines))
    kind = chance.randrange(7)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(at, chance.choice(lines))
    elif kind == 2:
        cut = chance.randrange(len(lines[at]) + 1)
        lines[at] = lines[at][:cut] + chr(chance.randrange(32, 127)) + lines[at][cut + 1 :]
    elif kind == 3:
        return sdp[: chance.randrange(len(sdp))]
    elif kind == 4:
        chance.shuffle(lines)
    elif kind == 5:
        lines[at] = re.sub(r"\d+", lambda found: str(chance.choice((0, -1, 2**31, 2**64, 99_999))), lines[at])
    else:
        lines[at] *= chance.randrange(2, 50)
    return "\r\n".join(lines)
