"""A real browser before a real viewer that is fed with drawn pictures."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser, ConsoleMessage, sync_playwright

from libs.common.clock import SystemClock
from libs.common.messages import Detection, Frame, Hop, Redaction, replace
from libs.common.testing import frame
from services.viewer.app import create_app
from services.viewer.hub import Hub
from services.viewer.options import Options
from services.viewer.server import Server
from services.viewer.show import Show
from tests.browser.joining import TOKEN, JoinServer

TOPICS = ("frames.source", "frames.detected", "frames.redacted")
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--host-resolver-rules=MAP camera.test 127.0.0.1",
]
PERSON = Detection(label="person", confidence=0.87, box=(0.25, 0.25, 0.5, 0.75))
COVERED = Redaction(policy="fill", labels=("person",), boxes=(PERSON.box,), withheld=False)
BLACK = replace(COVERED, withheld=True, reason="not-looked")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A browser is as busy as a machine can be, and what it shows is waited for: nothing runs beside it."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.alone)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; without it the tests are left out by name, or fail where FRAMEBUS_TEST_NO_SKIP is 1."""
    executable = shutil.which("chromium")
    if not executable:
        absent = pytest.fail if os.environ.get("FRAMEBUS_TEST_NO_SKIP") == "1" else pytest.skip
        absent("chromium is absent: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGS)
        yield browser
        browser.close()


class Visit:
    """An open page and everything its console complained about."""

    def __init__(self, browser: Browser, width: int, height: int) -> None:
        self.context = browser.new_context(viewport={"width": width, "height": height})
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def until(self, fact: str, timeout_s: float = 20) -> None:
        """Wait until a JavaScript expression is true. Playwright's own wait needs eval, which the policy forbids."""
        for _ in range(round(timeout_s * 10)):
            if self.page.evaluate(fact):
                return
            self.page.wait_for_timeout(100)
        pytest.fail(f"not within {timeout_s} s: {fact}")


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens a page at an address, in a browser without cookies."""
    visits: list[Visit] = []

    def open_page(url: str, width: int = 1400, height: int = 900) -> Visit:
        one = Visit(chromium, width, height)
        visits.append(one)
        one.page.goto(url)
        return one

    yield open_page
    for one in visits:
        one.context.close()


class Viewer:
    """A viewer on a free port (or a given one) and what it is fed with."""

    def __init__(self, port: int = 0, **fields: object) -> None:
        self.clock = SystemClock()
        self.hub = Hub(self.clock)
        self.options = Options(**{"topics": TOPICS, "password": "right horse", **fields})  # type: ignore[arg-type]
        app, _ = create_app(self.options, self.hub)
        self.server = Server(app, "127.0.0.1", port)
        self.shows = {topic: Show(topic, self.hub, self.options.raw) for topic in self.options.topics}
        self._stopping = Event()
        self._threads = [Thread(target=self.server.serve)]
        self._threads[0].start()

    def show(self, one: Frame, withheld: bool = False) -> None:
        """The frame as it looks on each topic, captured now."""
        now_ns = self.clock.now_ns()
        hop = Hop(service="producer", instance="test", in_ns=now_ns, out_ns=now_ns)
        source = replace(one, captured_at=now_ns, hops=(hop,))
        detected = replace(source, detections=one.detections or (PERSON,))
        made = (source, detected, replace(detected, redaction=BLACK if withheld else COVERED))
        for topic, sent in zip(TOPICS, made, strict=True):
            if topic in self.shows:
                self.shows[topic].handle(sent)

    def feed(self, fps: float, cameras: tuple[str, ...]) -> None:
        """Go on showing frames of these cameras until the end."""
        drawn = [frame(seq=seq) for seq in range(30)]

        def run() -> None:
            seq = 0
            while not self._stopping.wait(1 / fps):
                seq += 1
                for camera in cameras:
                    self.show(replace(drawn[seq % 30], camera=camera, seq=seq))

        self._threads.append(Thread(target=run))
        self._threads[-1].start()

    def close(self) -> None:
        """Stop feeding and serving, once or again."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        self.server.stop()
        self.hub.close()
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()


@pytest.fixture
def viewer() -> Iterator[Callable[..., Viewer]]:
    """Starts viewers; they end with the test."""
    started: list[Viewer] = []

    def start(**fields: object) -> Viewer:
        started.append(Viewer(**fields))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture(scope="module")
def join_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JoinServer]:
    """A server that browsers join as cameras; each test has names of its own."""
    server = JoinServer(tmp_path_factory.mktemp("join"))
    yield server
    assert server.stop() == 0


@pytest.fixture
def join_page(join_server: JoinServer, chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Opens the server's page, by default with the token in the link; `script` runs before it."""
    visits: list[Visit] = []

    def open_page(
        rest: str = f"#token={TOKEN}", *, url: str = "", script: str = "", width: int = 390, height: int = 844
    ) -> Visit:
        one = Visit(chromium, width, height)
        visits.append(one)
        if script:
            one.page.add_init_script(script)
        one.page.goto(url or join_server.url + rest)
        return one

    yield open_page
    for one in visits:
        one.context.close()
