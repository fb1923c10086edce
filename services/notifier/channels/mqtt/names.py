"""Names as topics and Home Assistant take them."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from libs.common.names import is_name

LONGEST, MARK = 48, 10
_PLAIN = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_MARKED = re.compile(r"_[0-9a-f]{10}\Z")


def slug(text: str) -> str:
    """At most 48 of a-z, 0-9 and single _; never the same for two texts.

    What is not plain already gets ten hexadecimal digits of its SHA-256, so does what looks as if it had them.
    """
    if len(text) <= LONGEST and _PLAIN.fullmatch(text) and not _MARKED.search(text):
        return text
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    stem = "_".join(re.findall("[a-z0-9]+", letters))[: LONGEST - MARK - 1].rstrip("_")
    return f"{stem or 'x'}_{hashlib.sha256(text.encode(errors='surrogatepass')).hexdigest()[:MARK]}"


@dataclass(frozen=True)
class Topics:
    """All begin with `base`; a camera's name stands in them as it is, for it has no sign that a topic knows."""

    base: str
    discovery: str | None

    @property
    def available(self) -> str:
        """`online` or `offline`, retained."""
        return f"{self.base}/available"

    @property
    def birth(self) -> str:
        """Where Home Assistant says that it has started."""
        return f"{self.discovery}/status"

    @property
    def heard(self) -> tuple[str, ...]:
        """What we listen to."""
        ours = (self.available, f"{self.base}/+/state", f"{self.base}/+/alerts/set")
        return (*ours, self.birth) if self.discovery else ours

    def of(self, camera: str, what: str) -> str:
        """`notice`, `picture`, `state` or `alerts/set`."""
        return f"{self.base}/{camera}/{what}"

    def config(self, camera: str) -> str:
        """Where Home Assistant looks for the device; two underscores are in no slug."""
        return f"{self.discovery}/device/{self.device(camera)}/config"

    def device(self, camera: str) -> str:
        """What Home Assistant knows it by, for ever."""
        return f"{slug(self.base)}__{slug(camera)}"

    def camera_of(self, topic: str, what: str) -> str | None:
        """Whose topic of that kind it is; None if it is none."""
        start, end = f"{self.base}/", f"/{what}"
        name = topic[len(start) : -len(end)]
        return name if topic == f"{start}{name}{end}" and is_name(name) else None
