"""A web camera as a source of frames: passed on as coded, as stills where they stand alone, on demand, in secret."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from libs.common import images
from libs.common.clock import SystemClock
from libs.common.messages import Frame, Message
from libs.common.testing import picture
from services.producer.orders.orders import TAG, Order, Orders
from services.producer.plan import Plan
from services.producer.produce import produce
from tests.producer.http_answers import digest, page, part, stream
from tests.producer.http_camera import HttpCamera
from tests.producer.scripted import pictured

ROOT = Path(__file__).resolve().parents[2]
OURS = [images.encode(picture(64, 48, seed)) for seed in range(4)]


def frames(camera: HttpCamera, count: int, orders: Orders | None = None, **fields: object) -> Iterator[Frame]:
    """The first frames of this camera; fields are the plan's."""
    stop = threading.Event()
    plan = Plan(url=camera.url(), camera="porch", **fields)  # type: ignore[arg-type]
    messages: Iterator[Message] = produce(plan, SystemClock(), stop.wait, **({"orders": orders} if orders else {}))
    found = (message for message in pictured(messages) if isinstance(message, Frame))
    yield from islice(found, count)
    stop.set()


def test_a_stream_becomes_frames_with_the_cameras_own_bytes() -> None:
    """Video: neighbours judge each other."""
    with HttpCamera(stream(map(part, OURS))) as camera:
        found = list(frames(camera, 4))
    assert [frame.image for frame in found] == OURS
    assert {(frame.width, frame.height, frame.still) for frame in found} == {(64, 48, False)}
    assert [frame.seq for frame in found] == [0, 1, 2, 3]


def test_pictures_a_second_apart_are_stills_and_quick_ones_are_video() -> None:
    """Once a second is what a snapshot camera gives unless told otherwise."""
    with HttpCamera(page(OURS[0])) as camera:
        (alone,) = frames(camera, 1)
        quick = list(frames(camera, 3, fps=20.0))
    assert (alone.still, {frame.still for frame in quick}) == (True, {False})
    assert alone.image == OURS[0]


def test_on_demand_a_camera_is_asked_once_for_each_order() -> None:
    """And for nothing before it."""
    orders = Orders("porch", SystemClock(), lambda word: None)
    with HttpCamera(page(OURS[0])) as camera:
        threading.Timer(0.3, lambda: orders.place(Order("bell"))).start()
        (frame,) = frames(camera, 1, orders, on_demand=True)
        assert len(camera.requests) == 1
    assert (frame.still, frame.tags) == (True, {TAG: "bell"})


def test_a_login_is_nowhere_while_the_producer_runs(tmp_path: Path) -> None:
    """In the process list, on stderr, or in a message: a Foscam with its login in the query, and one in the address."""
    with HttpCamera(digest("canaryname", "canaryword", page(OURS[0]))) as camera:
        url = camera.url(
            "/cgi-bin/CGIProxy.fcgi?cmd=snapPicture2&usr=canaryname&pwd=canaryword", "canaryname:canaryword@"
        )
        words = [url, "-n", "porch", "-t", "-", "--fps", "20", "--log-level", "DEBUG"]
        with (
            (tmp_path / "err").open("wb") as err,
            subprocess.Popen(
                [sys.executable, "-m", "services.producer", *words], stdout=subprocess.PIPE, stderr=err, cwd=ROOT
            ) as process,
        ):
            assert process.stdout is not None
            data = process.stdout.read(3 * len(OURS[0]))
            told = Path(f"/proc/{process.pid}/cmdline").read_bytes() if sys.platform == "linux" else b""
            process.terminate()
            data += process.stdout.read()
    assert data.count(OURS[0]) >= 2
    for text in (data, told, (tmp_path / "err").read_bytes()):
        assert b"canary" not in text
    assert b"pictures of 64x48 come in" in (tmp_path / "err").read_bytes()
