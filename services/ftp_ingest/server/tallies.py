"""What the FTP server counts."""

from collections.abc import Sequence

from libs.common.metrics import Metrics

UPLOADS = ("taken", "aborted", "too-large", "full", "error")
LOGINS = ("right", "wrong", "locked", "no-tls", "too-many")
CONNECTIONS = ("accepted", "full", "displaced", "no-login", "idle", "too-long", "tls-failed", "foreign-data", "abuse")


class Tallies:
    """Counters by reason; of an upload that was refused for what is in it, the reason is the inbox's."""

    def __init__(self, metrics: Metrics, refusals: Sequence[str] = ()) -> None:
        uploads = tuple(dict.fromkeys((*UPLOADS, *refusals)))
        self.uploads = metrics.reasons("framebus_ftp_uploads_total", "Uploads by FTP, by what became of them.", uploads)
        self.logins = metrics.reasons("framebus_ftp_logins_total", "Logins by FTP, by what became of them.", LOGINS)
        self.connections = metrics.reasons(
            "framebus_ftp_connections_total", "Connections by FTP: accepted, refused, or cut and why.", CONNECTIONS
        )
