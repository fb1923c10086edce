"""A record on its way to Kafka, and what a refusal means to us."""

from dataclasses import dataclass

import kafka.errors

from libs.common.bus import Headers, Place
from libs.common.errors import FatalError, PermanentError

FATAL = (kafka.errors.TopicAuthorizationFailedError, kafka.errors.ClusterAuthorizationFailedError)


class CalledBackError(kafka.errors.KafkaError):  # type: ignore[misc]
    """Of records that were handed over and not yet sent when one before them was refused."""


@dataclass(slots=True)
class KafkaDelivery:
    """The fate of one record; it keeps what it needs to be sent once more, alone, until that is known."""

    number: int
    place: Place
    key: bytes | None
    value: bytes | None
    headers: Headers
    size: int
    done: bool = False
    error: Exception | None = None
    refused_once: bool = False


def given_up(topic: str, error: Exception) -> FatalError:
    """Which of them it was, or only that one was, nobody can say."""
    found = as_ours(topic, error)
    return found if isinstance(found, FatalError) else FatalError(f"{found}; nothing is lost, start it again")


def as_ours(topic: str, error: Exception) -> Exception:
    if isinstance(error, FATAL):
        return FatalError(f"no right to write to {topic}: ask the broker's administrator for WRITE on it")
    if isinstance(error, kafka.errors.MessageSizeTooLargeError):
        return PermanentError(f"{topic} refused the size: {error}", "too-large")
    return PermanentError(f"{topic} refused the record: {error or type(error).__name__}", "refused")
