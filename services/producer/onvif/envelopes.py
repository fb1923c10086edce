"""The messages of ONVIF: SOAP 1.2 envelopes, and what is read of answers. An answer may be anything at all."""

import base64
import hashlib
import secrets
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from libs.common.errors import FramebusError

NAMES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "d": "http://schemas.xmlsoap.org/ws/2005/04/discovery",
    "dn": "http://www.onvif.org/ver10/network/wsdl",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tt": "http://www.onvif.org/ver10/schema",
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
}
PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"
ENCODING = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"
MOST_BYTES = 1 << 18
"""Of an answer: sixteen profiles with all their settings have 60 KB."""
LONGEST = 4000
"""Characters of a text in it."""


class OnvifError(FramebusError):
    """A device does not answer as ONVIF says; the text may be shown."""


def envelope(body: str, header: str = "") -> bytes:
    """A message; both parts are XML already, with the prefixes of NAMES."""
    spaces = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
    parts = f"<s:Header>{header}</s:Header><s:Body>{body}</s:Body>"
    return f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {spaces}>{parts}</s:Envelope>'.encode()


def username_token(user: str, password: str, now: datetime) -> str:
    """The header that says who asks without saying the password (WS-Security UsernameToken 1.0 §3.1); `now` in UTC."""
    nonce, created = secrets.token_bytes(16), f"{now:%Y-%m-%dT%H:%M:%SZ}"
    digest = hashlib.sha1(nonce + created.encode() + password.encode(), usedforsecurity=False).digest()
    return (
        f'<wsse:Security s:mustUnderstand="1"><wsse:UsernameToken><wsse:Username>{escape(user)}</wsse:Username>'
        f'<wsse:Password Type="{PROFILE}#PasswordDigest">{base64.b64encode(digest).decode()}</wsse:Password>'
        f'<wsse:Nonce EncodingType="{ENCODING}">{base64.b64encode(nonce).decode()}</wsse:Nonce>'
        f"<wsu:Created>{created}</wsu:Created></wsse:UsernameToken></wsse:Security>"
    )


def read(answer: bytes) -> Element:
    """Its root. Raises OnvifError for what is too long or no XML, and where it brings entities of its own."""
    if len(answer) > MOST_BYTES:
        raise OnvifError(f"an answer of more than {MOST_BYTES} bytes")
    try:
        return fromstring(answer, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise OnvifError("an answer that is no plain XML") from None


def text_at(element: Element, path: str) -> str:
    """The text at a path with the prefixes of NAMES, empty where there is none."""
    return printable(element.findtext(path, "", NAMES))


def printable(text: str) -> str:
    """On a terminal it stays text: no control characters, no changes of direction, one line of bounded length."""
    return "".join(sign for sign in " ".join(text[:LONGEST].split()) if sign.isprintable())
