"""What the detector counts beside what every service counts."""

from libs.common.metrics import Metrics, Reasons

LOOKED = ("full", "regions", "carried", "unknown", "inactive", "failed", "unavailable")
"""How frames were looked at, by each backend: whole, in parts, not at all; `unknown`: it could not tell."""

CAPPED = ("detections", "regions", "tracks", "labels")


class Counts:
    """Registered once per process."""

    def __init__(self, metrics: Metrics) -> None:
        self.looked: Reasons = metrics.reasons("framebus_looks_total", "Frames by how they were looked at.", LOOKED)
        self.capped: Reasons = metrics.reasons(
            "framebus_capped_total", "Findings beyond a cap: joined or left out.", CAPPED
        )
