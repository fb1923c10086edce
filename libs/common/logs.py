"""Log lines on stderr: text for people, JSON for machines. Secrets in URLs never get through."""

import json
import logging
import sys

from libs.common.scrub import scrub


class _Text(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__(f"%(asctime)s %(levelname)-7s {service}: %(message)s", "%H:%M:%S")

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


class _Json(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": round(record.created, 3),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": scrub(record.getMessage()),
        }
        if record.exc_info:
            line["traceback"] = scrub(self.formatException(record.exc_info))
        return json.dumps(line)


def set_up(service: str, level: str, form: str) -> None:
    """One handler on stderr for the whole process; stdout belongs to messages."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(service) if form == "json" else _Text(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
