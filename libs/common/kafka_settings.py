"""Where the broker is, without importing a client."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class KafkaSettings:
    """Where the broker is and how to log in. `sasl_password` is a secret: repr hides it.

    `kept_as`: topics with names of an operator's own, and the declared one as which each of them is made.
    """

    bootstrap: str = "localhost:9092"
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    sasl_username: str | None = None
    sasl_password: str | None = None
    ssl_cafile: str | None = None
    ssl_certfile: str | None = None
    ssl_keyfile: str | None = None
    kept_as: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __repr__(self) -> str:
        return f"KafkaSettings({self.bootstrap}, {self.security_protocol})"
