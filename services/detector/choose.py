"""Makes the backends that the settings name; only their own modules are loaded."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from libs.common.clock import Clock
from libs.common.errors import SettingsError
from services.detector.backend import Backend
from services.detector.cloud import Cloud
from services.detector.counts import Counts
from services.detector.filters import check_labels
from services.detector.scenes import NO_SCENES, Scenes
from services.detector.settings import Settings


@dataclass(frozen=True)
class Kit:
    """What backends are made with; one for the process, whatever they share lives here."""

    settings: Settings
    counts: Counts
    clock: Clock
    shared: dict[str, Backend] = field(default_factory=dict)
    """By name: those that keep nothing of a camera, so that a model is loaded once for all inputs."""
    scenes: Scenes = NO_SCENES

    @cached_property
    def cloud(self) -> Cloud:
        return Cloud(self.clock, self.counts.cloud, self.settings.cloud_budget)


def backends(kit: Kit) -> tuple[Backend, ...]:
    """One for each name, none for `none`.

    Raises SettingsError for a file, function or package that cannot be used, and for a label that none of them finds.
    """
    made = tuple(backend(name, kit) for name in kit.settings.backend if name != "none")
    check_labels(kit.settings.rules, made)
    return made


def backend(name: str, kit: Kit) -> Backend:
    """The one of that name (`services.detector.names`)."""
    kind, _, rest = name.partition(":")
    return MAKERS[kind](rest, kit)


def _motion(rest: str, kit: Kit) -> Backend:
    from services.detector.backends.motion import WORKING_SIDE, Motion

    side = kit.settings.detect_size or WORKING_SIDE
    capped = kit.counts.capped.labels("regions").inc
    return Motion(masks_of=lambda camera: kit.scenes.of(camera).masks.values(), side=side, capped=capped)


def _hog(rest: str, kit: Kit) -> Backend:
    from services.detector.backends.hog import WORKING_SIDE, Hog

    return Hog(kit.settings.detect_size or WORKING_SIDE)


def _haar(rest: str, kit: Kit) -> Backend:
    from services.detector.backends.haar import WORKING_SIDE, Haar

    return Haar(kit.settings.detect_size or WORKING_SIDE)


def _python(path: str, kit: Kit) -> Backend:
    from services.detector.backends.function import Function

    return Function(path, kit.settings.detect_size)


def _replay(file: str, kit: Kit) -> Backend:
    from services.detector.backends.replay import Replay

    return Replay(Path(file))


def _onnx(file: str, kit: Kit) -> Backend:
    if file not in kit.shared:
        kit.shared[file] = _loaded_onnx(file, kit)
    return kit.shared[file]


def _loaded_onnx(file: str, kit: Kit) -> Backend:
    try:
        from services.detector.backends.onnx import CONFIDENCE, Model, Onnx
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"--backend onnx: the package {error.name} is missing: pip install 'framebus[detector,onnx]'"
        ) from None

    settings = kit.settings
    model = Model(
        path=Path(file),
        known=settings.model_sha256,
        names=settings.names,
        kind=settings.model_kind,
        device=settings.device,
        threads=settings.threads,
        size=settings.detect_size or 0,
        confidence=least(settings, CONFIDENCE),
    )
    return Onnx(model, kit.counts.capped.labels("detections").inc)


def _ultralytics(path: str, kit: Kit) -> Backend:
    from services.detector.backends.ultralytics import CONFIDENCE, Ultralytics, Weights

    if path not in kit.shared:
        settings = kit.settings
        weights = Weights(
            path=Path(path),
            known=settings.model_sha256,
            device=settings.device,
            threads=settings.threads,
            size=settings.detect_size or 0,
            confidence=least(settings, CONFIDENCE),
        )
        kit.shared[path] = Ultralytics(weights)
    return kit.shared[path]


def least(settings: Settings, usual: float) -> float:
    """How sure a model must be: as usual, or less where --confidence asks for less of any label."""
    asked = settings.rules.confidence
    ranges = [*asked.by_label.values(), *([asked.general] if asked.general else [])]
    return min([usual, *(each.low for each in ranges)])


def _rekognition(rest: str, kit: Kit) -> Backend:
    try:
        from services.detector.backends.rekognition import WORKING_SIDE, Rekognition
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"--backend rekognition: the package {error.name} is missing: pip install 'framebus[detector,rekognition]'"
        ) from None

    from services.detector.backends.budgeted import Budgeted

    settings = kit.settings
    paid = Rekognition(
        labels=settings.labels,
        cloud=kit.cloud,
        max_labels=settings.max_labels,
        min_confidence=settings.min_confidence,
        side=settings.detect_size or WORKING_SIDE,
    )
    fallback = backend(settings.fallback, kit) if settings.fallback else None
    return Budgeted(paid, fallback, kit.cloud)


MAKERS: dict[str, Callable[[str, Kit], Backend]] = {
    "motion": _motion,
    "hog": _hog,
    "haar": _haar,
    "replay": _replay,
    "onnx": _onnx,
    "ultralytics": _ultralytics,
    "python": _python,
    "rekognition": _rekognition,
}
"""Kind -> what makes it of what follows its colon."""
