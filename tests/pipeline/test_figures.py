"""What the services of a running chain say about themselves, read as Prometheus reads it."""

import shutil
import subprocess
from collections.abc import Callable
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from libs.ops.children import Child
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port
from tests.common.kafka_tools import until
from tests.pipeline.chain import CLIP, running


def page(child: Child) -> bytes:
    """The text of /metrics."""
    with urlopen(f"http://{child.http}/metrics", timeout=10) as answer:
        return bytes(answer.read())


def figures(child: Child) -> dict[str, float]:
    """Name -> value, all reasons together."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(page(child).decode()):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0) + sample.value
    return found


def test_every_service_tells_what_it_does(broker: Broker, fresh: Callable[[str], str]) -> None:
    """Frames in and out, seconds per stage, age, lag, held bytes: all true for the service that says them."""
    source, detected, redacted = fresh("source"), fresh("detected"), fresh("redacted")
    children = (
        ("producer", [str(CLIP), "--loop", "-n", "street", "-t", source]),
        ("detector", ["-i", source, "-t", detected]),
        ("redactor", ["moving", "-i", detected, "-t", redacted]),
        ("viewer", ["-i", redacted, "-i", source, "--port", str(free_port()), "--no-login"]),
    )
    with running(*children, bootstrap=broker.bootstrap) as started:
        _, _, redactor, viewer = started
        until(lambda: figures(viewer)["framebus_frames_in_total"] > 60, 60)
        # The first seconds are black at once: nothing is held before the background is known.
        until(lambda: figures(redactor)["framebus_held_bytes"] > 0, 60)
        told = {child.name: figures(child) for child in started}
        pages = {child.name: page(child) for child in started}
    for found in told.values():
        assert found["framebus_frames_in_total"] > 20
        assert found["framebus_step_seconds_count"] > 20
        assert 0 <= found["framebus_age_seconds"] < 30
        assert found["framebus_lag_messages"] < 500
        assert found["framebus_dead_total"] == 0
        assert found["process_resident_memory_bytes"] > 10e6
    assert all(told[name]["framebus_frames_out_total"] > 20 for name in ("producer", "detector", "redactor"))
    assert told["redactor"]["framebus_held_bytes"] > 0
    assert told["redactor"]["framebus_withheld_total"] > 0
    assert told["viewer"]["framebus_withheld_total"] > 0
    assert b'framebus_build_info{name="street",service="producer",version=' in pages["producer"]
    _check(pages)


def _check(pages: dict[str, bytes]) -> None:
    """promtool's own word, where it is installed."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("needs promtool: apt-get install -y prometheus")
    for name, text in pages.items():
        done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, check=False)
        assert (done.returncode, done.stdout + done.stderr) == (0, b""), name
