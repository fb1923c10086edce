"""Which boots are open on the topic, and what ends them."""

from collections.abc import Callable, Iterator

from libs.common.messages import End

NEXT, STOPPED, REMOVED = "next boot", "stopped", "removed"


class Ends:
    """Of the frames that the bus was given."""

    def __init__(self) -> None:
        self._newest: dict[str, tuple[str, int]] = {}
        """By camera: boot and number of the newest frame of a boot that has not ended."""

    def before(self, camera: str, boot: str, seq: int) -> Iterator[End]:
        """What is to be said before this frame, where it begins a boot."""
        last = self._newest.get(camera)
        if last is not None and last[0] != boot:
            yield _end(camera, last, NEXT)
        self._newest[camera] = boot, seq

    def boot_of(self, camera: str) -> str:
        """The last one; empty where none is open."""
        return self._newest.get(camera, ("", 0))[0]

    def removed(self, camera: str) -> Iterator[End]:
        """The camera is none of ours any more."""
        if (last := self._newest.pop(camera, None)) is not None:
            yield _end(camera, last, REMOVED)

    def stopped(self, waits: Callable[[str], bool]) -> Iterator[End]:
        """At the end of the process: a boot of which something waits goes on in the next one."""
        for camera, last in self._newest.items():
            if not waits(camera):
                yield _end(camera, last, STOPPED)


def _end(camera: str, last: tuple[str, int], reason: str) -> End:
    return End(camera=camera, boot=last[0], last_seq=last[1], reason=reason)
