"""Asks a camera's web server for pictures: by name only where it must, and never without an end."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
import urllib3

from services.producer.sources.deadline import Deadline
from services.producer.sources.http_connections import Connections
from services.producer.sources.http_login import login_of
from services.producer.sources.shots import SourceError

WHOLE_S = 4.0
"""Until an answer has begun; of a single picture: until it is whole. Then silence of that length is the limit."""
MOST_REDIRECTS = 3
CHUNK_BYTES = 1 << 16
STATUSES = {401: "refused", 403: "refused", 404: "not found", 410: "not found"}
REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind`: the Content-Type, lower case, without parameters; `length`: bytes of the body, where it is known."""

    kind: str
    length: int | None
    chunks: Iterator[bytes] = field(repr=False)
    """As they come in. Raises SourceError."""


class HttpClient:
    """One camera's. Its connection is kept from request to request."""

    def __init__(self, label: str, url: str, insecure: bool = False) -> None:
        """`label` stands for the URL in every text; `insecure`: any certificate will do."""
        parts = urlsplit(url)
        self._label, self._url, self._login = label, _without_login(parts), login_of(parts)
        connections = Connections()
        self._session, self._deadline = _session(connections, insecure), Deadline(connections.cut)
        self._prepared: dict[str, requests.PreparedRequest] = {}
        self._response: requests.Response | None = None

    def close(self) -> None:
        self._leave()
        self._session.close()
        self._deadline.close()

    @contextmanager
    def in_time(self) -> Iterator[None]:
        """What is asked for and read in here is there within WHOLE_S. Raises SourceError."""
        with self._deadline.within(WHOLE_S):
            try:
                yield
            except SourceError as error:
                raise self._error("no answer in time", "stalled") if self._deadline.late else error from None
            if self._deadline.late:
                raise self._error("no answer in time", "stalled")

    def get(self) -> Answer:
        """The answer, whose body is still to be read, all of it or none. Raises SourceError."""
        self._leave()
        with self._errors_told():
            response = self._response = self._followed()
        if response.status_code != 200:
            raise self._refusal(response.status_code)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(kind, response.raw.length_remaining, self._chunks(response))

    def finish(self) -> None:
        """Nothing more of the answer is of interest: keeps the connection where it is read to its end."""
        with suppress(SourceError), self._errors_told():
            if self._response is not None and self._response.raw.chunked:
                self._response.raw.read1(CHUNK_BYTES, decode_content=False)  # the empty chunk at its end
        self._leave()

    def _leave(self) -> None:
        if self._response is not None:
            self._response.raw.close()
            self._response.close()
            self._response = None

    def _followed(self) -> requests.Response:
        url = self._url
        for _ in range(MOST_REDIRECTS + 1):
            response = self._asked(url)
            if response.status_code not in REDIRECTS:
                return response
            url = self._next(url, response.headers.get("location", ""))
        raise self._error(f"sends on more than {MOST_REDIRECTS} times", "refused")

    def _next(self, url: str, location: str) -> str:
        parts = urlsplit(urljoin(url, location))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise self._error("sends on to something that is no http or https address", "refused")
        return _without_login(parts)

    def _asked(self, url: str) -> requests.Response:
        login = self._login if _same_host(self._url, url) else None
        response = self._got(url, login.auth if login else None)
        if login and response.status_code in (401, 403) and login.learn(response):
            response = self._got(url, login.auth)
        return response

    def _got(self, url: str, auth: requests.auth.AuthBase | None) -> requests.Response:
        request = self._request(url)
        if auth is not None:
            request = request.copy()
            request.prepare_auth(auth, url)
        verify = self._session.verify
        return self._session.send(request, timeout=WHOLE_S, verify=verify, stream=True, allow_redirects=False)

    def _request(self, url: str) -> requests.PreparedRequest:
        """Made once: that takes the library as long as sending it."""
        if url not in self._prepared:
            self._prepared = {url: self._session.prepare_request(requests.Request("GET", url))}
        return self._prepared[url]

    def _chunks(self, response: requests.Response) -> Iterator[bytes]:
        with self._errors_told():
            while chunk := response.raw.read1(CHUNK_BYTES, decode_content=False):
                yield chunk

    def _refusal(self, status: int) -> SourceError:
        reason = STATUSES.get(status, "camera error")
        text = {"refused": "user name or password refused", "not found": "no such page"}.get(reason)
        return self._error(text or f"HTTP status {status}", reason)

    def _error(self, text: str, reason: str) -> SourceError:
        return SourceError(f"{self._label}: {text}", reason)

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        """The library's errors without their text, which holds the address."""
        try:
            yield
        except requests.ConnectTimeout:
            raise self._error("not reached", "unreachable") from None
        except (requests.Timeout, urllib3.exceptions.TimeoutError):
            raise self._error("no answer, no data", "stalled") from None
        except (requests.exceptions.SSLError, urllib3.exceptions.SSLError):
            raise self._error("its certificate is not trusted, or it speaks no TLS", "certificate refused") from None
        except requests.exceptions.InvalidHeader:
            raise self._error("asks for a login in a way that is not known", "refused") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            if _is_unreachable(error):
                raise self._error("no such host, or nobody answers there", "unreachable") from None
            raise self._error("connection lost, or no HTTP", "connection lost") from None


def _is_unreachable(error: Exception) -> bool:
    """True if there never was a connection."""
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), urllib3.exceptions.NewConnectionError)


def _session(connections: Connections, insecure: bool) -> requests.Session:
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # its lines hold addresses
    session = requests.Session()
    session.trust_env = False  # else netrc, proxies and certificates come from the environment
    session.verify = not insecure
    if insecure:
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers = {"User-Agent": "framebus", "Accept": "*/*", "Accept-Encoding": "identity"}  # type: ignore[assignment]
    for scheme in ("http://", "https://"):
        session.mount(scheme, connections)
    return session


def _without_login(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


def _same_host(first: str, other: str) -> bool:
    """True if the other address may have the login: the same server, or the same host by TLS instead of without."""
    a, b = urlsplit(first), urlsplit(other)
    same = (a.scheme, a.hostname, _port(a)) == (b.scheme, b.hostname, _port(b))
    return same or (a.hostname == b.hostname and (a.scheme, b.scheme) == ("http", "https"))


def _port(parts: SplitResult) -> int:
    return parts.port or {"http": 80, "https": 443}[parts.scheme]
