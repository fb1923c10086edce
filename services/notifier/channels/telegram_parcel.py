"""What one note is in Telegram: a text, a photo or a video with a caption, within what the Bot API takes."""

import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.notifier.channels.body import Body, File, as_form, as_json
from services.notifier.channels.channel import Clip, Note
from services.notifier.channels.utf16 import cut, length

Chat = int | str

TEXT, PHOTO, VIDEO = "text", "photo", "video"
MOST_TEXT, MOST_CAPTION = 4096, 1024
"""UTF-16 code units."""
MOST_PHOTO_BYTES, MOST_VIDEO_BYTES = 10_000_000, 50_000_000
"""https://core.telegram.org/bots/api#sending-files"""
NO_PREVIEW = {"is_disabled": True}
"""Else Telegram's servers ask the site's own for the links in a text."""


@dataclass(slots=True)
class Parcel:
    """`said` and `last` are the text, `said` is cut where that is too long; `instead` is the last without the file.

    A file is uploaded once, and known by `file_id` then.
    """

    said: str
    last: str = ""
    file: File | None = None
    instead: str = ""
    file_id: str | None = field(default=None, repr=False)

    @property
    def kind(self) -> str:
        if self.file is None:
            return TEXT
        return PHOTO if self.file.kind == "image/jpeg" else VIDEO

    def text(self, most: int = MOST_TEXT) -> str:
        """`most`: UTF-16 code units."""
        return cut(cut(self.said, max(1, most - length(self.last))) + self.last, most)

    def sending(self, chat: Chat) -> tuple[str, Body]:
        """Method and what it is given."""
        if self.file is None:
            return "sendMessage", as_json({"chat_id": chat, "text": self.text(), "link_preview_options": NO_PREVIEW})
        fields = {"chat_id": chat, "caption": self.text(MOST_CAPTION)}
        if self.kind == VIDEO:
            return "sendVideo", self._with_file(self.file, {**fields, "supports_streaming": True}, VIDEO)
        return "sendPhoto", self._with_file(self.file, fields, PHOTO)

    def editing(self, chat: Chat, message: int, kind: str) -> tuple[str, Body]:
        """The same for a message that is there, and is of that kind: a text may become a photo, not the reverse."""
        where: dict[str, Any] = {"chat_id": chat, "message_id": message}
        if self.file is not None:
            about = {"type": self.kind, "media": self.file_id or "attach://file", "caption": self.text(MOST_CAPTION)}
            return "editMessageMedia", self._with_file(self.file, {**where, "media": about}, "file")
        if kind == TEXT:
            return "editMessageText", as_json({**where, "text": self.text(), "link_preview_options": NO_PREVIEW})
        return "editMessageCaption", as_json({**where, "caption": self.text(MOST_CAPTION)})

    def without_file(self) -> "Parcel":
        """When Telegram refuses it: there are chats without pictures, and pictures of a strange shape."""
        return Parcel(self.said, self.instead)

    def _with_file(self, file: File, fields: Mapping[str, Any], name: str) -> Body:
        """As JSON where Telegram has the file already."""
        if self.file_id is not None:
            return as_json(fields if "media" in fields else {**fields, name: self.file_id})
        plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in fields.items()}
        return as_form(plain, name, file)

    def learn(self, result: Mapping[str, Any]) -> None:
        """From the answer to an upload: other chats need no other one."""
        photos = result.get(PHOTO)
        found = photos[-1] if isinstance(photos, list) and photos else result.get(VIDEO)
        name = found.get("file_id") if isinstance(found, dict) and self.file is not None else None
        self.file_id = name if isinstance(name, str) else None


def parcel_of(note: Note, picture: bool, light: bool) -> Parcel:
    """`light`: without an upload of the recording, which was too much for the line.

    Camera and time are in the text, if need be behind it; a summary says itself of which and from when to when.
    """
    said = "\n".join(part for part in (note.subject, note.text) if part.strip())
    wanted = () if note.summary_of and said else (note.camera, note.local_time)
    if missing := [each for each in wanted if each and each not in said]:
        said = f"{said}\n{', '.join(missing)}".strip()
    last = ""
    if note.clip is not None:
        last = _instead(note.clip, said)
        if not light and (video := video_of(note.clip)):
            return Parcel(said, file=video, instead=last)
    if note.jpeg is None or not picture:
        return Parcel(said, last)
    if len(note.jpeg) > MOST_PHOTO_BYTES:
        return Parcel(said, f"{last}\nThe picture is too large for Telegram.")
    photo = File("picture.jpg", "image/jpeg", note.jpeg, len(note.jpeg))
    return Parcel(said, last, photo, instead=f"{last}\nTelegram refuses the picture.")


def video_of(clip: Clip) -> File | None:
    """The recording, if Telegram takes it: MP4, by its first bytes, and not too large.

    The path comes from a message: a file that is anything else is nobody's business.
    """
    if clip.path is None:
        return None
    try:
        about = clip.path.stat()
        if not stat.S_ISREG(about.st_mode) or not 8 < about.st_size <= MOST_VIDEO_BYTES:
            return None
        with clip.path.open("rb") as file:
            is_mp4 = file.read(8)[4:] == b"ftyp"
    except (OSError, ValueError):
        return None
    return File("recording.mp4", "video/mp4", clip.path, about.st_size) if is_mp4 else None


def _instead(clip: Clip, said: str) -> str:
    """Of the video itself: a link, or at least that there is one."""
    if clip.url and clip.url in said:
        return ""
    size = f"{clip.size_bytes / 1e6:.0f} MB"
    return f"\nRecording ({size}): {clip.url}" if clip.url else f"\nThere is a recording ({size})."
