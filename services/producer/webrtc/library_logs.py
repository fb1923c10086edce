"""What the libraries write into the log: no line for what a stranger sent."""

import logging

from aiohttp.http_exceptions import HttpProcessingError

TALKATIVE = ("aiohttp", "aioice", "aiortc")
"""They tell of every packet that is odd, and of every address."""


def hush() -> None:
    """For this process; may be called again."""
    for library in TALKATIVE:
        logging.getLogger(library).setLevel(logging.ERROR)
    logging.getLogger("aiohttp.server").addFilter(is_ours)


def is_ours(record: logging.LogRecord) -> bool:
    """False for a request that is none: anybody can send thousands, with anything in them."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
