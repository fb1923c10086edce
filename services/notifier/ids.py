"""Ids of notices: the same cause has the same id in every copy and after every restart."""

import hashlib

ID_CHARACTERS = 32


def notice_id(event: str, channel: str, update: str = "") -> str:
    """The first 32 hexadecimal digits of SHA-256 over `event/channel`, of an update `event/channel/update`."""
    cause = "/".join([event, channel, update] if update else [event, channel])
    return hashlib.sha256(cause.encode()).hexdigest()[:ID_CHARACTERS]


def summary_event(first_member: str) -> str:
    """The event id of the summary whose oldest member this is."""
    return notice_id(first_member, "summary")
