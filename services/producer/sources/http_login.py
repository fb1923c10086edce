"""Logging in at a camera's web server: nothing is said before it asks, and no more than it asks for."""

from urllib.parse import SplitResult, unquote

from requests import Response
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from requests.exceptions import InvalidHeader


class Login:
    """Digest where the camera offers it, so that the password itself is not sent; else basic."""

    def __init__(self, user: str, password: str) -> None:
        self._basic = HTTPBasicAuth(user.encode(), password.encode())
        self.auth: AuthBase = _Digest(user, password)
        """For the next request."""

    def learn(self, refused: Response) -> bool:
        """True if `auth` is another one now, so that it is worth asking once more."""
        offers_digest = "digest" in refused.headers.get("www-authenticate", "").lower()
        if offers_digest or self.auth is self._basic:
            return False
        self.auth = self._basic
        return True


class _Digest(HTTPDigestAuth):
    def build_digest_header(self, method: str, url: str) -> str:
        """The library takes a whole and known challenge for granted."""
        try:
            header = super().build_digest_header(method, url)
        except (KeyError, TypeError, AttributeError, ValueError):
            header = None
        if header is None:
            raise InvalidHeader("a digest challenge that cannot be answered")
        return header


def login_of(parts: SplitResult) -> Login | None:
    """The one in a URL."""
    if parts.username is None and parts.password is None:
        return None
    return Login(unquote(parts.username or ""), unquote(parts.password or ""))
