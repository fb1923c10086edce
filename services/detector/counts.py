"""What the detector counts beside what every service counts."""

from libs.common.metrics import Metrics, Reasons

LOOKED = ("full", "regions", "carried", "unknown", "inactive", "paused", "failed", "unavailable")
"""How frames were looked at, by each backend: whole, in parts, not at all; `unknown`: it could not tell."""

FILTERED = ("label", "confidence", "area", "ratio", "mask")
"""Why something found was not reported."""

CLOUD = ("ok", "throttled", "failed", "budget")
"""What became of calls to a cloud; `budget`: none was made, that of the day is spent."""

CAPPED = ("detections", "regions", "tracks", "labels", "crops")


class Counts:
    """Registered once per process."""

    def __init__(self, metrics: Metrics) -> None:
        self.looked: Reasons = metrics.reasons("framebus_looks_total", "Frames by how they were looked at.", LOOKED)
        self.capped: Reasons = metrics.reasons(
            "framebus_capped_total", "Findings beyond a cap: joined or left out.", CAPPED
        )
        self.cloud: Reasons = metrics.reasons(
            "framebus_cloud_calls_total", "Calls to a cloud by what became of them.", CLOUD
        )
        self.filtered: Reasons = metrics.reasons(
            "framebus_filtered_total", "Findings that a filter or mask dropped.", FILTERED
        )
