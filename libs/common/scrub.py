"""Takes secrets out of text: logs, errors, process titles, dead letters."""

import re
from collections.abc import Iterator
from urllib.parse import unquote, unquote_plus, urlsplit

from libs.common.secret_forms import marks, patterns, plain

HIDDEN = "***"
SHORTEST = 4
"""Fewer characters stand in too many words: such a secret is hidden only where a URL shows what it is."""
QUICK, MOST = 64, 2048
"""So many are looked for by one pattern; the others, in fleets, one by one where a text can hold them at all."""

# A password may hold any sign, / and @ too: after user and colon everything up to the last @ is hidden.
_LOGIN = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(?:[^/?#\s:@]*:\S*@|[^/?#\s]*@)")
# Some cameras want it in the path: /user=me_password=secret_channel=1
_WORDS = r"pass\w*?|pwd|psw|loginpas|pw|token|secret|sessionid|api_?key|auth|sig(?:nature)?"
_NAMED = re.compile(rf"(?i)(?<=[?&/;_])((?:{_WORDS})=)([^&\s/?#;]+)")
# What Foscam's kind calls the user: hidden in addresses, no secret elsewhere.
_USER = re.compile(r"(?i)(?<=[?&])((?:usr|loginuse)=)([^&\s/?#;]+)")


class _Known:
    """The secrets of this process; the newest ones if there are too many."""

    def __init__(self) -> None:
        self._patterns: dict[str, list[str]] = {}
        self._all: re.Pattern[str] | None = None
        self._older: dict[str, tuple[str, ...]] = {}

    def add(self, secret: str) -> None:
        if len(secret) < SHORTEST or secret in self._patterns:
            return
        if len(self._patterns) >= QUICK:
            oldest = next(iter(self._patterns))
            del self._patterns[oldest]
            self._older[oldest] = marks(oldest)
        if len(self._older) > MOST - QUICK:
            del self._older[next(iter(self._older))]
        self._older.pop(secret, None)
        self._patterns[secret] = patterns(secret)
        self._all = None

    def hide_in(self, text: str) -> str:
        if not self._patterns:
            return text
        if (found := self._all) is None:
            longest_first = sorted((each for many in self._patterns.values() for each in many), key=len, reverse=True)
            found = self._all = re.compile("|".join(longest_first))
        return found.sub(HIDDEN, self._without_older(text))

    def _without_older(self, text: str) -> str:
        if not self._older:
            return text
        both = f"{text}\n{plain(text)}"
        for secret in [secret for secret, known in self._older.items() if any(mark in both for mark in known)]:
            text = re.sub("|".join(patterns(secret)), HIDDEN, text)
        return text


_known = _Known()


def hide(secret: str) -> None:
    """From now on `scrub` takes this out of every text, also percent-encoded and in base64."""
    for form in (secret, secret.strip()):
        _known.add(form)


def hide_address(url: str) -> None:
    """The same for the password in a URL; the rest of it is no secret."""
    for secret in _secrets_in(url):
        for form in (secret, unquote(secret), unquote_plus(secret)):
            hide(form)


def _secrets_in(url: str) -> Iterator[str]:
    for _, value in _NAMED.findall(url):
        yield from (value, value.partition("_")[0])
    if login := _LOGIN.search(url):
        try:
            parts = urlsplit(url)
            yield parts.password or parts.username or ""
        except ValueError:
            pass
        yield login[0].partition("://")[2].removesuffix("@").partition(":")[2]


def scrub(text: str) -> str:
    """Replace every known secret, and user and password of every URL in the text, by ***; all else stays."""
    text = _LOGIN.sub(rf"\1{HIDDEN}@", _known.hide_in(text))
    return _USER.sub(rf"\1{HIDDEN}", _NAMED.sub(rf"\1{HIDDEN}", text))


def has_secret(text: str) -> bool:
    """True if `scrub` would change the text."""
    return scrub(text) != text
