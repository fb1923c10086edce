"""What the viewer's web side is told at its start."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`origins`: other addresses under which browsers reach the viewer; `tls`: it is served as https.

    `cookie` names the session's cookie. Browsers share cookies among all ports of a host: two viewers need two names.
    """

    topics: tuple[str, ...]
    username: str = "viewer"
    password: str = field(default="", repr=False)
    login: bool = True
    raw: bool = False
    name: str = "framebus"
    origins: tuple[str, ...] = ()
    tls: bool = False
    cookie: str = "framebus"
