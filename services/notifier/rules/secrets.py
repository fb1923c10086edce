"""The secrets of channels: from rules.yaml, or better from files beside it; hidden wherever something is said."""

from collections.abc import Iterable
from pathlib import Path
from stat import S_ISREG
from urllib.parse import urlsplit

from pydantic import SecretStr

from libs.common.errors import SettingsError
from libs.common.scrub import hide, hide_address
from services.notifier.channels.settings import ChannelSettings

LONGEST_BYTES = 64 << 10
SHORTEST_PATH = 8
"""The path of an address shorter than this is hardly a secret, and stands in other texts."""


def secret_of(settings: ChannelSettings, name: str, folder: Path) -> str | None:
    """The field `name`, or the first line of the file that its twin `name_file` names; None if neither is given.

    Relative paths begin at `folder`. From now on it is hidden in every text. Raises SettingsError: both are given, or
    the file is none that can be read.
    """
    lines = _lines(settings, name, folder)
    if lines and not lines[0].strip():
        raise SettingsError(f"{name}_file: its first line is empty, expected the secret there")
    return lines[0] if lines else None


def secrets_of(settings: ChannelSettings, name: str, folder: Path) -> tuple[str, ...]:
    """The same where there may be several: every line that is not empty; at least one, else SettingsError."""
    lines = tuple(part.strip() for line in _lines(settings, name, folder) for part in line.splitlines() if part.strip())
    if not lines:
        raise SettingsError(f"{name}: expected {name} or {name}_file")
    for line in lines:
        _hide(line)
    return lines


def check_secrets(settings: ChannelSettings, folder: Path) -> None:
    """Hides all secrets of a channel. Raises SettingsError where one of them cannot be had."""
    for name in settings.secrets():
        _lines(settings, name, folder)


def _lines(settings: ChannelSettings, name: str, folder: Path) -> list[str]:
    value, file = getattr(settings, name), getattr(settings, f"{name}_file")
    if value is not None and file is not None:
        raise SettingsError(f"{name}: expected it or {name}_file, not both")
    lines = list(_texts(value)) if file is None else _of_file(folder / file, f"{name}_file {folder / file}")
    for line in lines:
        _hide(line.strip())
    return lines


def _texts(value: object) -> Iterable[str]:
    """Of text, of a secret, or of many of them."""
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)


def _of_file(path: Path, where: str) -> list[str]:
    try:
        if not S_ISREG(path.stat().st_mode):
            raise SettingsError(f"{where}: expected a file")
        with path.open("rb") as file:
            found = file.read(LONGEST_BYTES + 1)
        text = found.decode().removeprefix("\ufeff")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        raise SettingsError(f"{where}: expected a file that can be read ({reason})") from None
    if len(found) > LONGEST_BYTES:
        raise SettingsError(f"{where}: expected at most {LONGEST_BYTES} bytes")
    if not text.strip():
        raise SettingsError(f"{where}: it is empty, expected the secret there")
    return [line.removesuffix("\r") for line in text.split("\n")]


def _hide(secret: str) -> None:
    """Of an address its login and its path too: many services have their key there."""
    hide(secret)
    if "://" not in secret:
        return
    hide_address(secret)
    try:
        path = urlsplit(secret)._replace(scheme="", netloc="").geturl()
    except ValueError:
        return
    if len(path) >= SHORTEST_PATH:
        hide(path)
