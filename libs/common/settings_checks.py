"""What settings of several services must look like. All of it raises ValueError, which says what was expected."""

import re
from collections.abc import Sequence
from datetime import datetime

from libs.common.topics import DEAD_SUFFIX, topic_named

STREAM = "-"
LONGEST_TOPIC = 249
UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def topic_name(name: str, suffix: str = "") -> str:
    """A name that Kafka takes, also with the suffix behind it; or - for a stream."""
    if name == STREAM:
        return name
    longest = LONGEST_TOPIC - (0 if name.endswith(suffix) else len(suffix))
    if name in (".", "..") or not re.fullmatch(rf"[A-Za-z0-9._-]{{1,{longest}}}", name):
        raise ValueError(f"expected a topic: letters, digits, . _ - and no other sign, {longest} at most")
    return name


def raw_topic(name: str) -> str:
    """A topic for those who may see people: what was not redacted has no place where all is safe."""
    if topic_name(name) != STREAM and topic_named(name).kind != "raw":
        raise ValueError("expected a raw topic: this one is for what is safe to show")
    return name


def input_topics(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names whose dead letters have a name too, each once, and a stream alone."""
    for name in names:
        topic_name(name, DEAD_SUFFIX)
    if len(set(names)) != len(names):
        raise ValueError("each topic only once")
    if STREAM in names and len(names) > 1:
        raise ValueError("- (stdin) cannot be combined with other topics")
    return names


def camera_globs(globs: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns that some camera's name can match."""
    for glob in globs:
        if not re.fullmatch(r"[A-Za-z0-9_.*?!\[\]-]{1,128}", glob):
            raise ValueError(f"expected names of cameras, * ? and [abc], not {glob[:80]!r}")
    return globs


def printable(text: str) -> str:
    """One line of text: it is shown in log lines."""
    if not text.isprintable():
        raise ValueError("expected printable text in one line")
    return text


def readable_when(text: str | None) -> str | None:
    """A time that parse_when reads, or none."""
    if text is not None:
        parse_when(text, 0)
    return text


def parse_when(text: str, now_ms: int) -> int:
    """UTC milliseconds of earliest, latest, -10m or an ISO time; raises ValueError."""
    if text in ("earliest", "latest"):
        return 0 if text == "earliest" else 2**62
    if ago := re.fullmatch(r"-([0-9]{1,9})([smhd])", text):
        return now_ms - int(ago[1]) * UNITS_S[ago[2]] * 1000
    try:
        when = datetime.fromisoformat(text)
        if when.tzinfo is None:
            raise ValueError("no time zone")
    except ValueError:
        expected = "expected earliest, latest, -10m, or a time with its zone like 2026-01-31T12:00:00Z"
        raise ValueError(expected) from None
    return round(when.timestamp() * 1000)


def host_port(text: str) -> tuple[str, int]:
    """`127.0.0.1:8080` in two."""
    host, _, port = text.rpartition(":")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        raise ValueError("expected HOST:PORT, the port up to 65535")
    return host, int(port)


def port_range(text: str) -> tuple[int, int]:
    """`50000-50063` in two: the first and the last, none that only root may have."""
    found = re.fullmatch(r"([0-9]{4,5})-([0-9]{4,5})", text)
    if not found or not 1024 <= int(found[1]) <= int(found[2]) <= 65535:
        raise ValueError("expected LOW-HIGH, like 50000-50063, from 1024 to 65535")
    return int(found[1]), int(found[2])


def page_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses of pages, as browsers send them in the header Origin."""
    for origin in origins:
        if not re.fullmatch(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?/?", origin):
            raise ValueError("expected https://HOST or https://HOST:PORT, without a path")
    return origins


def addresses(text: str) -> str:
    """One or more HOST:PORT of brokers, with commas between them."""
    for address in text.split(","):
        if host_port(address)[1] == 0 or re.search(r"[\s/@]", address):
            raise ValueError("expected HOST:PORT, several with commas, a port from 1 to 65535")
    return text


def login_fits(given: Sequence[str], protocol: str, mechanism: str | None) -> None:
    """A login that is not used, or half of one, is a mistake: nobody should believe that it protects."""
    sasl = sorted(name for name in given if name.startswith("sasl"))
    tls = sorted(name for name in given if name.startswith("ssl"))
    has_sasl, has_tls = protocol.startswith("SASL_"), protocol.endswith("SSL")
    if tls and not has_tls:
        raise ValueError(f"--{tls[0]}: unused with --security-protocol {protocol}, expected SSL or SASL_SSL")
    if sasl and not has_sasl:
        raise ValueError(
            f"--{sasl[0]}: unused with --security-protocol {protocol}, expected SASL_SSL or SASL_PLAINTEXT"
        )
    if has_sasl and mechanism is None:
        raise ValueError(f"--sasl-mechanism: expected one with --security-protocol {protocol}")
    if has_sasl and "sasl-username" not in sasl:
        raise ValueError("--sasl-username: expected one with --sasl-mechanism")
    if has_sasl and not {"sasl-password", "sasl-password-file"} & set(sasl):
        raise ValueError("--sasl-password-file (or FRAMEBUS_SASL_PASSWORD): expected with --sasl-username")
    if "ssl-keyfile" in tls and "ssl-certfile" not in tls:
        raise ValueError("--ssl-keyfile: expected --ssl-certfile with it")
