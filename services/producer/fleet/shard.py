"""Which cameras of a file are this machine's, where several machines have the same file."""

import re
from dataclasses import dataclass

from libs.common.bus import partition_of


@dataclass(frozen=True)
class Shard:
    """Part `number` of `of`, from 1. A camera stays where it is, whatever else stands in the file."""

    number: int = 1
    of: int = 1

    def has(self, camera: str) -> bool:
        return partition_of(camera, self.of) == self.number - 1


def parse_shard(text: str) -> Shard:
    """Reads 1/3. Raises ValueError."""
    found = re.fullmatch(r"([0-9]{1,3})/([0-9]{1,3})", text, re.ASCII)
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise ValueError("expected a part and their number, like 1/3")
    return Shard(int(found[1]), int(found[2]))
