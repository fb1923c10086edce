"""Everything else: what apprise knows, by its URLs.

Its requests are its own: neither its addresses nor what it trusts is looked at here, redirects alone are switched off.
"""

import logging
import re
import time
from collections import OrderedDict
from pathlib import Path
from threading import Thread
from typing import Any, Literal

from pydantic import Field, SecretStr

from libs.common.errors import FramebusError, PermanentError, SettingsError, TemporaryError
from libs.common.scrub import hide, hide_address
from services.notifier.channels.channel import Note
from services.notifier.channels.settings import ChannelSettings, Tools
from services.notifier.plain_text import safe_line
from services.notifier.rules.secrets import secrets_of

log = logging.getLogger(__name__)

WITHIN_S = 20.0
REMEMBERED = 256
MOST_SIGNS = 200
NEVER = frozenset({400, 401, 403, 404, 410, 413})
STATUS = re.compile(r"error=(\d{3})\b")
"""How its plugins end the line in which they tell of a status of HTTP."""
PARTS = re.compile(r"[^:/@?&=,]{8,}")
HOST = re.compile(r"[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
"""Any part of a URL may be a key, where the host stands too; what looks like one is none."""


class Service:
    """One URL. A call that does not end is left alone in its thread, and nothing more is asked of it until it does."""

    def __init__(self, apprise: Any, number: int) -> None:
        self._apprise, self.number = apprise, number
        self._thread: Thread | None = None
        self._known: OrderedDict[str, FramebusError | None] = OrderedDict()

    @property
    def hangs(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def begin(self, note: Note, attach: Any) -> None:
        """Unless it has it already, has refused it, or still hangs."""
        if self.hangs or (note.id in self._known and not isinstance(self._known[note.id], TemporaryError)):
            return
        self._known.pop(note.id, None)
        self._thread = Thread(target=self._tell, args=(note, attach), name="apprise", daemon=True)
        self._thread.start()

    def end(self, note: Note, until_s: float) -> FramebusError | None:
        """What is wrong; None: it has the note."""
        if self._thread is not None:
            self._thread.join(max(0.0, until_s - time.monotonic()))
        late = TemporaryError(f"service {self.number}: no answer in time")
        return self._known.get(note.id, late)

    def _tell(self, note: Note, attach: Any) -> None:
        try:
            result = self._apprise.notify(body=note.text, title=note.subject, body_format="text", attach=attach)
            known = None if result else self._reason(result)
        except Exception as error:  # whatever a plugin may raise
            known = TemporaryError(f"service {self.number}: apprise failed with {type(error).__name__}")
        self._known[note.id] = known
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _reason(self, result: Any) -> FramebusError:
        """From its log, which is all that it tells."""
        lines = [entry.message for entry in result.logs()]
        words = safe_line((lines or ["no reason given"])[-1], MOST_SIGNS)
        statuses = {int(number) for line in lines for number in STATUS.findall(line)}
        error = PermanentError if statuses and statuses <= NEVER else TemporaryError
        return error(f"service {self.number}: {words}")


class Others:
    """A note is sent again only to those services that do not have it, as long as this process lives."""

    def __init__(self, services: list[Service], attachment: Any, picture: bool, within_s: float = WITHIN_S) -> None:
        self._services, self._attachment, self._picture, self._within_s = services, attachment, picture, within_s

    def send(self, note: Note) -> str:
        until_s = time.monotonic() + self._within_s
        for service in self._services:
            service.begin(note, self._attached(note))
        errors = [error for service in self._services if (error := service.end(note, until_s))]
        for error in errors:
            if isinstance(error, TemporaryError) or note.marked or len(errors) == len(self._services):
                raise error
        for error in errors:
            log.warning("one of the services of apprise refuses a message: %s", error)
        return ""

    def close(self) -> None:
        pass

    def _attached(self, note: Note) -> Any:
        if note.jpeg is None or not self._picture:
            return None
        return self._attachment(content=note.jpeg, name="picture.jpg", mimetype="image/jpeg")


class AppriseSettings(ChannelSettings):
    """https://github.com/caronc/apprise/wiki names the URLs; they hold passwords."""

    type: Literal["apprise"] = "apprise"
    url: SecretStr | None = Field(None, description="what apprise calls the service; several in lines")
    url_file: Path | None = Field(None, description="file with them, one in a line; # begins a comment")

    def open(self, tools: Tools) -> Others:
        return self.opened(tools)

    def opened(self, tools: Tools, within_s: float = WITHIN_S) -> Others:
        urls = [line for line in secrets_of(self, "url", tools.folder) if not line.startswith("#")]
        if not urls:
            raise SettingsError("url: expected at least one")
        try:
            import apprise
            from apprise.attachment.memory import AttachMemory
        except ImportError:
            raise SettingsError("type apprise: it is not installed: pip install 'framebus[apprise]'") from None
        services = [Service(_made(apprise, url, number), number) for number, url in enumerate(urls, 1)]
        return Others(services, AttachMemory, self.picture, within_s)

    def secrets(self) -> tuple[str, ...]:
        return ("url",)


def _made(apprise: Any, url: str, number: int) -> Any:
    hide_address(url)
    for part in PARTS.findall(url.partition("://")[2]):
        if part != "localhost" and not HOST.fullmatch(part):
            hide(part)
    for name in ("apprise", "urllib3", "requests"):  # their lines hold addresses
        logging.getLogger(name).propagate = False
    asset = apprise.AppriseAsset(
        app_id="framebus",
        app_desc="framebus",
        app_url="",
        async_mode=False,
        http_redirects=False,
        pgp_autogen=False,
        pem_autogen=False,
        service_timeout=0,
        storage_mode="memory",
    )
    made = apprise.Apprise(asset=asset)
    if not made.add(url):
        raise SettingsError(f"url: expected one that apprise understands, not what stands in number {number}")
    if "overflow=" not in url:
        made[0].overflow_mode = "truncate"
    return made
