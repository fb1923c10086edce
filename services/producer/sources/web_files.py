"""What an HLS playlist names, fetched from the web: FFmpeg itself opens nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.producer.sources.http_client import HttpClient
from services.producer.sources.shots import SourceError

MOST_BYTES = 64 << 20
"""Of one answer; a segment of ten seconds has a few megabytes."""


@dataclass(frozen=True, slots=True)
class WebFiles:
    """Opens files for `av.open`, each by a request of its own, with the login of the URL and of no other."""

    label: str
    insecure: bool = False

    def __call__(self, url: str, flags: int, options: Mapping[str, str]) -> "WebFile":
        """Raises SourceError for what is no http or https address, and where there is no such file."""
        if urlsplit(url).scheme.lower() not in ("http", "https"):
            raise SourceError(f"{self.label}: its list names something that is no http or https address", "refused")
        return WebFile(self.label, HttpClient(self.label, url, self.insecure))


class WebFile:
    """Read from its beginning to its end."""

    def __init__(self, label: str, client: HttpClient) -> None:
        self._label, self._client = label, client
        try:
            self._chunks: Iterator[bytes] = client.get().chunks
        except SourceError:
            client.close()
            raise
        self._rest = b""
        self._read_bytes = 0

    def read(self, size: int) -> bytes:
        """At most so many bytes, none at the end. Raises SourceError."""
        chunk = self._rest or next(self._chunks, b"")
        self._rest = chunk[size:]
        self._read_bytes += min(size, len(chunk))
        if self._read_bytes > MOST_BYTES:
            raise SourceError(f"{self._label}: a file of more than {MOST_BYTES} bytes", "refused")
        return chunk[:size]

    def close(self) -> None:
        """The connection, too."""
        self._client.close()
