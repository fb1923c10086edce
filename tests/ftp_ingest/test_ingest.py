"""The spool as a source: what it gives to the bus, and when something leaves it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.common.errors import PermanentError
from libs.common.keyed import Gone
from libs.common.messages import End, Event, Frame, Message, Status
from libs.common.testing import FakeClock
from services.ftp_ingest.cameras import EVERY_S, Cameras
from services.ftp_ingest.inbox import Origin
from services.ftp_ingest.ingest import Ingest
from services.ftp_ingest.spool.leaving import RETRY_S, Leaving
from services.ftp_ingest.spool.spool import Spool
from tests.ftp_ingest.spool_rig import files, spool_in, still

ORIGIN = Origin(Path("/srv/a.jpg"), 1, 2)


class Rig:
    """An Ingest over a spool, its messages one at a time."""

    def __init__(self, spool: Spool, clock: FakeClock, found: set[str] | None = frozenset()) -> None:  # type: ignore[assignment]
        self.found, self.names, self.beats = found, ["porch", "gate"], 0
        self.told: list[tuple[Origin, PermanentError | None]] = []
        self.removed: list[str] = []
        self.can_write = True
        cameras = Cameras(lambda: self.names, clock, 60.0)
        self.ingest = Ingest(
            spool,
            Leaving(spool, None, clock),
            cameras,
            lambda: self.found,
            self._beat,
            self._tell,
            self.removed.append,
            look_s=0.0,
        )
        self._messages = self.ingest.messages()

    def _beat(self) -> None:
        self.beats += 1

    def _tell(self, origin: Origin, error: PermanentError | None) -> bool:
        if self.can_write:
            self.told.append((origin, error))
        return self.can_write

    def until_nothing(self) -> list[Message]:
        """What comes before the next None."""
        return list(self._some())

    def _some(self) -> Iterator[Message]:
        while (message := next(self._messages)) is not None:
            yield message

    def frames(self) -> list[str]:
        """The same, frames alone."""
        return [message.frame_id for message in self.until_nothing() if isinstance(message, Frame)]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def spool(tmp_path: Path, clock: FakeClock) -> Iterator[Spool]:
    with spool_in(tmp_path, clock=clock) as opened:
        yield opened


@pytest.fixture
def rig(spool: Spool, clock: FakeClock) -> Rig:
    return Rig(spool, clock)


def test_each_picture_comes_once_and_in_order(rig: Rig, spool: Spool) -> None:
    """It stays in the spool until the bus has it; between them it beats."""
    for seq in range(3):
        spool.put(still(seq=seq))
    assert rig.frames() == [f"porch/00000001/{seq}" for seq in range(3)]
    assert (rig.frames(), len(files(spool))) == ([], 3)
    rig.ingest.settled("porch/00000001/1", None)
    assert [name.split("-")[2] for name in files(spool)] == ["0", "2"]
    assert rig.beats > 3


def test_what_the_bus_will_never_take_is_set_aside(rig: Rig, spool: Spool) -> None:
    """So is what is damaged; the others go on."""
    for seq in range(3):
        spool.put(still(seq=seq))
    (spool.path / files(spool)[0]).write_bytes(b"")
    assert rig.frames() == ["porch/00000001/1", "porch/00000001/2"]
    rig.ingest.settled("porch/00000001/1", PermanentError("no", "too-large"))
    rig.ingest.settled("porch/00000001/2", None)
    assert files(spool) == []
    assert len(list((spool.path / "refused").iterdir())) == 2


def test_what_cannot_be_read_now_is_sent_later_and_first(rig: Rig, spool: Spool, tmp_path: Path) -> None:
    """As where a process has too many files open: it is whole, it was answered, and its camera is not done."""
    for seq in range(2):
        spool.put(still(seq=seq))
    file, elsewhere = spool.path / files(spool)[0], tmp_path / "elsewhere"
    file.rename(elsewhere)
    file.mkdir()
    assert (rig.frames(), rig.frames()) == ([], [])
    assert spool.waits("porch")
    file.rmdir()
    elsewhere.rename(file)
    assert rig.frames() == ["porch/00000001/0", "porch/00000001/1"]
    assert list((spool.path / "refused").iterdir()) == []


def test_a_boot_ends_where_the_next_one_begins(rig: Rig, spool: Spool) -> None:
    """With the number of its last picture, and before the first one of the next; each camera has its own."""
    spool.put(still(boot="0000000a", seq=4))
    spool.put(still(camera="gate"))
    spool.put(still(boot="0000000b"))
    sent = [message for message in rig.until_nothing() if isinstance(message, Frame | End)]
    assert [type(message) for message in sent] == [Frame, Frame, End, Frame]
    assert sent[2] == End(camera="porch", boot="0000000a", last_seq=4, reason="next boot")


def test_at_the_end_only_boots_end_of_which_nothing_waits(rig: Rig, spool: Spool) -> None:
    """The rest of the others is sent by the next process."""
    spool.put(still())
    spool.put(still(camera="gate"))
    rig.until_nothing()
    spool.put(still(seq=1))
    assert [(end.camera, end.last_seq) for end in rig.ingest.farewell() if isinstance(end, End)] == [("gate", 0)]


def test_a_boot_whose_next_picture_is_in_hand_has_not_ended(rig: Rig, spool: Spool) -> None:
    """It was stopped while it was told that the camera is connected."""
    spool.put(still())
    messages = rig.ingest.messages()
    assert isinstance(next(messages), Event)
    assert list(rig.ingest.farewell()) == []


def test_nothing_is_sent_before_it_is_known_what_was_sent(rig: Rig, spool: Spool) -> None:
    """A process that was killed may have sent some of what it left: those are only taken out."""
    for seq in range(3):
        spool.put(still(seq=seq))
    rig.found = None
    assert (rig.frames(), len(files(spool))) == ([], 3)
    rig.found = {"porch/00000001/0", "porch/00000001/1"}
    assert rig.frames() == ["porch/00000001/2"]
    assert len(files(spool)) == 1


def test_a_boot_of_which_all_was_sent_ends_too(rig: Rig, spool: Spool) -> None:
    """By the process before: with the first picture of the next boot."""
    spool.put(still(seq=7))
    rig.found = {"porch/00000001/7"}
    spool.put(still(boot="0000000b"))
    sent = [message for message in rig.until_nothing() if isinstance(message, Frame | End)]
    assert sent[0] == End(camera="porch", boot="00000001", last_seq=7, reason="next boot")


def test_a_watched_file_is_told_of_before_its_picture_is_gone(rig: Rig, spool: Spool) -> None:
    """Once the bus has it, or will not have it; uploads are nobody's files."""
    spool.put(still(), ORIGIN)
    spool.put(still(seq=1))
    spool.put(still(seq=2), ORIGIN)
    rig.frames()
    refusal = PermanentError("no", "refused")
    rig.ingest.settled("porch/00000001/0", None)
    rig.ingest.settled("porch/00000001/1", None)
    rig.ingest.settled("porch/00000001/2", refusal)
    assert rig.told == [(ORIGIN, None), (ORIGIN, refusal)]


def test_a_watched_file_is_told_of_until_that_is_written_down(rig: Rig, spool: Spool, clock: FakeClock) -> None:
    """Until then its picture stays in the spool, as one that was sent: also the next process tells of it."""
    spool.put(still(), ORIGIN)
    rig.frames()
    rig.can_write = False
    rig.ingest.settled("porch/00000001/0", None)
    assert [name.rpartition(".")[2] for name in files(spool)] == ["sent"]
    assert spool.origins() == {ORIGIN}
    clock.advance(RETRY_S)
    assert (rig.frames(), len(files(spool))) == ([], 1)
    rig.can_write = True
    clock.advance(RETRY_S)
    assert (rig.frames(), files(spool)) == ([], [])
    assert rig.told == [(ORIGIN, None)]


def test_a_camera_is_connected_with_its_first_picture(rig: Rig, spool: Spool) -> None:
    """It is told where it is connected, and not again with each picture."""
    spool.put(still())
    spool.put(still(seq=1))
    told = rig.until_nothing()
    assert [type(message) for message in told] == [Event, Status, Frame, Frame]
    event, status, *_ = told
    assert isinstance(event, Event)
    assert isinstance(status, Status)
    assert (event.kind, status.state, status.source) == ("camera.connected", "connected", "upload")
    assert (status.width, status.height) == (64, 48)


def test_a_silent_camera_is_disconnected_once(rig: Rig, spool: Spool, clock: FakeClock) -> None:
    """One that never sent anything, too; with the next picture it is connected again."""
    spool.put(still())
    rig.until_nothing()
    clock.advance(61)
    told = [message for message in rig.until_nothing() if isinstance(message, Status)]
    assert {(status.camera, status.state, status.error) for status in told} == {
        ("porch", "disconnected", "silent"),
        ("gate", "disconnected", "silent"),
    }
    clock.advance(61)
    assert rig.until_nothing() == []
    spool.put(still(seq=1))
    assert [message.state for message in rig.until_nothing() if isinstance(message, Status)] == ["connected"]


def test_a_camera_whose_pictures_wait_is_not_silent(rig: Rig, spool: Spool, clock: FakeClock) -> None:
    """The bus was away, not the camera."""
    rig.names = ["porch"]
    rig.until_nothing()
    spool.put(still())
    rig.found = None
    clock.advance(3600)
    assert rig.until_nothing() == []


def test_a_camera_that_was_taken_out_is_gone(rig: Rig, spool: Spool, clock: FakeClock) -> None:
    """Its boot ends, and its state is taken back, after the last of its pictures."""
    spool.put(still())
    rig.until_nothing()
    rig.names = ["gate"]
    spool.put(still(seq=1))
    clock.advance(EVERY_S)
    assert rig.frames() == ["porch/00000001/1"]
    clock.advance(EVERY_S)
    end, gone = rig.until_nothing()
    assert isinstance(end, End)
    assert (end.last_seq, end.reason, gone) == (1, "removed", Gone(key="porch"))
    assert rig.removed == ["porch"]
