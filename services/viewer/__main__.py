"""framebus viewer: settings and wiring."""

import logging
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, field_validator

from libs.common import service
from libs.common.flags import Flag, Words
from libs.common.serving_settings import ServingSettings
from libs.common.settings import ReadingSettings, secret
from libs.common.settings_checks import page_origins, printable
from services.viewer.account import generated_password
from services.viewer.app import create_app
from services.viewer.hub import Hub
from services.viewer.options import Options
from services.viewer.server import Server
from services.viewer.show import Show

log = logging.getLogger(__name__)

TEXT = "Shows frames in a browser; only covered ones unless started with --raw."


class Settings(ServingSettings, ReadingSettings):
    """Flags of the viewer."""

    input: Annotated[Words, Flag("-i", "TOPIC")] = Field(
        ("frames.redacted",), min_length=1, description="topic to show, repeatable"
    )
    name: Annotated[str, Flag("-n")] = Field("framebus", max_length=64, description="title of the page")
    host: Annotated[str, Flag()] = Field(
        "127.0.0.1", pattern=r"^[A-Za-z0-9._:-]{1,253}$", description="address to listen on"
    )
    port: Annotated[int, Flag("-p")] = Field(5000, ge=0, le=65535, description="port to listen on, 0: any free one")
    raw: Annotated[bool, Flag()] = Field(False, description="also show frames in which nobody was covered")
    username: Annotated[str, Flag()] = Field("viewer", min_length=1, max_length=64, description="who may log in")
    password: Annotated[SecretStr | None, Flag(hidden=True)] = None
    password_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="password of that user; without one (or FRAMEBUS_PASSWORD) it is made up and shown at start"
    )
    login: Annotated[bool, Flag()] = Field(True, description="ask for the password")
    origin: Annotated[Words, Flag(metavar="URL")] = Field(
        (), description="other address under which browsers reach the viewer, as https://cams.example, repeatable"
    )
    _printable_too = field_validator("username")(printable)
    _origins_too = field_validator("origin")(page_origins)

    def require(self) -> None:
        super().require()
        secret(self.password, self.password_file, "password-file")

    def options(self, password: str) -> Options:
        """What the web side needs of this."""
        return Options(
            topics=self.input,
            username=self.username,
            password=password,
            login=self.login,
            raw=self.raw,
            name=self.name,
            origins=self.origin,
            tls=self.tls_certfile is not None,
            cookie=f"framebus-{self.port}",
        )


def serve(settings: Settings, process: service.Service) -> None:
    given = secret(settings.password, settings.password_file, "password-file")
    options = settings.options(given or generated_password())
    hub = Hub(process.clock)
    app, _ = create_app(options, hub)
    server = Server(app, settings.host, settings.port, settings.tls())
    if settings.login and not given:
        log.info("log in as %s with the password %s", options.username, options.password)
    log.info("the viewer is at %s", server.url)
    if settings.raw:
        log.warning("--raw: people are shown uncovered")

    def count(reason: str) -> None:
        process.metrics.withheld.labels(reason).inc()

    threading.Thread(target=server.serve, name="web", daemon=True).start()
    try:
        process.watch(settings, {topic: Show(topic, hub, settings.raw, count) for topic in settings.input})
    finally:
        hub.close()
        server.stop()


def check(settings: Settings) -> list[str]:
    return [f"shows {'raw frames too' if settings.raw else 'covered frames only'} on {settings.host}:{settings.port}"]


def main(argv: Sequence[str]) -> int:
    return service.main(Settings, "viewer", TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
