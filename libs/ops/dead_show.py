"""framebus dead show: letters one by one. Never their pictures; those only go into files, on request."""

import heapq
from pathlib import Path
from typing import Any

from libs.common import codec
from libs.common.bus import Place
from libs.common.errors import FatalError, PermanentError
from libs.common.messages import Message
from libs.common.topics import topic_named
from libs.ops.dead_letter import Choice, Letter
from libs.ops.dead_list import say_unreadable
from libs.ops.dead_reader import DeadReader
from libs.ops.dead_save import save
from libs.ops.dead_text import CLASSES, cut, letters, say, say_json, when

MAX_ERROR_CHARS = 600
MAX_FIELD_CHARS = 80


def show_newest(reader: DeadReader, topic: str, choice: Choice, limit: int, as_json: bool) -> list[tuple[Place, int]]:
    """Where the newest of the chosen letters lie, oldest of them first; says to people how many there are."""
    count = 0

    def chosen() -> Any:
        nonlocal count
        for letter in reader.letters(choice.since_ms):
            if choice.takes(letter):
                count += 1
                yield letter.at_ms, letter.place, letter.offset

    newest = heapq.nlargest(limit, chosen())
    if not as_json:
        shown = f", the newest {limit} of them" if count > limit else ""
        say(f"{topic}: {CLASSES[topic_named(topic).kind]}; {letters(count)}{choice}{shown}")
        say_unreadable(reader.unreadable[topic])
    return [(place, offset) for _, place, offset in reversed(newest)]


def check_place(reader: DeadReader, place: Place, offset: int) -> None:
    """Raise FatalError, saying what there is, unless there may be a letter."""
    if place not in reader.ranges:
        raise FatalError(f"{place.topic} has no partition {place.partition}: expected 0 to {len(reader.ranges) - 1}")
    first, end = reader.ranges[place]
    if not first <= offset < end:
        there = f"expected {first} to {end - 1}" if first < end else "it is empty"
        raise FatalError(f"{place.topic} has no offset {offset} in partition {place.partition}: {there}")


def show_letter(reader: DeadReader, place: Place, offset: int, folder: Path | None, as_json: bool) -> None:
    """One letter, said in full."""
    if (letter := reader.one(place, offset)) is None:
        say(f"partition {place.partition} offset {offset}: gone, or it cannot be read")
        return
    told = facts(letter)
    if folder is not None:
        told["saved"] = save(letter, folder)
    if as_json:
        say_json(told)
    else:
        _say(told)


def facts(letter: Letter) -> dict[str, Any]:
    """Everything about it but its value."""
    said = {name: cut(text, MAX_ERROR_CHARS) for name, text in letter.said.items()}
    source = f"{said.get('topic', '?')}/{said.get('partition', '?')}@{said.get('offset', '?')}"
    return {
        "class": topic_named(letter.place.topic).kind,
        "topic": letter.place.topic,
        "partition": letter.place.partition,
        "offset": letter.offset,
        "at": when(letter.at_ms),
        "reason": cut(letter.reason),
        "error": said.get("error", "(not said)"),
        "from": source,
        "service": cut(letter.service),
        "group": said.get("group", "(not said)"),
        "attempts": said.get("attempts", "?"),
        "key": letter.shown_key,
        "bytes": letter.size_bytes,
        "sha256": said.get("sha256"),
        "message": _message(letter),
    }


def _message(letter: Letter) -> dict[str, str] | str:
    """Its fields, or why there are none."""
    if letter.has_no_value:
        return "too large to be kept" if "sha256" in letter.said else "nothing was kept of it"
    try:
        return _fields(codec.decode(letter.value or b""))
    except PermanentError as error:
        return f"cannot be decoded: {error}"


def _fields(message: Message) -> dict[str, str]:
    """Short forms: of pictures their size, of lists their length."""
    names = [name for name in message.__struct_fields__ if name != "unknown"]
    return {"type": message.TYPE} | {name: _short(name, getattr(message, name)) for name in names}


def _short(name: str, value: Any) -> str:
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    if isinstance(value, tuple | list | dict):
        return f"{len(value)} of them" if value else "none"
    if name.endswith("_at") and isinstance(value, int):
        return when(value / 1e6)
    if value is None or isinstance(value, bool | int | float | str):
        return "nil" if value is None else cut(str(value), MAX_FIELD_CHARS)
    return "said"


def _say(told: dict[str, Any]) -> None:
    message = told["message"]
    said = message if isinstance(message, str) else ", ".join(f"{name} {text}" for name, text in message.items())
    say(f"partition {told['partition']} offset {told['offset']}  {told['at']}  {told['reason']}")
    say(f"    error: {told['error']}")
    say(f"    refused by {told['service']}, group {told['group']}, attempts {told['attempts']}, from {told['from']}")
    say(f"    key {told['key']}, {told['bytes']} bytes" + (f", sha256 {told['sha256']}" if told["sha256"] else ""))
    say(f"    message: {said}")
    if "saved" in told:
        say(f"    {told['saved']}")
