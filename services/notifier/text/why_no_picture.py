"""Why a message comes without its picture: said in words, so that nobody takes it for a fault of the mail."""

from collections.abc import Mapping

from libs.common.messages import Notice

FOLLOWS = "follows"
"""The message is completed as soon as the picture is there."""
GONE = "The picture was not available any more."
WITHHELD: Mapping[str, str] = {
    "not-redacted": "nobody has covered who is in it",
    "not-looked": "nobody has looked at it",
    "label-not-looked-for": "nobody has looked for all that is to be covered",
    "mismatch": "it is not the picture that was looked at",
    "gap": "too little around it was looked at",
    "start": "it came too soon after a start",
    "late": "it was held for too long",
    "error": "covering it failed",
}
"""`not-redacted`, and the reasons of a frame's redaction in docs/messages.md."""


def missing(notice: Notice, why: str = "") -> str:
    """The sentence for a message without picture; empty where none belongs to it, or it or a film is on its way.

    `data.picture` of the notice has the reason why it may not be shown, if somebody had seen it when it was made;
    `why`: what is known of it now, empty: nothing.
    """
    reason = notice.data.get("picture")
    if reason == FOLLOWS or "clip" in notice.data:
        return ""
    reason = reason if isinstance(reason, str) else why
    if reason:
        return f"The picture is withheld: {WITHHELD.get(reason, 'it may not be shown')}."
    return GONE if notice.frame_id is not None else ""
