"""The file of cameras is followed while they run; a broken one changes nothing."""

import os
import signal
import threading
from collections.abc import Mapping
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from libs.common.flags import load
from libs.common.health import Health, Posts, serve
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock
from services.producer.fleet import reload as reload_module
from services.producer.fleet.reload import Reload
from services.producer.plan import Plan
from services.producer.settings import Settings
from tests.producer.fleet_rig import until

ONE = "cameras: {porch: {url: webcam}, yard: {url: 'webcam:1'}}\n"
TWO = ONE.replace("webcam:1", "webcam:2")
SECRET = "horse-battery"


class Followed:
    """A file, its reload, and the plans that were followed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.path.write_text(ONE)
        self.plans: list[Mapping[str, Plan]] = []
        self.reload = Reload(self.read(), self.read, self.plans.append)

    def read(self) -> Settings:
        return load(Settings, ["--config", str(self.path)], "framebus producer", "")[0]

    def looks(self, count: int) -> None:
        """What the thread does every two seconds."""
        for _ in range(count):
            self.reload.look()


@pytest.fixture
def followed(tmp_path: Path) -> Followed:
    """Two cameras."""
    return Followed(tmp_path / "cameras.yaml")


def test_a_file_that_stays_as_it_is_is_read_once(followed: Followed) -> None:
    """Touched or written anew with the same content, too."""
    followed.looks(3)
    followed.path.write_text(ONE)
    followed.looks(3)
    assert followed.plans == []


def test_a_change_counts_when_the_file_was_the_same_twice(followed: Followed) -> None:
    """Two looks, four seconds; who is still writing is not read."""
    followed.path.write_text(TWO)
    followed.looks(1)
    assert followed.plans == []
    followed.looks(3)
    assert [plans["yard"].url for plans in followed.plans] == ["webcam:2"]
    assert followed.plans[0]["porch"] == followed.read().plans()["porch"]
    assert 2 * reload_module.LOOK_S < 30


def test_a_file_that_is_being_written_is_not_read(followed: Followed) -> None:
    """Cut at the end of a line it would be a good file with fewer cameras."""
    for text in ("", "cameras:\n", "cameras:\n  porch: {url: webcam}\n", TWO):
        followed.path.write_text(text)
        followed.looks(1)
    followed.looks(1)
    assert [len(plans) for plans in followed.plans] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cameras:",
        "cameras: {porch: {url: web",
        f"cameras: {{porch: {{url: 'gopher://u:{SECRET}@h/'}}}}",
        "fps: 1\n",
    ],
)
def test_a_broken_file_changes_nothing_and_is_told_once(
    text: str, followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    """In one line without a secret; what comes after it counts again."""
    followed.path.write_text(text)
    followed.looks(5)
    assert followed.plans == []
    assert caplog.text.count("nothing changed: ") == 1
    assert SECRET not in caplog.text
    followed.path.write_text(TWO)
    followed.looks(2)
    assert len(followed.plans) == 1


def test_a_file_that_is_replaced_or_missing_for_a_moment_is_survived(followed: Followed, tmp_path: Path) -> None:
    """As editors and configuration tools do it."""
    followed.path.unlink()
    followed.looks(1)
    (tmp_path / "new").write_text(TWO)
    (tmp_path / "new").rename(followed.path)
    followed.looks(2)
    assert [plans["yard"].url for plans in followed.plans] == ["webcam:2"]


def test_a_url_in_a_file_beside_it_is_followed_too(tmp_path: Path) -> None:
    """A password is changed without touching the file of cameras."""
    followed = Followed(tmp_path / "cameras.yaml")
    (tmp_path / "gate.url").write_text("webcam:3\n")
    followed.path.write_text("cameras: {gate: {url-file: gate.url}}\n")
    followed.looks(2)
    (tmp_path / "gate.url").write_text("webcam:4\n")
    followed.looks(2)
    assert [plans["gate"].url for plans in followed.plans] == ["webcam:3", "webcam:4"]


def test_other_settings_count_after_a_restart_and_that_is_said_once(
    followed: Followed, caplog: pytest.LogCaptureFixture
) -> None:
    """The cameras of the same file count at once."""
    for number in (3, 4):
        followed.path.write_text(f"topic: frames.other\nshard: 1/9\n{ONE}".replace("webcam:1", f"webcam:{number}"))
        followed.looks(2)
    assert [plans["yard"].url for plans in followed.plans] == ["webcam:3", "webcam:4"]
    assert caplog.text.count("shard, topic: counts after a restart") == 1


def test_what_changed_is_told_by_name(followed: Followed) -> None:
    """Without what it was changed to."""
    followed.path.write_text("cameras: {porch: {url: webcam}, gate: {url: 'webcam:3'}}\n")
    assert followed.reload.now() == (200, "new: gate; gone: yard; 1 as before")
    followed.path.write_text("cameras: {porch: {url: webcam, fps: 2}, gate: {url: 'webcam:3'}}\n")
    assert followed.reload.now() == (200, "changed: porch; 1 as before")
    followed.path.write_text("cameras: {porch: {fps: 2}}\n")
    status, text = followed.reload.now()
    assert (status, text.partition("cameras.yaml: ")[2][:20]) == (409, "porch: expected url:")


def test_a_hangup_signal_reads_it_at_once(followed: Followed, monkeypatch: pytest.MonkeyPatch) -> None:
    """`kill -HUP`, as for other servers."""
    monkeypatch.setattr(reload_module, "LOOK_S", 60.0)
    stop, before = threading.Event(), signal.getsignal(signal.SIGHUP)
    try:
        followed.reload.start(stop)
        followed.path.write_text(TWO)
        os.kill(os.getpid(), signal.SIGHUP)
        until(lambda: followed.plans)
    finally:
        stop.set()
        os.kill(os.getpid(), signal.SIGHUP)
        until(lambda: "reload" not in {thread.name for thread in threading.enumerate()})
        signal.signal(signal.SIGHUP, before)


def post(base: str, path: str, header: str | None) -> tuple[int, str]:
    """Status and text of a POST."""
    request = Request(base + path, data=b"x" * 100, headers={"Authorization": header} if header else {})
    try:
        with urlopen(request) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_a_post_with_the_token_reads_it_at_once(followed: Followed) -> None:
    """200 and what changed, 409 and what is wrong; without the token nothing at all."""
    clock = FakeClock()
    health = Health("producer", {}, clock, Metrics())
    health.posts = Posts(SECRET, {"/reload": followed.reload.now})
    server = serve(health, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        followed.path.write_text(TWO)
        for header in (None, SECRET, "Bearer ", "Bearer wrong", f"Bearer {SECRET}x", "Bearer \xff"):
            assert post(base, "/reload", header)[0] == 401
        assert followed.plans == []
        assert post(base, "/other", f"Bearer {SECRET}")[0] == 404
        assert post(base, "/reload", f"Bearer {SECRET}") == (200, "changed: yard; 1 as before\n")
        followed.path.write_text("cameras: {")
        status, text = post(base, "/reload", f"Bearer {SECRET}")
        assert (status, "expected readable YAML" in text) == (409, True)
        assert len(followed.plans) == 1
        health.posts = Posts(None, {"/reload": followed.reload.now})
        assert post(base, "/reload", "Bearer None")[0] == 403
    finally:
        server.shutdown()
        server.server_close()
