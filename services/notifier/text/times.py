"""Times, spans and sizes as people say them."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from libs.common.errors import SettingsError
from libs.common.hours import zone_of

SECOND_NS = 1_000_000_000
_UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))


@dataclass(frozen=True, slots=True)
class Moment:
    """`2026-10-25 02:30:00 CEST`: with the zone, as a clock set back shows an hour twice."""

    date: str
    time: str
    zone: str

    def __str__(self) -> str:
        return f"{self.date} {self.time} {self.zone}".rstrip()


def moment(at_ns: int, zone: tzinfo) -> Moment:
    """By the clock on the wall there; `at_ns` is UTC."""
    local = datetime.fromtimestamp(at_ns // SECOND_NS, zone)
    return Moment(f"{local:%Y-%m-%d}", f"{local:%H:%M:%S}", f"{local:%Z}")


def zone_or_utc(name: str | None) -> tzinfo:
    """What rules.yaml says was checked when it was read: whoever asks later gets an answer in any case."""
    try:
        return zone_of(name, "timezone") if name else UTC
    except SettingsError:
        return UTC


def span(duration_ns: int) -> str:
    """`45 s`, `2 min 5 s`, `3 d 4 h`: the two largest units."""
    left = max(0, duration_ns) // SECOND_NS
    parts: list[tuple[int, str]] = []
    for name, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count or parts:
            parts.append((count, name))
    return " ".join(f"{count} {name}" for count, name in parts[:2] if count) or "0 s"


def size(count: int) -> str:
    """`12.4 MB`, of a thousand each."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} kB"
    return f"{count / 1e6:.1f} MB" if count < 1_000_000_000 else f"{count / 1e9:.1f} GB"
