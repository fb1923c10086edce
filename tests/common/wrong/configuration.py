"""A wrong configuration, and short ways to write many of them."""

from typing import NamedTuple

LONG = "x" * 250
NUMBERS = ("x", "", "nan", "inf", "-inf", "1e999", "-1", "1,5", "0x10", "five")


class Wrong(NamedTuple):
    """`file` is the content of --config, or None for no file; `named` must be in the line."""

    command: str
    flags: tuple[str, ...]
    named: str
    variables: tuple[tuple[str, str], ...] = ()
    file: bytes | None = None


def flagged(command: str, named: str, *values: str) -> list[Wrong]:
    """The same flag with each of these values."""
    return [Wrong(command, (named, value), named) for value in values]


def in_file(command: str, named: str, *lines: str) -> list[Wrong]:
    """The same setting in the file, with each of these values."""
    return [Wrong(command, (), named, file=f"{named}: {line}\n".encode()) for line in lines]
