"""How much is logged; a signal changes it while the service runs."""

import logging
import signal


def set_level(level: str | int) -> None:
    """For all loggers. kafka-python: below INFO it prints values and passwords, above it what our lines say once."""
    logging.getLogger().setLevel(level)
    talkative = logging.getLogger().level <= logging.DEBUG
    logging.getLogger("kafka").setLevel(logging.INFO if talkative else logging.CRITICAL)


def follow_signals(level: str | int) -> None:
    """SIGUSR1: DEBUG. SIGUSR2: `level` again. Nothing is logged in the handler: it may interrupt a line."""
    signal.signal(signal.SIGUSR1, lambda *_: set_level(logging.DEBUG))
    signal.signal(signal.SIGUSR2, lambda *_: set_level(level))


def never_below_info(record: logging.LogRecord) -> bool:
    """A filter for every handler, whatever level a logger of kafka-python was given."""
    return record.levelno >= logging.INFO or not record.name.startswith("kafka")
