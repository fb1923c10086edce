"""Figures: named as Prometheus wants them, bounded, and true at the moment when they are asked for."""

import ast
import math
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import generate_latest

from libs.common.health import Health
from libs.common.memory_bus import MemoryBus, MemoryWriter
from libs.common.metrics import MAX_FOREIGN_REASONS, Metrics
from libs.common.publisher import Publisher
from libs.common.reasons import DEAD, SKIPPED, WITHHELD
from libs.common.testing import FakeClock, frame
from services.redactor.verdicts import Reason
from tests.common.runner_rig import Rig, holder, turns

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "deploy" / "prometheus"


@pytest.fixture(scope="session")
def promtool() -> str:
    """Prometheus' own checker."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("needs promtool: apt-get install -y prometheus")
    return found


def value(metrics: Metrics, name: str) -> float:
    found = metrics.registry.get_sample_value(name)
    assert found is not None
    return found


def test_promtool_finds_nothing_to_complain_about(promtool: str) -> None:
    """Names, types, units and help texts of everything that is served."""
    metrics = Metrics()
    metrics.describe("detector", "left")
    metrics.dead.labels("bug").inc()
    metrics.step_s.observe(0.01)
    page = generate_latest(metrics.registry)
    done = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, b"")


def test_promtool_accepts_the_alerts(promtool: str) -> None:
    """And each of them is raised, and not raised, where it should be."""
    subprocess.run([promtool, "check", "rules", ALERTS / "alerts.yml"], check=True, capture_output=True)
    done = subprocess.run(
        [promtool, "test", "rules", ALERTS / "alerts_test.yml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_who_this_is_can_be_joined_to_every_figure() -> None:
    """One series that is always 1."""
    metrics = Metrics()
    metrics.describe("producer", "porch")
    (sample,) = [
        one for family in metrics.registry.collect() for one in family.samples if one.name.endswith("_build_info")
    ]
    assert (sample.labels["service"], sample.labels["name"], sample.value) == ("producer", "porch", 1)
    assert sample.labels["version"]


def test_a_stage_cannot_make_up_reasons_without_end() -> None:
    """A few of its own are told apart, then, and where it is no short word, it is "other"."""
    metrics = Metrics()
    for number in range(1000):
        metrics.dead.labels(f"made-up-{number}").inc()
        metrics.dead.labels(f"frame porch/{number} was broken").inc()
    told = metrics.values()
    reasons = {name for name in told if name.startswith("framebus_dead_total")}
    assert len(reasons) == MAX_FOREIGN_REASONS + 1
    assert told["framebus_dead_total{other}"] == 2000 - MAX_FOREIGN_REASONS
    metrics.dead.labels("bug").inc()
    assert metrics.values()["framebus_dead_total{bug}"] == 1


def test_every_reason_of_ours_is_there_before_it_happens() -> None:
    """Else increase() would not see the first one. People who read /status see only what happened."""
    metrics = Metrics()
    page = generate_latest(metrics.registry).decode()
    for name, reasons in (("dead", DEAD), ("skipped", SKIPPED), ("withheld", WITHHELD)):
        assert all(f'framebus_{name}_total{{reason="{reason}"}} 0.0' in page for reason in reasons)
    assert not [name for name in metrics.values() if "reason" in name or "_total{" in name]


@dataclass(frozen=True)
class Word:
    """A reason as it stands in the code."""

    file: str
    text: str


def words_of(call: str, at: int) -> Iterator[Word]:
    """The literal reasons that are given to a function of this name, at that place or by keyword."""
    for path in [*(ROOT / "libs").rglob("*.py"), *(ROOT / "services").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(call):
                given = [*node.args[at : at + 1], *(word.value for word in node.keywords if word.arg == "reason")]
                yield from (Word(path.name, str(one.value)) for one in given if isinstance(one, ast.Constant))


def test_the_lists_have_every_reason_that_the_code_gives() -> None:
    """A new one is added to its list, and to docs/operations.md."""
    assert [word for word in words_of("PermanentError", 1) if word.text not in DEAD] == []
    assert [word for word in words_of("skipped.labels", 0) if word.text not in SKIPPED] == []
    assert set(get_args(Reason)) <= set(WITHHELD)
    page = (ROOT / "docs" / "operations.md").read_text()
    assert [reason for reason in (*DEAD, *SKIPPED) if f"`{reason}`" not in page] == []


def test_age_rises_while_no_frame_comes() -> None:
    """A camera that went silent is seen here first; before the first frame there is no age."""
    clock, metrics = FakeClock(), Metrics()
    health = Health("detector", {}, clock, metrics)
    assert math.isnan(value(metrics, "framebus_age_seconds"))
    assert "framebus_age_seconds" not in metrics.values()
    health.handled(frame(captured_at=clock.now_ns() - 2_000_000_000))
    assert value(metrics, "framebus_age_seconds") == pytest.approx(2)
    clock.advance(30)
    assert value(metrics, "framebus_age_seconds") == pytest.approx(32)


class Slow(MemoryWriter):
    """Acknowledges nothing of what it counts."""

    used_bytes = 0

    @property
    def window_used_bytes(self) -> int:
        return self.used_bytes


def test_bytes_in_flight_are_those_of_this_moment() -> None:
    """Also of a source, which waits for nothing while there is room."""
    metrics, writer = Metrics(), Slow(MemoryBus())
    Publisher(writer, "frames.source", "producer", "x", FakeClock(), metrics)
    writer.used_bytes = 12345
    assert value(metrics, "framebus_in_flight_bytes") == 12345
    writer.used_bytes = 0
    assert value(metrics, "framebus_in_flight_bytes") == 0


def test_held_bytes_and_lag_are_measured_also_while_nothing_can_be_committed() -> None:
    """Held: the pictures that a stage keeps. Lag: back to 0 when all is read."""
    rig, stage = Rig(), holder(seq=1)
    rig.put(*(frame(seq=seq) for seq in range(40)))
    runner = rig.runner(stage)
    runner.turn()
    runner.turn()
    assert value(runner.metrics, "framebus_lag_messages") > 0
    turns(runner, 8)
    assert value(runner.metrics, "framebus_lag_messages") == 0
    assert value(runner.metrics, "framebus_held_bytes") == len(frame(seq=1).image)
    stage.holding.clear()
    rig.bus.down = True
    assert not runner.commit(0)
    assert value(runner.metrics, "framebus_held_bytes") == 0
