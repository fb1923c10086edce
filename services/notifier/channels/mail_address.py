"""Addresses of mail: a name for people, and what servers understand."""

import re
from dataclasses import dataclass
from email.header import Header
from email.utils import quote

from services.notifier.plain_text import one_line

MOST_NAME, MOST_LOCAL, MOST_DOMAIN = 100, 64, 253
FORM = 'an address like anna@example.org or "Anna <anna@example.org>"'

_PARTS = re.compile(r"(?:([^<>]*)<([^<>]*)>|([^<>]*))")
# RFC 5322, 3.2.3: atoms with dots between them; RFC 6531 adds all that is not ASCII.
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Address:
    """`domain` is ASCII (xn--… for others); `local`, before the @, may be any UTF-8; `name` may be empty."""

    name: str
    local: str
    domain: str

    @property
    def spec(self) -> str:
        """What a server is told."""
        return f"{self.local}@{self.domain}"

    def in_header(self, header: str) -> str:
        """Name and address, folded; the name in encoded words (RFC 2047) where it is not plain ASCII."""
        if not self.name:
            return self.spec
        return f"{_phrase(self.name, header)}\r\n <{self.spec}>"


def address(given: object) -> Address:
    """From the text in a file of settings. Raises ValueError, saying what was expected."""
    if not isinstance(given, str) or not (parts := _PARTS.fullmatch(given.strip())):
        raise ValueError(f"expected {FORM}")
    name, inside, alone = parts.groups()
    local, at, domain = (alone if inside is None else inside).strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        at = ""
    if not at or not _is_local(local) or not _is_domain(domain):
        raise ValueError(f"expected {FORM}, not {given!r}")
    return Address(_unquoted(name or ""), local, domain)


def _is_local(text: str) -> bool:
    return len(text.encode("utf-8", "replace")) <= MOST_LOCAL and text.isprintable() and bool(_LOCAL.fullmatch(text))


def _is_domain(text: str) -> bool:
    return len(text) <= MOST_DOMAIN and bool(_DOMAIN.fullmatch(text))


def _unquoted(name: str) -> str:
    name = name.strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = re.sub(r"\\(.)", r"\1", name[1:-1])
    if one_line(name, MOST_NAME) != name:
        raise ValueError(f"expected a name of at most {MOST_NAME} signs in one line before the address")
    return name


def _phrase(name: str, header: str) -> str:
    if name.isascii() and "=?" not in name:
        return f'"{quote(name)}"'
    return Header(name, "utf-8", header_name=header).encode(linesep="\r\n")
