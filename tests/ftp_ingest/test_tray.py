"""From the file that came in to the frame in the spool."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from libs.common.errors import PermanentError
from libs.common.messages import Frame
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock
from services.ftp_ingest.inbox import FullError
from services.ftp_ingest.spool.limits import Limits
from services.ftp_ingest.spool.spool import Spool
from services.ftp_ingest.tray import LONGEST_NAME, shown
from tests.ftp_ingest.files import jpeg, number_of, segment
from tests.ftp_ingest.spool_rig import files, spool_in, take, tray_of


def frames(spool: Spool) -> list[Frame]:
    return [spool.read(entry) for entry in spool.entries()]


def test_a_file_becomes_a_still_without_verdicts(tmp_path: Path) -> None:
    """Nobody has looked at it, and we did not code it."""
    with spool_in(tmp_path) as spool:
        frame_id = take(tray_of(spool), "gate", 9, "a b.jpg")
        (frame,) = frames(spool)
    assert (frame.frame_id, frame.camera, frame.seq, frame.still) == (frame_id, "gate", 0, True)
    assert (frame.image_by, frame.verdicts, frame.redaction) == ("foreign", None, None)
    assert (frame.width, frame.height, number_of(frame.image)) == (64, 48, 9)
    assert frame.captured_at == FakeClock().now_ns()
    assert frame.tags == {"file": "a b.jpg"}


def test_the_same_name_and_the_same_bytes_are_another_picture(tmp_path: Path) -> None:
    """A camera may send image.jpg every minute."""
    with spool_in(tmp_path) as spool:
        tray = tray_of(spool)
        assert len({take(tray) for _ in range(3)}) == 3
        assert [frame.seq for frame in frames(spool)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("2026/01/a.jpg", "a.jpg"),
        ("..\\..\\a.jpg", "a.jpg"),
        ("a\nb\x1b[31m.jpg", "a?b?[31m.jpg"),
        ("\udcff.jpg", "?.jpg"),
        ("x" * 5000, "x" * LONGEST_NAME),
        ("", "?"),
        ("a/", "a"),
    ],
)
def test_a_name_in_a_message_is_one_short_line(name: str, tag: str) -> None:
    """Without the folders that it came with."""
    assert shown(name) == tag


def test_what_is_refused_leaves_nothing_and_is_counted(tmp_path: Path) -> None:
    """By its reason; it takes no number either."""
    metrics = Metrics()
    with spool_in(tmp_path) as spool:
        tray = tray_of(spool, metrics)
        for data in (b"", b"text", jpeg()[:-1]):
            with pytest.raises(PermanentError):
                tray.take("porch", "a.jpg", io.BytesIO(data))
        assert take(tray).endswith("/0")
        assert len(files(spool)) == 1
    values = metrics.values()
    assert values["framebus_pictures_taken_total"] == 1
    for reason in ("empty", "not-a-picture", "cut-off"):
        assert values[f"framebus_pictures_refused_total{{{reason}}}"] == 1


def test_a_full_spool_is_no_fault_of_the_picture(tmp_path: Path) -> None:
    """Whoever sent it tries again."""
    metrics = Metrics()
    with spool_in(tmp_path, Limits(max_files=1, free_bytes=0)) as spool:
        tray = tray_of(spool, metrics)
        take(tray)
        assert not tray.has_room("porch")
        with pytest.raises(FullError):
            take(tray)
    assert metrics.values()["framebus_pictures_refused_total{full}"] == 1


def test_many_at_once_keep_the_order_of_each_camera(tmp_path: Path) -> None:
    """Eight connections of four cameras: numbers count, and the spool gives them in order."""
    with spool_in(tmp_path) as spool:
        tray = tray_of(spool)
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(lambda number: take(tray, f"cam{number % 4}", number), range(200)))
        found = [frame.frame_id for frame in frames(spool)]
    assert sorted(found) == sorted(told)
    for camera in range(4):
        seqs = [int(frame_id.rpartition("/")[2]) for frame_id in found if frame_id.startswith(f"cam{camera}/")]
        assert seqs == list(range(50))


def test_a_camera_that_was_removed_begins_a_boot(tmp_path: Path) -> None:
    """If somebody adds it again: the end of the last one was told."""
    with spool_in(tmp_path) as spool:
        tray = tray_of(spool)
        first, other = take(tray), take(tray, "gate").removesuffix("0")
        tray.removed("porch")
        tray.removed("nobody")
        again = take(tray)
        assert again.endswith("/0")
        assert again != first
        assert take(tray, "gate") == f"{other}1"


def test_nothing_is_taken_once_it_is_closed(tmp_path: Path) -> None:
    """What is in hand is waited for: then the ends of boots can be told."""
    with spool_in(tmp_path) as spool:
        tray = tray_of(spool)
        writing, go_on = threading.Event(), threading.Event()
        put = spool.put

        def slowly(*words: object) -> None:
            writing.set()
            assert go_on.wait(10)
            put(*words)  # type: ignore[arg-type]

        spool.put = slowly  # type: ignore[method-assign]
        with ThreadPoolExecutor(2) as pool:
            taken = pool.submit(take, tray)
            assert writing.wait(10)
            closing = pool.submit(tray.close)
            with pytest.raises(TimeoutError):
                closing.result(0.05)
            go_on.set()
            assert closing.result(10) is None
            assert taken.result(10)
        with pytest.raises(FullError, match="stopped"):
            take(tray)
        assert not tray.has_room("porch")


def test_no_metadata_is_ever_on_the_disk(tmp_path: Path) -> None:
    """Neither in the spool nor beside it."""
    with spool_in(tmp_path) as spool:
        picture = jpeg(extra=segment(0xE1, b"Exif\0\0somebody at home"))
        tray_of(spool).take("porch", "a.jpg", io.BytesIO(picture))
        assert [path for path in spool.path.rglob("*") if path.is_file() and b"somebody" in path.read_bytes()] == []
