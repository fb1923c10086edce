"""Which pages may talk to the viewer: its own, and those of the origins that the operator named."""

from collections.abc import Collection, Mapping
from ipaddress import ip_address
from socket import gethostname
from typing import Any
from urllib.parse import urlsplit

Environ = Mapping[str, Any]


def same_origin(environ: Environ, allowed: Collection[str]) -> bool:
    """True if the browser says that the page it acts for is one of ours. Saying nothing is not enough."""
    own = f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST', '')}"
    return environ.get("HTTP_ORIGIN") in {own, *allowed}


def known_host(environ: Environ, allowed: Collection[str]) -> bool:
    """True if the address in the browser's address bar cannot be a stranger's name made to point at us.

    That trick (DNS rebinding) makes a stranger's page "same origin"; a login stops it, this stops it without one.
    """
    host = urlsplit(f"//{environ.get('HTTP_HOST', '')}").hostname or ""
    names = {"localhost", gethostname().lower(), *(urlsplit(origin).hostname for origin in allowed)}
    return host in names or _is_ip(host)


def _is_ip(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
