"""Takes secrets out of text: logs, errors, process titles, dead letters."""

import re

HIDDEN = "***"
# A password may hold any sign, / and @ too: after user and colon everything up to the last @ is hidden.
_LOGIN_IN_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)(?:[^/?#\s:@]*:\S*@|[^/?#\s]*@)")


def scrub(text: str) -> str:
    """Replace user and password of every URL in the text by ***; all else stays."""
    return _LOGIN_IN_URL.sub(rf"\1{HIDDEN}@", text)


def has_secret(text: str) -> bool:
    """True if `scrub` would change the text."""
    return scrub(text) != text
