"""An offer (SDP) as it comes, read as text: what of it is let in, before any of it is acted on."""

import re

from libs.common.errors import PermanentError
from services.producer.webrtc.limits import MOST_CANDIDATES, MOST_MEDIA, SDP_BYTES
from services.producer.webrtc.reach import Reach

MDNS = re.compile(r"[A-Za-z0-9-]{1,63}\.local")
LONGEST_LINE = 2048
ICE = r"[A-Za-z0-9+/]"

BAD_OFFER = "bad-offer"
"""The reason of an error: it is none, or none that is taken."""


def checked(sdp: str, reach: Reach) -> str:
    """The same without the candidates to which nothing may go.

    Raises PermanentError ("bad-offer") for what is no offer of one video.
    """
    if len(sdp) > SDP_BYTES:
        raise bad(f"an offer of {len(sdp)} bytes, expected {SDP_BYTES} at most")
    lines = sdp.replace("\r\n", "\n").split("\n")
    if not lines[0].startswith("v=0") or any(len(line) > LONGEST_LINE or not line.isprintable() for line in lines):
        raise bad("no SDP: expected v=0 and lines of plain text")
    _need_video([line.split(" ")[0] for line in lines if line.startswith("m=")])
    _need_ice(lines)
    kept = [line for line in lines if not line.startswith("a=candidate:") or usable(line[2:], reach)]
    if sum(line.startswith("a=candidate:") for line in lines) > MOST_CANDIDATES:
        raise bad(f"more than {MOST_CANDIDATES} candidates")
    return "\r\n".join(line for line in kept if line) + "\r\n"


def candidates(fragment: str, reach: Reach) -> list[tuple[str, str]]:
    """Of a part of an offer (RFC 8840): the name of the media and a candidate to which packets may go.

    Raises PermanentError ("bad-offer").
    """
    found: list[tuple[str, str]] = []
    mid = "0"
    for line in fragment.splitlines():
        if line.startswith("a=mid:"):
            mid = line[6:70]
        elif line.startswith("a=candidate:") and usable(line[2:], reach):
            found.append((mid, line[2:]))
    if len(found) > MOST_CANDIDATES:
        raise bad(f"more than {MOST_CANDIDATES} candidates")
    return found


def usable(candidate: str, reach: Reach) -> bool:
    """`candidate:…`, a host to which packets may go, or a name that is asked for on the local network alone."""
    parts = candidate.split(" ")
    if len(parts) < 8 or parts[2].lower() != "udp" or not re.fullmatch(r"[0-9]{1,5}", parts[5]):
        return False
    return 0 < int(parts[5]) < 65536 and (MDNS.fullmatch(parts[4]) is not None or reach(parts[4]))


def bad(text: str) -> PermanentError:
    return PermanentError(text, BAD_OFFER)


def _need_video(media: list[str]) -> None:
    if media.count("m=video") != 1 or not set(media) <= {"m=video", "m=audio"} or len(media) > MOST_MEDIA:
        kinds = ", ".join(each[2:18] for each in media[:MOST_MEDIA]) or "nothing"
        raise bad(f"an offer of {kinds}, expected one video, and sound at most beside it")


def _need_ice(lines: list[str]) -> None:
    for name, least in (("ice-ufrag", 4), ("ice-pwd", 22)):
        found = [line for line in lines if line.startswith(f"a={name}:")]
        if not found or not all(re.fullmatch(rf"a={name}:{ICE}{{{least},256}}", line) for line in found):
            raise bad(f"a={name}: expected {least} to 256 letters, digits, + and /")
    if not any(re.fullmatch(r"a=fingerprint:sha-(256|384|512) [0-9A-Fa-f:]{95,191}", line) for line in lines):
        raise bad("a=fingerprint: expected sha-256, sha-384 or sha-512")
