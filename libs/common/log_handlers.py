"""Where log lines go: stderr, a file that is rotated, syslog. Whatever breaks there, the service goes on."""

import logging
import os
import socket
import stat
import sys
from contextlib import suppress
from logging.handlers import RotatingFileHandler, SysLogHandler, TimedRotatingFileHandler
from pathlib import Path
from typing import IO, Any

from libs.common.errors import SettingsError
from libs.common.log_settings import MIDNIGHT, LogFlags, address_of, size_of

ON_STDERR = {"on_stderr": True}
"""As `extra` of a line that stands on stderr anyway."""


class _GoesOn(logging.Handler):
    """A line that cannot be written is lost; that is said once, until lines get through again."""

    _lost = False
    _said = False

    def emit(self, record: logging.LogRecord) -> None:
        self._lost = False
        super().emit(record)
        self._said = self._said and self._lost

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - overrides logging's
        """logging itself would write a traceback with the line's arguments, secrets too."""
        self._lost = True
        if not self._said:
            self._said = True
            _complain(sys.exception())


def _complain(error: BaseException | None) -> None:
    reason = getattr(error, "strerror", None) or type(error).__name__
    try:
        sys.stderr.write(f"log lines are lost: {reason}\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        return


class _Stderr(_GoesOn, logging.StreamHandler[Any]):
    def filter(self, record: logging.LogRecord) -> bool:
        return not hasattr(record, "on_stderr") and bool(super().filter(record))


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, stat.S_IRUSR | stat.S_IWUSR)


class _Private(logging.FileHandler):
    """Files that are made here are for their owner only."""

    def _open(self) -> IO[str]:  # type: ignore[override]
        return open(self.baseFilename, self.mode, encoding=self.encoding, errors=self.errors, opener=_private)

    def close(self) -> None:
        with suppress(OSError):  # the disk is still full
            super().close()


class _BySize(_GoesOn, _Private, RotatingFileHandler):
    pass


class _ByDay(_GoesOn, _Private, TimedRotatingFileHandler):
    pass


class _Syslog(_GoesOn, SysLogHandler):
    append_nul = False


def handlers(settings: LogFlags) -> list[logging.Handler]:
    """File and syslog where asked for, else stderr. Raises SettingsError if they cannot be used."""
    made = [_file(settings.log_file, settings)] if settings.log_file else []
    made += [_syslog(settings.log_syslog)] if settings.log_syslog else []
    return made or [on_stderr()]


def on_stderr() -> logging.Handler:
    return _Stderr(sys.stderr)


def _file(path: Path, settings: LogFlags) -> logging.Handler:
    how: dict[str, Any] = {"backupCount": settings.log_keep, "encoding": "utf-8", "errors": "backslashreplace"}
    try:
        if settings.log_rotate == MIDNIGHT:
            return _ByDay(path, when=MIDNIGHT, **how)
        return _BySize(path, maxBytes=size_of(settings.log_rotate), **how)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise SettingsError(f"--log-file {path}: expected a file that can be written ({reason})") from None


def _syslog(text: str) -> logging.Handler:
    address = address_of(text)
    try:
        if isinstance(address, str) and not stat.S_ISSOCK(os.stat(address).st_mode):
            raise OSError(0, "no socket")
        return _Syslog(address)
    except (OSError, socket.gaierror) as error:
        raise SettingsError(f"--log-syslog {text}: expected a syslog that can be reached ({error.strerror})") from None
