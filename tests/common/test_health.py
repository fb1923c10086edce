"""Health: frames flow, not just the process is up."""

import json
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from libs.common.health import Health, serve
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock, frame


def health() -> tuple[Health, FakeClock]:
    clock = FakeClock()
    return Health("detector", {"input": ["a"], "topic": "b"}, clock, Metrics()), clock


def test_a_service_that_waits_for_the_broker_is_alive_and_not_ready() -> None:
    """Restarting it would not help."""
    state, _ = health()
    state.turned(ready=False)
    assert state.alive() is None
    assert state.ready() is not None


def test_a_loop_that_stands_still_is_not_alive() -> None:
    """Whatever it hangs in."""
    state, clock = health()
    state.turned(ready=True)
    assert state.alive() is None
    clock.advance(61)
    assert state.alive() == "the loop stands still"


def test_messages_that_wait_while_none_goes_through_are_not_well() -> None:
    """The loop goes round, and nothing flows."""
    state, clock = health()
    state.turned(ready=True)
    state.handled(frame())
    state.metrics.lag.set(5)
    clock.advance(61)
    state.turned(ready=True)
    assert state.alive() == "messages wait and none goes through"
    state.metrics.lag.set(0)
    assert state.alive() is None


def test_a_source_that_rests_is_ready_without_frames() -> None:
    """Outside of all windows none is to come; within them a silence is trouble."""
    clock = FakeClock()
    state = Health("producer", {}, clock, Metrics(), is_source=True)
    resting = [True]
    state.resting = lambda: resting[0]
    state.turned(ready=True)
    clock.advance(61)
    state.turned(ready=True)
    assert state.ready() is None
    resting[0] = False
    assert state.ready() == "no frame comes from the camera"


def test_a_camera_that_is_gone_is_shown_no_longer() -> None:
    """At /status."""
    state, _ = health()
    state.handled(frame())
    state.forget("porch")
    state.forget("porch")
    assert state.status()["cameras"] == {}


def test_the_pages_answer() -> None:
    """Over real HTTP."""
    state, _ = health()
    state.turned(ready=True)
    state.handled(frame())
    state.metrics.dead.labels("bad-message").inc()
    server = serve(state, "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.server_port}"
    try:
        with urlopen(base + "/healthz") as answer:
            assert answer.status == 200
        with urlopen(base + "/metrics") as answer:
            assert b'framebus_dead_total{reason="bad-message"} 1.0' in answer.read()
        with urlopen(base + "/status") as answer:
            status = json.load(answer)
        assert status["cameras"]["porch"]["frame_id"] == "porch/00000001/0"
        assert (status["service"], status["topic"], status["ready"]) == ("detector", "b", True)
        with pytest.raises(HTTPError, match="404") as caught:
            urlopen(base + "/other")
        caught.value.close()
    finally:
        server.shutdown()
        server.server_close()
