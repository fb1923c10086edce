"""Who may see what: one function, deny by default."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class User:
    """Somebody the viewer knows, with the topics and camera globs granted to them."""

    name: str
    topics: frozenset[str]
    cameras: tuple[str, ...] = ("*",)


def may(user: User | None, topic: str, camera: str) -> bool:
    """True if the user was granted both the topic and the camera; nobody (None) was granted nothing."""
    return user is not None and topic in user.topics and any(fnmatchcase(camera, glob) for glob in user.cameras)
