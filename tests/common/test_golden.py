"""The exact bytes of every message: what other languages wrote and read yesterday must hold tomorrow.

`python -m tests.common.test_golden` writes the files anew, after a change on purpose.
"""

import json
from pathlib import Path
from typing import Any

import msgpack
import pytest

from libs.common import codec
from tests.common.every_message import messages

GOLDEN = Path(__file__).parents[1] / "golden"


def files(name: str) -> tuple[Path, Path]:
    """The bytes and their readable twin."""
    stem = name.replace(" ", "-")
    return GOLDEN / f"{stem}.msgpack", GOLDEN / f"{stem}.json"


def readable(data: bytes) -> str:
    """The map as JSON; bytes as {"hex": …}."""
    wire = msgpack.unpackb(data)
    return json.dumps(wire, indent=2, ensure_ascii=False, default=_hex) + "\n"


def _hex(value: Any) -> dict[str, str]:
    assert isinstance(value, bytes)
    return {"hex": value.hex()}


@pytest.mark.parametrize("name", sorted(messages()))
def test_a_message_has_exactly_these_bytes(name: str) -> None:
    """Writing and reading, against the file and its readable twin."""
    data, twin = files(name)
    assert codec.encode(messages()[name]) == data.read_bytes()
    assert codec.decode(data.read_bytes()) == messages()[name]
    assert readable(data.read_bytes()) == twin.read_text()


def test_there_is_no_golden_file_without_its_message() -> None:
    """Nothing is left behind when a name changes."""
    expected = {path for name in messages() for path in files(name)}
    assert set(GOLDEN.glob("*.msgpack")) | set(GOLDEN.glob("*.json")) == expected


def write() -> None:
    """All of them, anew."""
    GOLDEN.mkdir(exist_ok=True)
    for name, message in messages().items():
        data, twin = files(name)
        data.write_bytes(codec.encode(message))
        twin.write_text(readable(data.read_bytes()))


if __name__ == "__main__":
    write()
