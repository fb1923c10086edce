"""A channel that takes everything and says nothing, and files of rules that use it."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from services.notifier.book import Book
from services.notifier.channels.settings import ChannelSettings
from services.notifier.rules.read import read_book

TYPE = (__name__, "PaperSettings")


class PaperSettings(ChannelSettings):
    """One field of each form that a channel's settings may have."""

    type: Literal["paper"] = "paper"
    tray: int = Field(1, ge=1, le=9)
    names: tuple[str, ...] = ()
    chats: tuple[int | str, ...] = ()
    size: Literal["a4", "a5"] = "a4"
    form: str | None = Field("letter", min_length=2)
    sheet: dict[str, int] = Field({})
    url: str | None = None
    pin: SecretStr | None = None
    password: SecretStr | None = None
    password_file: Path | None = None
    cafile: Path | None = None

    def secrets(self) -> tuple[str, ...]:
        return ("password",)


PAPER = "channels: {paper: {type: paper}}\n"


def book_of(folder: Path, text: str) -> Book:
    """What a rules.yaml in this folder says."""
    path = folder / "rules.yaml"
    path.write_text(text)
    return read_book(path)


def rules_of(folder: Path, *rules: str, zone: str = "Europe/Berlin") -> Book:
    """The rules alone, each as the inside of a map; the first without a name is called `rule 1`."""
    named = [rule if "name:" in rule else f"name: rule {number}, {rule}" for number, rule in enumerate(rules, 1)]
    lines = [f"  - {{channels: paper, {rule.rstrip(', ')}}}\n" for rule in named]
    return book_of(folder, f"timezone: {zone}\n{PAPER}rules:\n{''.join(lines)}")
