"""Where dead letters may be sent again: into a topic of their own class that nobody uses yet."""

from libs.common.topics import DEAD_SUFFIX, REDRIVEN, TOPICS, topic_named

STAGES = {"detector": "frames.detected", "redactor": "frames.redacted"}
"""Service -> the topic that it writes by default."""


def check_name(target: str | None, dead_topic: str) -> None:
    """Raise ValueError unless letters of dead_topic may be sent to a topic of this name."""
    source = dead_topic.removesuffix(DEAD_SUFFIX)
    advice = f"expected a new topic such as {fresh_name(source)}"
    if target is None:
        raise ValueError(f"--to: {advice}")
    if target in TOPICS or target == source:
        raise ValueError(f"--to {target}: it is a live topic, where old frames are dropped as repeats; {advice}")
    if target.endswith(DEAD_SUFFIX) or target.startswith("__"):
        raise ValueError(f"--to {target}: it is not for messages to be handled; {advice}")
    wanted, found = topic_named(dead_topic).kind, topic_named(target).kind
    if wanted != found:
        raise ValueError(f"--to {target}: it would be {found} and {dead_topic} is {wanted}; {advice}")


def fresh_name(source: str) -> str:
    """A topic for what was refused from `source`, of the same class."""
    if (again := REDRIVEN.fullmatch(source)) is None:
        return f"{source}.redriven"
    return f"{again[1]}.redriven-{int(again[2]) + 1 if (again[2] or '').isdigit() else 2}"


def next_command(service: str, target: str) -> str | None:
    """What handles the redriven messages, its output a new topic as well; None for a service that is not known."""
    if (output := STAGES.get(service)) is None:
        return None
    again = REDRIVEN.fullmatch(target)
    suffix = target.removeprefix(again[1]) if again else ".redriven"
    return f"framebus {service} -i {target} -t {output}{suffix}"
