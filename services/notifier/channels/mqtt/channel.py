"""Notes as JSON, with their pictures beside them, for whoever listens at the broker."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from libs.common.errors import PermanentError
from libs.common.names import is_name
from services.notifier.channels.channel import Note
from services.notifier.channels.content import content
from services.notifier.channels.mqtt.answers import LostError
from services.notifier.channels.mqtt.client import Post
from services.notifier.channels.mqtt.home import Home
from services.notifier.channels.mqtt.link import Link
from services.notifier.channels.mqtt.names import Topics
from services.notifier.channels.mqtt.scene import moment
from services.notifier.happening import Happening

log = logging.getLogger(__name__)

TRIES = 2
WAIT_S, WITHIN_S = 8.0, 11.0
"""For a connection; and for the picture and the note each, with that: 22 s at most."""


class MqttChannel:
    """`keep`: the last picture stays at the broker. `picture`: pictures are sent at all."""

    def __init__(self, link: Link, home: Home, topics: Topics, picture: bool, keep: bool) -> None:
        self._link, self._home, self._topics = link, home, topics
        self._picture, self._keep = picture, keep
        self._losses: tuple[str, int] = ("", 0)
        """How often the picture of which note ended the connection."""

    def send(self, note: Note) -> str:
        """Its id: the handle for `edit`."""
        return self._say(note, note.id, update=False)

    def edit(self, handle: str, note: Note) -> str:
        """The whole note again, under the same id, with `update`."""
        return self._say(note, handle, update=True)

    def observe(self, happening: Happening) -> None:
        self._home.observe(happening)

    def close(self) -> None:
        self._home.close()
        self._link.close()

    def _say(self, note: Note, note_id: str, update: bool) -> str:
        if not is_name(note.camera):
            raise PermanentError(f"expected the name of a camera, not {note.camera[:80]!r}")
        shown = self._show(note, note_id) if self._picture and note.jpeg else None
        told = json.dumps(payload(note, note_id, update, shown), ensure_ascii=False, allow_nan=False)
        post = Post(self._topics.of(note.camera, "notice"), told.encode(errors="replace"))
        self._link.publish([post], WAIT_S if shown is None else 0.0, WITHIN_S)
        return note_id

    def _show(self, note: Note, note_id: str) -> str | None:
        """The topic with the picture; None where the broker does not take one of this size.

        Many brokers hang up then, and say nothing: such a picture is tried twice.
        """
        lost, times = self._losses
        if lost == note_id and times >= TRIES:
            return None
        topic = self._topics.of(note.camera, "picture")
        try:
            self._link.publish([Post(topic, note.jpeg or b"", self._keep and not note.marked)], WAIT_S, WITHIN_S)
        except PermanentError as error:
            log.warning("%s: a note goes without its picture: %s", note.camera, error)
            return None
        except LostError:
            self._losses = (note_id, times + 1 if lost == note_id else 1)
            raise
        return topic


def payload(note: Note, note_id: str, update: bool, picture: str | None) -> Mapping[str, Any]:
    """`at`: when it happened, UTC; `picture`: the topic that has just got it."""
    clip = {"url": note.clip.url, "bytes": note.clip.size_bytes} if note.clip else None
    about = {"kind": note.kind, "at": moment(note.at), "picture": picture, "clip": clip}
    return {"id": note_id, "update": update, **content(note), **about}
