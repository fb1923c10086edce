"""What a stage of the chain is: plain functions over messages. It knows no Kafka, no environment, no sleep."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from libs.common.messages import End, Frame, Message


@dataclass(frozen=True, slots=True)
class Out:
    """One message to publish. `cause` is the input it was made from, where that is not the one being handled.

    `topic`: a side topic, where it does not go to the service's own output.
    """

    message: Message
    cause: Message | None = None
    topic: str | None = None


class Stage(Protocol):
    """One handler thread calls these, one at a time.

    Whatever `handle` or `tick` raises decides the fate of the message: TemporaryError, PermanentError, or a bug. The
    result is taken whole: nothing is published of a call that raises.
    """

    history_s: float = 10.0
    """Seconds of earlier messages that the runner reads back for `remember` when it is given a partition."""

    def handle(self, message: Message) -> Iterable[Out]:
        """Nothing to drop or hold it, one to map, several to split. Held messages come out of later calls."""
        ...

    def remember(self, message: Message) -> None:
        """Take in an earlier message after a start; nothing is published for it."""
        return

    def tick(self) -> Iterable[Out]:
        """Called a few times a second: timers."""
        return ()

    def held(self) -> Collection[Message]:
        """The inputs that are kept for later; the group's progress never passes the oldest of them."""
        return ()

    def alone(self, messages: Collection[Message]) -> Iterable[Out]:
        """What comes of these held messages without what they wait for, which is lost; the rest: dead letters."""
        return ()

    def forget(self, camera: str) -> None:
        """Drop what is known and held of a camera: its partition went to another member, or there is a gap."""
        return


def picture_bytes(held: Iterable[Message]) -> int:
    """What the pictures among these messages take."""
    return sum(len(message.image) for message in held if isinstance(message, Frame))


def ends_of(held: Iterable[Message]) -> list[End]:
    """An End for each boot of the held frames, after its newest."""
    newest = {(frame.camera, frame.boot): frame.seq for frame in held if isinstance(frame, Frame)}
    return [End(camera=c, boot=b, last_seq=seq, reason="the stream ended") for (c, b), seq in newest.items()]
