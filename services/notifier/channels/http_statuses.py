"""What the status of an answer means for the next attempt, where the protocol leaves it to HTTP (RFC 9110, 6585)."""

import math
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from libs.common.errors import FramebusError, PermanentError, TemporaryError

LATER = frozenset({408, 425, 429})
"""Below 500, but worth another attempt."""
LONGEST_PAUSE_S = 86_400.0
MEANINGS = {
    401: "it does not know us: is the secret right?",
    403: "it does not let us in",
    404: "there is no such page",
    410: "it wants no more messages: take the channel out of the rules",
    413: "the message is too large for it",
}


def failure(label: str, status: int, headers: Mapping[str, str], now_ns: int) -> FramebusError | None:
    """What to raise after this answer; None: it was taken. Names of headers are lower case, `now_ns` is UTC."""
    if 200 <= status < 300:
        return None
    if status in LATER or status >= 500:
        return TemporaryError(f"{label}: status {status}", *asked_pause(headers.get("retry-after", ""), now_ns))
    reason = "gone" if status == 410 else "refused"
    return PermanentError(f"{label}: status {status}, {MEANINGS.get(status, 'it refuses')}", reason=reason)


def asked_pause(retry_after: str, now_ns: int) -> tuple[float, ...]:
    """Retry-After in seconds, at most a day: one number, or nothing where it does not say (RFC 9110, 10.2.3)."""
    try:
        seconds = float(retry_after)
    except ValueError:
        seconds = _until(retry_after, now_ns)
    return (min(seconds, LONGEST_PAUSE_S),) if math.isfinite(seconds) and seconds > 0 else ()


def _until(date: str, now_ns: int) -> float:
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        return math.nan
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now_ns / 1e9
