"""Several processes share the cameras: who has which, and what happens when one of them dies."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from libs.common.metrics import Metrics, side_by_side
from libs.ops.ports import free_port
from services.producer.fleet.shares import shares
from tests.producer.fleet_rig import until

CLIP = Path(__file__).resolve().parents[2] / "deploy" / "demo" / "street.mp4"
TOKEN = "horse-battery"


def names(count: int) -> list[str]:
    return [f"cam{number}" for number in range(count)]


@pytest.mark.parametrize(("cameras", "workers"), [(0, 2), (1, 3), (8, 3), (32, 2), (31, 5)])
def test_cameras_are_shared_evenly(cameras: int, workers: int) -> None:
    """No worker has two more than another."""
    found = list(shares({}, names(cameras), workers).values())
    counts = [found.count(worker) for worker in range(workers)]
    assert sum(counts) == cameras
    assert max(counts) - min(counts) <= 1


def test_a_camera_stays_with_its_worker() -> None:
    """Whatever comes and goes beside it; a new one goes to the worker with the fewest."""
    before = shares({}, names(9), 3)
    left = [name for name in names(9) if before[name] != 1 or name == "cam1"]
    after = shares(before, [*left, "new"], 3)
    assert {name: after[name] for name in left} == {name: before[name] for name in left}
    assert after["new"] == 1


def test_metrics_of_all_workers_stand_side_by_side() -> None:
    """Each sample says whose it is; every name is described once."""
    parts = {}
    for worker in ("1", "2"):
        metrics = Metrics()
        metrics.frames_in.inc(int(worker))
        parts[worker] = list(metrics.registry.collect())
    text = side_by_side(parts).decode()
    assert 'framebus_frames_in_total{worker="1"} 1.0' in text
    assert 'framebus_frames_in_total{worker="2"} 2.0' in text
    assert 'framebus_skipped_total{reason="behind",worker="2"} 0.0' in text
    assert text.count("# TYPE framebus_frames_in_total counter") == 1


class Group:
    """A producer with two workers and a broker that is away: it waits, and is well."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "cameras.yaml"
        (folder / "token").write_text(TOKEN)
        self.write(names(4))
        self.http = f"http://127.0.0.1:{free_port()}"
        words = ["--config", self.file, "--workers", "2", "--bootstrap", "127.0.0.1:1", "--log-level", "WARNING"]
        words += ["--http", self.http.removeprefix("http://"), "--http-token-file", folder / "token"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services", "producer", *map(str, words)], stderr=subprocess.PIPE, text=True
        )

    def write(self, cameras: list[str]) -> None:
        lines = [f"  {name}: {{url: 'rtsp://viewer:{TOKEN}@127.0.0.1:1/{name}'}}" for name in cameras]
        self.file.write_text("\n".join(["cameras:", *lines]))

    def workers(self) -> dict[str, dict[str, Any]]:
        """Number -> what /status says; empty while nobody answers."""
        try:
            with urlopen(self.http + "/status", timeout=2) as answer:
                found: dict[str, dict[str, Any]] = json.load(answer).get("workers", {})
        except OSError:
            return {}
        return found

    def pids(self) -> list[int]:
        return [worker["pid"] for worker in self.workers().values() if worker["pid"]]

    def reload(self) -> str:
        request = Request(self.http + "/reload", method="POST", headers={"Authorization": f"Bearer {TOKEN}"})
        with urlopen(request) as answer:
            return str(answer.read().decode())


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """Four cameras, both workers up."""
    made = Group(tmp_path)
    try:
        until(lambda: len(made.pids()) == 2, 20)
        yield made
    finally:
        made.process.kill()
        made.process.communicate()


def runs(pid: int) -> bool:
    """False for a zombie, too."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_worker_that_dies_is_started_again_and_the_other_is_not_touched(group: Group) -> None:
    """With the cameras that it had; at the stop all end in order, and no password was said."""
    before = group.workers()
    assert [worker["cameras"] for worker in before.values()] == [["cam0", "cam2"], ["cam1", "cam3"]]
    os.kill(before["2"]["pid"], signal.SIGKILL)
    until(lambda: group.workers()["2"]["pid"] not in (None, before["2"]["pid"]), 20)
    after = group.workers()
    assert after["1"]["pid"] == before["1"]["pid"]
    assert after["2"]["cameras"] == before["2"]["cameras"]
    group.write([*names(4), "new"])
    assert group.reload() == "new: new; 4 as before\n"
    assert group.workers()["1"]["cameras"] == ["cam0", "cam2", "new"]
    assert group.pids() == [worker["pid"] for worker in after.values()]
    pids = group.pids()
    group.process.terminate()
    _, said = group.process.communicate(timeout=15)
    assert group.process.returncode == 0, said
    assert "worker 2 ended with status -9: it is started again" in said
    assert TOKEN not in said
    assert not any(map(runs, pids))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_workers_end_with_their_parent(group: Group) -> None:
    """Even when it is killed: nobody takes pictures that nobody knows of."""
    pids = group.pids()
    assert all(map(runs, pids))
    group.process.kill()
    until(lambda: not any(map(runs, pids)), 60)
