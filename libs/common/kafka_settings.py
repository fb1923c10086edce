"""Where the broker is, without importing a client."""

from dataclasses import dataclass


@dataclass(frozen=True)
class KafkaSettings:
    """Where the broker is and how to log in. `sasl_password` is a secret: repr hides it."""

    bootstrap: str = "localhost:9092"
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    sasl_username: str | None = None
    sasl_password: str | None = None
    ssl_cafile: str | None = None
    ssl_certfile: str | None = None
    ssl_keyfile: str | None = None

    def __repr__(self) -> str:
        return f"KafkaSettings({self.bootstrap}, {self.security_protocol})"
