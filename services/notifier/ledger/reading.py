"""Records of the topic of notices, as notices."""

from libs.common import codec
from libs.common.bus import Record
from libs.common.errors import PermanentError
from libs.common.messages import Notice


def read(record: Record) -> Notice | None:
    """None: it is no notice under its own key. Nobody is told of what cannot be understood."""
    try:
        message = codec.decode(record.value) if record.value else None
    except PermanentError:
        return None
    return message if isinstance(message, Notice) and record.key == message.id.encode() else None


def bare(notice_id: str, state: str) -> Notice:
    """Of one that was finished long ago: nothing but its id and its state is known."""
    return Notice(id=notice_id, state=state, camera="", event="", channel="", rule="", kind="", at=0, noticed_at=0)
