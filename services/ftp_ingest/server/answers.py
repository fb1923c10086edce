"""What a client is told where a file was not taken, and the word it is counted under."""

import errno
import logging

from libs.common.errors import PermanentError, TemporaryError
from services.ftp_ingest.inbox import FullError
from services.ftp_ingest.pictures.refusals import TOO_LARGE

log = logging.getLogger(__name__)
NO_ROOM = "452 No room now, try again later."


def answer_to(error: Exception) -> tuple[str, str]:
    """Only a refusal of the file itself says more than that it failed: what is wrong here is in the log."""
    if isinstance(error, PermanentError):
        return f"{552 if error.reason == TOO_LARGE else 550} {error}"[:400], error.reason
    if isinstance(error, FullError) or getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT):
        return NO_ROOM, "full"
    if isinstance(error, TemporaryError | OSError):
        log.warning("an upload cannot be stored: %s", error)
    else:
        log.error("a bug: an upload was not taken", exc_info=error)
    return "451 It cannot be stored now, try again later.", "error"
