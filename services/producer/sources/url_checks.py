"""What is wrong with a URL before anything is opened. No text here repeats more of it than a known scheme."""

import re
import unicodedata
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from libs.common.errors import SettingsError

LONGEST = 4096
"""FFmpeg cuts longer ones off."""
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}")
HOST = re.compile(r"\w(?:[\w-]|\.(?!\.)){0,252}")


@dataclass(frozen=True, slots=True)
class Address:
    """A camera on the network: `url` as it came, the rest for people."""

    url: str = field(repr=False)
    host: str
    port: int | None
    path: str = field(repr=False)


def scheme_of(url: str) -> str | None:
    """What stands before the first colon, if that comes before any slash; None for a path. It may be no scheme."""
    named = re.match(r"[^/\\]*?:", url)
    if named is None or re.match(r"[A-Za-z]:[/\\]", url):
        return None
    return named.group()[:-1]


def named(scheme: str, url: str) -> str:
    """How an error may call it: a user name may stand where a scheme should."""
    return f"{scheme.lower()}:" if SCHEME.fullmatch(scheme) and url[len(scheme) :].startswith("://") else "this"


def path_of(path: str) -> str:
    """The same path. Raises SettingsError for none, for control characters and for another machine's."""
    if not path or has_controls(path) or len(path) > LONGEST:
        raise SettingsError("url: nothing to read; expected the path of a file or a folder, without control characters")
    if re.match(r"[/\\]{2}", path):
        raise SettingsError("url: a file of another machine; expected one of this machine")
    return path


def local_path(url: str) -> str:
    """The path of a file URL. Raises SettingsError."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SettingsError("url: no file URL; expected file:///PATH") from None
    if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        raise SettingsError("url: no whole path of a file of this machine; expected file:///PATH")
    return path_of(unquote(parts.path))


def address_of(url: str, example: str) -> Address:
    """Raises SettingsError unless it is SCHEME://[USER:PASSWORD@]HOST[:PORT][/PATH] and every sign of it is plain."""
    parts = None if _is_odd(url) else _split(url)
    if parts is None or not url[len(parts.scheme) :].startswith("://") or not _is_host(parts.hostname):
        raise SettingsError(
            f"url: no host or port, or a blank, backslash or control character in it; expected {example}, "
            "with @ : / ? # % of a password as %40 %3A %2F %3F %23 %25"
        )
    return Address(url, str(parts.hostname), parts.port, parts.path)


def has_controls(text: str) -> bool:
    """Control and format characters, line ends of any alphabet, half surrogates."""
    return any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Zl", "Zp") for sign in text)


def _is_odd(url: str) -> bool:
    plain = unquote(url)
    return len(url) > LONGEST or "\\" in url or any(sign.isspace() for sign in url) or has_controls(url + plain)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _is_host(host: str | None) -> bool:
    if host is None or ":" not in host:
        return HOST.fullmatch(host or "") is not None
    try:
        return bool(ip_address(host.partition("%")[0]))
    except ValueError:
        return False
