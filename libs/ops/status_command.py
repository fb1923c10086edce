"""framebus status: what state each camera is in, and who has it."""

import logging
import os
import sys
import time
from collections.abc import Sequence

from libs.common.errors import FatalError, SettingsError, TemporaryError
from libs.common.flags import load
from libs.common.kafka_admin import KafkaError
from libs.common.kafka_check import check_topics
from libs.common.messages import Producer, Status
from libs.common.service import complain
from libs.ops.dead_text import say
from libs.ops.status_facts import facts_of
from libs.ops.status_forget import forget
from libs.ops.status_settings import Settings
from libs.ops.status_text import show, show_json
from libs.ops.table_once import table_once

TEXT = (
    "The state of every camera, and the producers that have them. Reads one topic without a group: to look it needs no "
    "right but to read it. A camera whose producer was not heard of for 90 s is unknown."
)


def main(argv: Sequence[str]) -> int:
    """0 if it was shown, 1 if it could not be, or with --strict if not all is well, 2 for wrong flags."""
    logging.basicConfig(level=logging.ERROR, format="%(message)s")
    try:
        settings, only_check = load(Settings, argv, "framebus status", TEXT)
        status = _check(settings) if only_check else _run(settings)
        sys.stdout.flush()
        return status
    except SettingsError as error:
        return complain("status", error, 2)
    except FatalError as error:
        return complain("status", error, 1)
    except (TemporaryError, KafkaError) as error:
        return complain("status", TemporaryError(f"broker {settings.bootstrap}: {error or type(error).__name__}"), 1)
    except KeyboardInterrupt:
        return complain("status", FatalError("interrupted"), 1)
    except BrokenPipeError:
        # Whoever read our lines has seen enough; Python's own flush at exit shall not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _check(settings: Settings) -> int:
    well, wrong = check_topics(settings.kafka(), [settings.input])
    for line in well + wrong:
        say(line)
    return 1 if wrong else 0


def _run(settings: Settings) -> int:
    rows = table_once(settings.kafka(), settings.input, (Status, Producer), "framebus-status")
    facts = facts_of(rows, settings.cameras, time.time_ns())
    if settings.forget:
        return forget(settings.kafka(), settings.input, facts)
    if settings.json_:
        show_json(facts)
    else:
        show(facts)
    return 1 if settings.strict and not facts.well else 0
