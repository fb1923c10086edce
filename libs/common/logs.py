"""Log lines of the whole process: on stderr unless told otherwise; stdout belongs to messages."""

import logging
import sys
import threading
from logging.handlers import SysLogHandler
from types import TracebackType

from libs.common.log_formats import DAY_AND_TIME, TIME, Json, Text
from libs.common.log_handlers import handlers
from libs.common.log_level import follow_signals, never_below_info, set_level
from libs.common.log_settings import LogFlags

log = logging.getLogger(__name__)


def set_up(service: str, settings: LogFlags | None = None, camera: str | None = None) -> None:
    """Where the lines go and how they look; `camera` is the only one of this process, if it has only one.

    Raises SettingsError if a file or syslog cannot be used. Errors that nobody caught are logged, too: without
    secrets.
    """
    settings = settings or LogFlags.model_validate({})
    made = handlers(settings)
    for handler in made:
        handler.addFilter(never_below_info)
        handler.setFormatter(_formatter(handler, service, settings.log_format, camera))
    logging.basicConfig(handlers=made, force=True)
    logging.captureWarnings(True)
    set_level(settings.log_level)
    follow_signals(settings.log_level)
    sys.excepthook = _uncaught
    threading.excepthook = lambda told: _uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def _formatter(handler: logging.Handler, service: str, form: str, camera: str | None) -> logging.Formatter:
    if form == "json":
        return Json(service, camera)
    if isinstance(handler, SysLogHandler):
        return Text("framebus " + service, "")
    return Text(service, DAY_AND_TIME if isinstance(handler, logging.FileHandler) else TIME)


def _uncaught(kind: type[BaseException], error: BaseException | None, at: TracebackType | None) -> None:
    if error is not None and not issubclass(kind, KeyboardInterrupt | SystemExit):
        log.critical("a bug: nobody caught this", exc_info=(kind, error, at))
