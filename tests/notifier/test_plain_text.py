"""Words from outside break no line and turn nothing round."""

import unicodedata

import pytest

from libs.common.scrub import hide
from services.notifier.plain_text import lines, name, one_line, safe_line, told
from tests.notifier.text.notices import HOSTILE


@pytest.mark.parametrize("text", HOSTILE)
def test_one_line_is_one_line_that_can_be_sent(text: str) -> None:
    """Of whatever came: no control sign, no change of direction, no half sign, not longer than asked for."""
    said = one_line(text, 50)
    assert len(said) <= 50
    assert said.encode() or not text.strip()
    assert not [sign for sign in said if unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"}]
    assert not set(said) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")


@pytest.mark.parametrize("text", ["person", "приве\u0301т", "猫", "👩‍👩‍👧‍👦", "שלום", "Tür 3 (hinten)"])
def test_words_of_all_languages_stay_as_they_are(text: str) -> None:
    """Emoji that are joined of several too."""
    assert one_line(text) == text


def test_what_is_cut_says_so() -> None:
    """By its last character."""
    assert one_line("x" * 51, 50) == "x" * 49 + "…"
    assert one_line("x" * 50, 50) == "x" * 50


def test_a_text_keeps_its_lines_and_no_more_than_one_empty_one() -> None:
    """However they end."""
    assert lines("\n\na \r\nb\r\n\n\n\n\nc\x00\x1b\u202e\n", 100) == "a\nb\n\nc"


def test_a_name_is_never_empty() -> None:
    """A reader of the note refuses an empty label."""
    assert name("\u202e\x00") == "?"


@pytest.mark.parametrize(
    ("value", "said"), [("a\nb", "a b"), (7, "7"), (True, ""), (None, ""), (["a"], ""), ({"a": 1}, ""), (b"a", "")]
)
def test_a_map_of_anything_says_only_texts_and_numbers(value: object, said: str) -> None:
    """An event's data may hold whatever msgpack holds."""
    assert told(value) == said


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("busy\r\n  try later\t", "busy try later"),
        ("\x1b[31mred\x07", "?[31mred?"),
        ("gpj.\u202eexe \udcff", "gpj.?exe ?"),
        (" \n ", ""),
        ("x" * 100, "x" * 40),
    ],
)
def test_what_others_say_is_one_line_that_can_be_written(said: str, shown: str) -> None:
    """Control signs, changes of direction and half signs are marks; blanks are one each."""
    assert safe_line(said, 40) == shown


@pytest.mark.parametrize("said", ["key 7f-canary-9e!", "key 7f-canary-9e!\x00", "https://me:canary-word@host/"])
def test_no_secret_is_in_what_others_say(said: str) -> None:
    """Known ones, and logins of addresses."""
    hide("7f-canary-9e")
    assert "canary" not in safe_line(said, 40)
