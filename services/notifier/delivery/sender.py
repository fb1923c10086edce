"""One notice on its way through a channel: what is said, how it is sent, what came of it."""

import logging
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from libs.common.errors import FramebusError, PermanentError, TemporaryError
from libs.common.messages import Notice
from services.notifier.book import Book
from services.notifier.channels.channel import Channel, Editing, Note
from services.notifier.channels.settings import ChannelSettings
from services.notifier.delivery import outcomes
from services.notifier.delivery.backoff import delay_s
from services.notifier.delivery.completing import handle_of
from services.notifier.delivery.door import Door
from services.notifier.delivery.fate import Plan
from services.notifier.delivery.limits import SECOND_NS
from services.notifier.delivery.office import Office
from services.notifier.delivery.outcomes import Outcome
from services.notifier.ledger.retries import LONGEST_DELAY_S

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Parcel:
    """Ready to go; `handle`: of what it completes, empty for a message of its own."""

    channel: Channel
    note: Note
    handle: str


class Sender:
    """Used by one thread; `in_hand` may be read by others."""

    def __init__(self, office: Office, door: Door) -> None:
        self._office, self._door = office, door
        self._failures = 0
        self.in_hand: tuple[Notice, float] | None = None
        """With which notice the channel is at work, and since when (monotonic); None: it is not."""

    def plan(self, book: Book, notice: Notice) -> Plan:
        """All that can be made ready before the notice is claimed, is: a claim does not last for ever."""
        try:
            channel, settings = self._door.opened()
            if notice.updates and not settings.can_edit:
                return partial(outcomes.dropped, why="the channel cannot complete anything")
            note = self._note(book, settings, notice)
        except TemporaryError as error:
            return partial(self._again, error=error)
        except Exception as error:
            return partial(outcomes.refused, error=_bug("the text", error))
        handle = handle_of(self._office.ledger, notice) if notice.updates else ""
        return partial(self._send, parcel=_Parcel(channel, note, handle))

    def _send(self, notice: Notice, parcel: _Parcel) -> Outcome:
        self.in_hand = notice, self._office.clock.monotonic_s()
        try:
            outcome = outcomes.sent(notice, self._handed_over(parcel), self._office.clock.now_ns())
        except TemporaryError as error:
            return self._again(notice, error)
        except FramebusError as error:
            log.info("channel %s: %s; not tried again", notice.channel, error)
            return outcomes.refused(notice, error)
        except Exception as error:
            return outcomes.refused(notice, _bug("the channel", error))
        finally:
            self.in_hand = None
        self._failures = 0
        return outcome

    def _handed_over(self, parcel: _Parcel) -> str:
        if parcel.handle:
            return cast(Editing, parcel.channel).edit(parcel.handle, parcel.note)
        return parcel.channel.send(parcel.note)

    def _again(self, notice: Notice, error: TemporaryError) -> Outcome:
        """What waits behind it meets the same channel, so failures are counted for the channel, not for each notice."""
        self._failures = max(self._failures, notice.attempts) + 1
        wait_s = min(delay_s(self._failures, error.delay_s), LONGEST_DELAY_S)
        log.info("channel %s: %s; again in %.0f s", notice.channel, error, wait_s)
        return outcomes.again(notice, error, self._office.clock.now_ns() + round(wait_s * SECOND_NS))

    def _note(self, book: Book, settings: ChannelSettings, notice: Notice) -> Note:
        found = (self._office.ledger.find(member) for member in notice.members)
        members = [member for member in found if member is not None and member.camera]
        note = self._office.text.note(book, notice, self._picture(book, settings, notice), members)
        return replace(note, begun=notice.handle or "")

    def _picture(self, book: Book, settings: ChannelSettings, notice: Notice) -> bytes | None:
        """A picture that cannot be had is no reason to say nothing."""
        rule = book.rule(notice.rule)
        if notice.members or not settings.picture or (rule is not None and not rule.picture):
            return None
        try:
            return self._office.pictures.of(notice, rule)
        except Exception:
            log.exception("a bug: notice %s goes without its picture", notice.id)
            return None


def _bug(where: str, error: Exception) -> PermanentError:
    log.error("a bug in %s", where, exc_info=error)
    return PermanentError(f"a bug in {where}: {type(error).__name__}", "bug")
