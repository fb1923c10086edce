"""framebus demo: a broker, the whole chain on a clip, a browser; everything is stopped and removed at the end."""

import secrets
import sys
import tempfile
import time
import webbrowser
from collections.abc import Sequence
from contextlib import ExitStack
from os.path import isfile
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.errors import FatalError, SettingsError
from libs.common.flags import Flag, load
from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from libs.common.service import complain
from libs.common.settings import YEAR_S
from libs.common.stopping import stop_on_signals
from libs.common.topics import TOPICS
from libs.ops.children import Child
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port, is_free

TEXT = "Shows the whole chain on a street clip: source, detected and redacted side by side. Ctrl-C ends it."
CLIP = Path(__file__).resolve().parents[2] / "deploy" / "demo" / "street.mp4"
USER = "viewer"
READY_S = 30.0
REPORT_EVERY_S = 10.0
STOP_S = 60.0


class Settings(BaseSettings):
    """Flags of the demo."""

    model_config = SettingsConfigDict(env_prefix="FRAMEBUS_DEMO_", extra="forbid", frozen=True)

    clip: Annotated[Path, Flag(positional=True, metavar="VIDEO")] = Field(CLIP, description="another video")
    browser: Annotated[bool, Flag()] = Field(True, description="open the viewer in a browser")
    port: Annotated[int | None, Flag("-p")] = Field(
        None, ge=1, le=65535, description="the viewer's port (5000, or a free one)"
    )
    seconds: Annotated[float | None, Flag()] = Field(None, gt=0, le=YEAR_S, description="end by itself after this time")

    def require(self) -> None:
        """Look at the clip; raises SettingsError."""
        if not isfile(self.clip):
            raise SettingsError(f"clip {self.clip}: expected a video file (a checkout of framebus has one)")


def main(argv: Sequence[str]) -> int:
    """0 after Ctrl-C or --seconds, 1 if a part fails, 2 for wrong flags."""
    try:
        settings, only_check = load(Settings, argv, "framebus demo", TEXT)
        if only_check:
            _say(f"would show {settings.clip}")
        else:
            _run(settings)
    except SettingsError as error:
        return complain("demo", error, 2)
    except FatalError as error:
        return complain("demo", error, 1)
    return 0


def _run(settings: Settings) -> None:
    stop = stop_on_signals(STOP_S)
    password = secrets.token_urlsafe(9)
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="framebus-demo-"))
        _say("starting Kafka (the first time about 45 MB are fetched)")
        broker = stack.enter_context(Broker(Path(data), port=9092 if is_free("127.0.0.1", 9092) else free_port()))
        _make_topics(broker.bootstrap)
        port = settings.port or (5000 if is_free("127.0.0.1", 5000) else free_port())
        children = _start_chain(stack, broker.bootstrap, settings.clip, port, password)
        address = f"http://127.0.0.1:{port}/"
        _say(f"\n  {address}\n  user {USER}   password {password}\n")
        _say("the viewer was started with --raw: source and detected show people uncovered; Ctrl-C ends all of it")
        if settings.browser:
            webbrowser.open(address)
        end_s = time.monotonic() + (settings.seconds or float("inf"))
        while time.monotonic() < end_s and not stop.wait(min(REPORT_EVERY_S, max(0, end_s - time.monotonic()))):
            _report(children)
        _say("stopping")
    _say("stopped")


def _make_topics(bootstrap: str) -> None:
    with Admin(KafkaSettings(bootstrap)) as admin:
        for topic in TOPICS.values():
            admin.create(topic)


def _start_chain(stack: ExitStack, bootstrap: str, clip: Path, port: int, password: str) -> list[Child]:
    """Every part from the viewer back to the producer, which is stopped first."""
    shown = [word for topic in TOPICS if topic.startswith("frames.") for word in ("-i", topic)]
    parts = [
        ("viewer", [*shown, "--raw", "--port", str(port), "--username", USER], {"FRAMEBUS_PASSWORD": password}),
        ("redactor", ["moving"], {}),
        ("detector", [], {}),
        ("producer", [str(clip), "-n", "street", "--loop"], {}),
    ]
    common = ["--bootstrap", bootstrap, "--log-level", "ERROR"]
    children = []
    for name, flags, environment in parts:
        child = Child.start(name, [*flags, *common], environment)
        stack.callback(child.stop)
        children.append(child)
    for child in children:
        child.wait_ready(READY_S)
    return children


def _report(children: list[Child]) -> None:
    """One line with what went through each part so far; raises FatalError if one has ended."""
    counts = []
    for child in reversed(children):
        child.check()
        status = child.status()
        frames = status["counts"]["framebus_frames_in_total"] if status else 0
        counts.append(f"{child.name} {frames:.0f}")
    _say(f"messages so far: {', '.join(counts)}")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
