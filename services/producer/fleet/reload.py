"""Follows the file of cameras while they run: what is wrong in it changes nothing."""

import hashlib
import logging
import signal
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from libs.common.errors import SettingsError
from libs.common.scrub import scrub
from libs.common.settings_file import dashed
from services.producer.fleet.fleet_file import Fleet
from services.producer.plan import Plan
from services.producer.settings import Settings

log = logging.getLogger(__name__)

LOOK_S = 2.0
"""A change is read when the file was the same twice: some editors empty it before they write."""
OK, REFUSED = 200, 409


class Reload:
    """`again` reads all settings anew, raises SettingsError; `follow` is told the plans that are wanted."""

    def __init__(
        self, settings: Settings, again: Callable[[], Settings], follow: Callable[[Mapping[str, Plan]], None]
    ) -> None:
        self._running, self._again, self._follow = settings, again, follow
        self._fleet = _fleet(settings)
        self._lock = threading.Lock()
        self._asked = threading.Event()
        self._told: set[str] = set()
        self._seen = self._last = self._content()

    def start(self, stop: threading.Event) -> None:
        """From the main thread: SIGHUP is one of those who may ask."""
        signal.signal(signal.SIGHUP, lambda *_: self._asked.set())
        threading.Thread(target=self._watch, args=(stop,), name="reload", daemon=True).start()
        for doubt in self._fleet.doubts:
            log.warning("%s", doubt)

    def now(self) -> tuple[int, str]:
        """Read the file and follow it: 200 and what changed, or 409 and why everything stays."""
        with self._lock:
            self._seen = self._content()
            try:
                settings = self._again()
                fleet = _fleet(settings.model_copy(update={"shard": self._running.shard}))
            except SettingsError as error:
                text = " ".join(scrub(str(error)).split())
                log.error("nothing changed: %s", text)
                return REFUSED, text
            text = _difference(self._fleet.plans, fleet.plans)
            doubts, self._fleet = set(fleet.doubts) - set(self._fleet.doubts), fleet
            self._follow(fleet.plans)
            log.info("%s: %s", settings.fleet_file(), text)
            for doubt in [*doubts, *self._later(settings)]:
                log.warning("%s", doubt)
            return OK, text

    def look(self) -> None:
        """Reads the file if it is another one, and no longer being written."""
        content = self._content()
        if content != self._seen and content == self._last:
            self.now()
        self._last = content

    def _watch(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                if self._asked.wait(LOOK_S):
                    self._asked.clear()
                    self.now()
                else:
                    self.look()
            except Exception:
                log.exception("a bug: the cameras stay as they are")

    def _content(self) -> bytes:
        """Of the file and of those that it names."""
        found = hashlib.sha256()
        for path in (self._running.fleet_file(), *self._fleet.files):
            found.update(hashlib.sha256(_bytes(path)).digest())
        return found.digest()

    def _later(self, settings: Settings) -> list[str]:
        """One line for settings that cannot change while it runs, once."""
        before, now = self._running.model_dump(), settings.model_dump()
        other = {name for name in now if now[name] != before[name]}
        new, self._told = other - self._told, other
        return [f"{', '.join(map(dashed, sorted(new)))}: counts after a restart"] if new else []


def _fleet(settings: Settings) -> Fleet:
    if (fleet := settings.fleet()) is None:
        raise SettingsError("expected cameras: in the file of --config, as at the start")
    return fleet


def _bytes(path: Path | None) -> bytes:
    try:
        return path.read_bytes() if path else b""
    except OSError as error:
        return str(error.errno).encode()


def _difference(before: Mapping[str, Plan], after: Mapping[str, Plan]) -> str:
    """`new: a; changed: b; gone: c; 31 as before`."""
    kinds = {
        "new": after.keys() - before.keys(),
        "changed": {name for name in after if name in before and after[name] != before[name]},
        "gone": before.keys() - after.keys(),
    }
    same = len(after) - len(kinds["new"]) - len(kinds["changed"])
    return "; ".join([*[f"{kind}: {_some(names)}" for kind, names in kinds.items() if names], f"{same} as before"])


def _some(names: Iterable[str], most: int = 20) -> str:
    every = sorted(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")
