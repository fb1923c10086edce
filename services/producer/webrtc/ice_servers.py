"""Servers that help peers to find each other: none, unless the operator names some."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class IceServers:
    """`stun` and `turn` are URLs such as stun:HOST:PORT."""

    stun: str | None = None
    turn: str | None = None
    username: str = ""
    password: str = field(default="", repr=False)

    def for_browsers(self) -> list[dict[str, object]]:
        """As RTCPeerConnection takes them."""
        found: list[dict[str, object]] = [{"urls": [self.stun]}] if self.stun else []
        if self.turn:
            found.append({"urls": [self.turn], "username": self.username, "credential": self.password})
        return found
