"""Where the secrets of channels come from, and that they are hidden from then on."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr

from libs.common.errors import SettingsError
from libs.common.scrub import scrub
from services.notifier.rules.secrets import secret_of
from tests.notifier.rules.paper import PaperSettings, book_of


def test_a_secret_in_the_file_of_rules_is_hidden() -> None:
    """From when it is asked for."""
    assert secret_of(PaperSettings(password=SecretStr("canary-one")), "password", Path()) == "canary-one"
    assert scrub("it said canary-one") == "it said ***"


@pytest.mark.parametrize(
    "content", [b"canary-two\n", b"canary-two", b"canary-two\r\nmore\n", b"\xef\xbb\xbfcanary-two\n"]
)
def test_the_first_line_of_a_file_is_the_secret(content: bytes, tmp_path: Path) -> None:
    """Whichever editor wrote it. Its path begins where the file of rules lies."""
    (tmp_path / "pw").write_bytes(content)
    settings = PaperSettings(password_file=Path("pw"))
    assert secret_of(settings, "password", tmp_path) == "canary-two"
    assert secret_of(PaperSettings(password_file=tmp_path / "pw"), "password", Path("/")) == "canary-two"
    assert scrub("canary-two") == "***"


def test_what_is_not_given_is_none() -> None:
    """Many channels need no login."""
    assert secret_of(PaperSettings(), "password", Path()) is None


def test_spaces_belong_to_a_password(tmp_path: Path) -> None:
    """Only the end of the line does not."""
    (tmp_path / "pw").write_bytes(b"  two words \n")
    assert secret_of(PaperSettings(password_file=Path("pw")), "password", tmp_path) == "  two words "


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is empty"),
        (b"\n\n", "it is empty"),
        (b"\ncanary\n", "its first line is empty"),
        (b"\xff\xfe", "UnicodeDecodeError"),
        (b"x" * 70_000, "at most 65536 bytes"),
    ],
)
def test_a_file_without_a_secret_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    """In one line that names it, not what stands in it."""
    (tmp_path / "pw").write_bytes(content)
    with pytest.raises(SettingsError, match=rf"^password_file.*{said}") as error:
        secret_of(PaperSettings(password_file=Path("pw")), "password", tmp_path)
    assert "canary" not in str(error.value)


def test_a_file_that_is_not_ours_to_read_is_refused(tmp_path: Path) -> None:
    """A fifo would wait for ever."""
    os.mkfifo(tmp_path / "pw")
    with pytest.raises(SettingsError, match="expected a file"):
        secret_of(PaperSettings(password_file=Path("pw")), "password", tmp_path)


def test_all_secrets_of_a_file_are_hidden_once_it_is_read(tmp_path: Path) -> None:
    """Before the first channel is opened: all lines, and of an address its path, where many services have a key."""
    (tmp_path / "urls").write_text("https://hooks.example.org/services/T000/canary-path\nslack://canary-second\n")
    book_of(
        tmp_path,
        "channels:\n  a: {type: paper, password_file: urls}\n  b: {type: paper, password: canary-third}\n"
        "rules: [{name: a, channels: a}]\n",
    )
    for text in ("POST /services/T000/canary-path failed", "slack://canary-second", "canary-third"):
        assert "canary" not in scrub(text)


def test_a_book_shows_no_secret(tmp_path: Path) -> None:
    """Not even to who prints all of it."""
    book = book_of(tmp_path, "channels: {a: {type: paper, password: canary}}\nrules: [{name: a, channels: a}]\n")
    assert "canary" not in repr(book)
