"""A log record as a line: text for people, JSON for machines. Secrets never get through."""

import json
import logging

from libs.common.log_context import in_hand
from libs.common.scrub import scrub

# Else a message could make lines of its own, or colour and clear somebody's terminal.
_VISIBLE = {number: repr(chr(number))[1:-1] for number in (*range(9), *range(10, 32), *range(127, 160))}

TIME, DAY_AND_TIME = "%H:%M:%S", "%Y-%m-%d %H:%M:%S"


class Text(logging.Formatter):
    """`time LEVEL service [camera/boot/seq]: message`; a message is one line, whatever was put into it."""

    def __init__(self, service: str, time: str) -> None:
        """`time`: strftime's format; empty where the line gets its time elsewhere."""
        super().__init__()
        self._service = service
        self._time = time

    def format(self, record: logging.LogRecord) -> str:
        at = self.formatTime(record, self._time) + " " if self._time else ""
        camera, frame_id = in_hand()
        about = f" [{frame_id or camera}]" if camera else ""
        message = record.getMessage().translate(_VISIBLE)
        line = f"{at}{record.levelname:<7} {self._service}{about}: {message}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return scrub(line)


class Json(logging.Formatter):
    """One object per line. `camera` is of the message in hand, else `own` (a producer has only one)."""

    def __init__(self, service: str, own: str | None) -> None:
        super().__init__()
        self._service = service
        self._own = own

    def format(self, record: logging.LogRecord) -> str:
        camera, frame_id = in_hand()
        line = {
            "at": round(record.created, 3),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "camera": camera or self._own,
            "frame_id": frame_id,
            "message": scrub(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = scrub(self.formatException(record.exc_info))
        return json.dumps({name: value for name, value in line.items() if value is not None})
