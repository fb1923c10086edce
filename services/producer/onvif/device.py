"""Asks one ONVIF camera for its profiles and where their streams are (ONVIF Core §8.1, Media §5.2, §5.15)."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

import requests
import urllib3
from requests.adapters import HTTPAdapter

from libs.common.scrub import scrub
from services.producer.onvif.envelopes import MOST_BYTES, NAMES, OnvifError, envelope, read, text_at, username_token
from services.producer.sources.http_login import Login

ANSWER_S = 4.0
MOST_PROFILES = 16
MOST_AHEAD = timedelta(days=36_500)
"""A clock that was never set is decades behind."""
STREAMS = ("rtsp", "rtsps", "rtmp", "http", "https")
UNAUTHORIZED = b"NotAuthorized"
"""The fault of a device that does not know who asks, with status 400 or 500; others say 401."""


@dataclass(frozen=True, slots=True)
class Stream:
    """`url` without a login; `width` and `height` are 0 where the camera does not say them."""

    profile: str
    url: str
    codec: str
    width: int
    height: int


class OnvifDevice:
    """Everything is asked of the host that answered, whatever addresses it names."""

    def __init__(self, url: str, user: str | None, password: str) -> None:
        """`url`: of its device service. The password is never sent as it is."""
        self._url, self._user, self._password = url, user, password
        self._ahead = timedelta(0)
        self._session = _session()
        self._auth = Login(user, password).auth if user else None

    def streams(self) -> list[Stream]:
        """Of all its profiles. Raises OnvifError."""
        with self._session:
            self._set_clock()
            media = self._media_service()
            return list(self._streams(media))

    def _set_clock(self) -> None:
        """How far its clock is ahead of ours: it refuses a token that seems old."""
        asked = self._ask(self._url, "<tds:GetSystemDateAndTime/>", token="")
        found = asked.find(".//tt:UTCDateTime", NAMES)
        if found is None:
            return
        paths = ("tt:Date/tt:Year", "tt:Date/tt:Month", "tt:Date/tt:Day", "tt:Time/tt:Hour", "tt:Time/tt:Minute")
        try:
            theirs = datetime(*(int(text_at(found, path)) for path in (*paths, "tt:Time/tt:Second")), tzinfo=UTC)  # type: ignore[arg-type, misc]
        except (ValueError, OverflowError):
            return
        if abs(ahead := theirs - datetime.now(UTC)) < MOST_AHEAD:
            self._ahead = ahead

    def _media_service(self) -> str:
        """Its path on this host: behind a router a camera names addresses that nobody reaches."""
        asked = self._ask(self._url, "<tds:GetCapabilities><tds:Category>Media</tds:Category></tds:GetCapabilities>")
        try:
            named = urlsplit(text_at(asked, ".//tt:Media/tt:XAddr"))
        except ValueError:
            raise OnvifError("a media service without an address") from None
        if not named.path:
            raise OnvifError("no media service")
        return urlsplit(self._url)._replace(path=named.path, query=named.query).geturl()

    def _streams(self, media: str) -> Iterator[Stream]:
        profiles = self._ask(media, "<trt:GetProfiles/>").findall(".//trt:Profiles", NAMES)
        for profile in profiles[:MOST_PROFILES]:
            with suppress(OnvifError):  # a profile without video
                if url := _shown(text_at(self._ask(media, _get_stream_uri(profile)), ".//tt:Uri")):
                    yield _stream(profile, url)

    def _ask(self, url: str, body: str, token: str | None = None) -> Element:
        """`token`: WS-Security's; HTTP's own login is given to who asks for it."""
        token = self._token() if token is None else token
        try:
            with self._session.post(
                url, envelope(body, token), auth=self._auth, timeout=ANSWER_S, stream=True, allow_redirects=False
            ) as response:
                refused = response.status_code in (401, 403)
                answer = b"" if refused else response.raw.read(MOST_BYTES + 1, decode_content=False)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
            raise OnvifError("no answer") from None
        if refused or (response.status_code != 200 and UNAUTHORIZED in answer):
            raise OnvifError("user name or password refused" if self._user else "asks for a login")
        if response.status_code != 200:
            raise OnvifError(f"HTTP status {response.status_code}")
        return read(answer)

    def _token(self) -> str:
        return username_token(self._user, self._password, datetime.now(UTC) + self._ahead) if self._user else ""


def _get_stream_uri(profile: Element) -> str:
    setup = "<tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport>"
    token = escape(profile.get("token", "")[:64])
    return (
        f"<trt:GetStreamUri><trt:StreamSetup>{setup}</trt:StreamSetup>"
        f"<trt:ProfileToken>{token}</trt:ProfileToken></trt:GetStreamUri>"
    )


def _stream(profile: Element, url: str) -> Stream:
    encoder = "tt:VideoEncoderConfiguration/tt:"
    sides = [text_at(profile, f"{encoder}Resolution/tt:{side}") for side in ("Width", "Height")]
    width, height = (int(side) if side.isdecimal() and len(side) < 6 else 0 for side in sides)
    return Stream(text_at(profile, "tt:Name"), url, text_at(profile, f"{encoder}Encoding"), width, height)


def _shown(url: str) -> str:
    """Without what may be a secret; empty where it is no URL of a stream."""
    return scrub(url) if url.partition("://")[0].lower() in STREAMS and " " not in url else ""


class _Adapter(HTTPAdapter):
    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        """Without the body where a login is asked for: the library would read it to its end, which may never come."""
        response = super().build_response(req, resp)
        if response.status_code == 401:
            resp.close()
        return response


def _session() -> requests.Session:
    logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # its lines hold addresses
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    session = requests.Session()
    session.trust_env = False  # else netrc, proxies and certificates come from the environment
    session.verify = False  # a camera signs its own certificate, and it was asked for by no name
    session.headers = {"Content-Type": "application/soap+xml; charset=utf-8", "Accept-Encoding": "identity"}  # type: ignore[assignment]
    for scheme in ("http://", "https://"):
        session.mount(scheme, _Adapter())
    return session
