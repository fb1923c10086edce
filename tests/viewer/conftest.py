"""A viewer's web side under test: the real application around a hub, with a clock that stands."""

import os
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from flask_socketio import SocketIOTestClient

from libs.common.testing import FakeClock
from services.viewer.app import create_app
from services.viewer.hub import Hub
from services.viewer.options import Options

ORIGIN = {"Origin": "http://localhost"}
TOPICS = ("frames.source", "frames.detected", "frames.redacted")


class Site:
    """The application with its hub, clock and sockets."""

    def __init__(self, **fields: object) -> None:
        self.clock = FakeClock()
        self.hub = Hub(self.clock)
        self.options = Options(**{"topics": TOPICS, "password": "right horse", **fields})  # type: ignore[arg-type]
        self.app, self.socketio = create_app(self.options, self.hub, self.clock)

    def browser(self, logged_in: bool = True) -> FlaskClient:
        browser = self.app.test_client()
        if logged_in:
            assert self.log_in(browser) == 303
        return browser

    def log_in(self, browser: FlaskClient, name: str = "viewer", password: str = "right horse") -> int:
        form = {"username": name, "password": password}
        return browser.post("/login", data=form, headers=ORIGIN).status_code

    def socket(self, browser: FlaskClient) -> SocketIOTestClient:
        return self.socketio.test_client(self.app, flask_test_client=browser)


@pytest.fixture
def site() -> Site:
    """A viewer with login, user "viewer", password "right horse"."""
    return Site()


@pytest.fixture
def make_site() -> Callable[..., Site]:
    """Makes a viewer with other options."""
    return Site


@pytest.fixture
def absent() -> Callable[[str], None]:
    """Skips by name a test whose tool is absent, or fails it where FRAMEBUS_TEST_NO_SKIP says that all must run."""
    return pytest.fail if os.environ.get("FRAMEBUS_TEST_NO_SKIP") == "1" else pytest.skip
