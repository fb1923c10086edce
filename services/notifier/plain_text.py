"""Words from outside, made fit for a sentence: no name of a label or a zone breaks lines or turns text round."""

import re

from libs.common.scrub import scrub

CUT = "…"
# Signs that steer instead of being read: they end lines, ring bells, colour terminals.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# They turn the direction of what follows (Unicode Standard Annex 9): "gpj.exe" could read as "exe.jpg".
_TURNS = re.compile(r"[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# Half a sign: no encoding takes it.
_HALVES = re.compile(r"[\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n{3,}")


def one_line(text: str, most: int = 200) -> str:
    """The text without line breaks, control signs and changes of direction, of at most so many characters."""
    text = _CONTROLS.sub(" ", _HALVES.sub("\ufffd", _TURNS.sub("", text)))
    return shortened(" ".join(text.split()), most)


def name(text: str) -> str:
    """A label or a zone, never empty: of one that cannot be read there is at least a mark."""
    return one_line(text, 64) or "?"


def lines(text: str, most: int) -> str:
    """The same, line by line: no blanks at the ends, never two empty lines in a row."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tidy = "\n".join(_CONTROLS.sub(" ", line).rstrip() for line in _TURNS.sub("", text).split("\n"))
    return shortened(_BLANK_LINES.sub("\n\n", _HALVES.sub("\ufffd", tidy)).strip(), most)


def shortened(text: str, most: int) -> str:
    """Cut to so many characters, the last one says that it was."""
    return text if len(text) <= most else text[: most - 1].rstrip() + CUT


def told(value: object, most: int = 200) -> str:
    """What a map from outside says under a name: one line; empty for anything that is neither text nor a number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return one_line(str(value), most)


def safe_line(text: str, most: int) -> str:
    """For an error, a log, a terminal: one line without secrets, control signs are marks; may be empty."""
    line = " ".join(scrub(text).split())
    return scrub("".join(sign if sign.isprintable() else "?" for sign in line))[:most]
