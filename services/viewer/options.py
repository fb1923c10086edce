"""What the viewer's web side is told at its start."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`password` empty with `login` on is refused by nobody here: the one who starts the viewer makes one up."""

    topics: tuple[str, ...]
    username: str = "viewer"
    password: str = field(default="", repr=False)
    login: bool = True
    raw: bool = False
    name: str = "framebus"
    origins: tuple[str, ...] = ()
    tls: bool = False
    cookie: str = "framebus"
