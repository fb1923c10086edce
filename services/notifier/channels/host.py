"""Names and addresses of hosts, as rules.yaml may say them."""

import re
from typing import Annotated

from pydantic import AfterValidator

_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?|[0-9A-Fa-f:]{2,39}")


def host_of(text: str) -> str:
    """In ASCII. Raises ValueError."""
    host = text.encode("idna").decode() if not text.isascii() else text
    if not _HOST.fullmatch(host) or ".." in host:
        raise ValueError("expected the name or the address of a host, without a port")
    return host


Host = Annotated[str, AfterValidator(host_of)]
