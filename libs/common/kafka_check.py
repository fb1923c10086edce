"""Is the broker there, are the topics there and made as they should be? For --check and `framebus topics check`."""

from collections.abc import Sequence

import kafka.errors

from libs.common.errors import TemporaryError
from libs.common.kafka_admin import Admin
from libs.common.kafka_login import enter
from libs.common.kafka_settings import KafkaSettings
from libs.common.topics import how_to_make, topic_kept_as


def missing_topics(settings: KafkaSettings, names: list[str]) -> list[str]:
    """Those that nobody has made yet; none where we may not ask."""
    try:
        with Admin(settings) as admin:
            return sorted(set(names) - admin.names())
    except kafka.errors.KafkaError:
        return []


def or_hidden(settings: KafkaSettings) -> str:
    """What else it may be that a topic is missing: a broker does not show what a user has no right to."""
    return "" if settings.security_protocol == "PLAINTEXT" else ", or this user may not see it"


def check_topics(
    settings: KafkaSettings, inputs: list[str], outputs: Sequence[str] = ()
) -> tuple[list[str], list[str]]:
    """Lines about what is well, and lines about what is not. Outputs may be missing: their writer makes them."""
    try:
        enter(settings)
        with Admin(settings) as admin:
            there = admin.names()
            checked = [
                _check_topic(admin, name, name in there, name in outputs, settings)
                for name in dict.fromkeys([*inputs, *outputs])
            ]
    except (TemporaryError, kafka.errors.KafkaError) as error:
        return [], [f"broker {settings.bootstrap}: {error or type(error).__name__}"]
    good = [line for well, line in checked if well]
    return [f"broker {settings.bootstrap}: answers", *good], [line for well, line in checked if not well]


def _check_topic(admin: Admin, name: str, there: bool, is_output: bool, settings: KafkaSettings) -> tuple[bool, str]:
    topic = topic_kept_as(name, settings.kept_as)
    if not there and is_output:
        return True, f"topic {name}: {topic.kind}, will be made at the first start"
    if not there:
        return False, f"topic {name}: missing{or_hidden(settings)} ({how_to_make(name, settings.kept_as)})"
    try:
        differences = admin.differences(topic)
    except kafka.errors.TopicAuthorizationFailedError:
        return True, f"topic {name}: {topic.kind}; this user may not see its settings"
    if not differences:
        return True, f"topic {name}: {topic.kind}, as it should be"
    found = ", ".join(f"{key} is {is_} instead of {should}" for key, (should, is_) in sorted(differences.items()))
    return not _harms(differences), f"topic {name}: {topic.kind}; {found}"


def _harms(differences: dict[str, tuple[str, str]]) -> bool:
    """Too small for our messages, or a camera's clock would steer retention; the rest is the operator's choice."""
    should, is_ = differences.get("max.message.bytes", ("0", "0"))
    return int(is_) < int(should) or "message.timestamp.type" in differences
