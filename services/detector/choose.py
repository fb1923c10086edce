"""Makes the backends that the settings name; only their own modules are loaded."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from libs.common.clock import Clock
from services.detector.backend import Backend
from services.detector.counts import Counts
from services.detector.settings import Settings


@dataclass(frozen=True)
class Kit:
    """What backends are made with; one for the process, whatever they share lives here."""

    settings: Settings
    counts: Counts
    clock: Clock


def backends(kit: Kit) -> tuple[Backend, ...]:
    """One for each name, none for `none`. Raises SettingsError for a file, function or package that cannot be used."""
    return tuple(backend(name, kit) for name in kit.settings.backend if name != "none")


def backend(name: str, kit: Kit) -> Backend:
    """The one of that name (`services.detector.names`)."""
    kind, _, rest = name.partition(":")
    return MAKERS[kind](rest, kit)


def _motion(rest: str, kit: Kit) -> Backend:
    from services.detector.backends.motion import Motion

    return Motion()


def _hog(rest: str, kit: Kit) -> Backend:
    from services.detector.backends.hog import Hog

    return Hog()


def _replay(file: str, kit: Kit) -> Backend:
    from services.detector.backends.replay import Replay

    return Replay(Path(file))


MAKERS: dict[str, Callable[[str, Kit], Backend]] = {
    "motion": _motion,
    "hog": _hog,
    "replay": _replay,
}
"""Kind -> what makes it of what follows its colon."""
