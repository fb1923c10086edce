"""framebus detector model add: checks a model, tries it, and writes it into the settings."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.clock import SystemClock
from libs.common.errors import SettingsError
from libs.common.flags import Flag, load
from libs.common.metrics import Metrics
from libs.common.service import complain
from services.detector.backend import Backend
from services.detector.choose import Kit, backend
from services.detector.counts import Counts
from services.detector.model_fetch import fetch, is_url
from services.detector.model_file import write_settings
from services.detector.model_settings import ModelFlags
from services.detector.models import sha256_of
from services.detector.settings import Settings
from services.detector.tried import tried

TEXT = (
    "Checks a model, reads its labels and input size, tries it on a drawn picture, and writes it with its hash into a "
    "file of settings for framebus detector --config."
)
PICKLES = {".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".torchscript"}
"""Loading one may run a program that stands in it."""

LOOKS = 5
SHOWN_LABELS = 12


class ModelCommand(ModelFlags, BaseSettings):
    """Flags of the command."""

    model_config = SettingsConfigDict(
        env_prefix="FRAMEBUS_MODEL_", extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )

    action: Annotated[Literal["add"], Flag(positional=True, metavar="add")]
    model: Annotated[str, Flag(positional=True, metavar="FILE|URL")]
    sha256: Annotated[str | None, Flag(metavar="HASH")] = Field(
        None, description="what the model's makers say its SHA-256 is; without it what came is taken at its word"
    )
    settings: Annotated[Path, Flag(metavar="FILE")] = Field(
        Path("detector.yaml"), description="file of settings to write it into; what else stands there stays"
    )
    into: Annotated[Path, Flag(metavar="DIR")] = Field(Path("models"), description="where a URL's file is kept")
    detect_size: Annotated[int | None, Flag(metavar="PIXELS")] = Field(
        None, ge=64, le=4096, description="longer side of the picture, for models of any input size"
    )

    @field_validator("sha256")
    @classmethod
    def _is_a_hash(cls, text: str | None) -> str | None:
        if text is not None and (len(text) != 64 or not set(text.lower()) <= set("0123456789abcdef")):
            raise ValueError("expected 64 hex digits, as sha256sum says")
        return text.lower() if text else None

    @model_validator(mode="after")
    def _pickles_have_a_hash(self) -> Self:
        suffix = Path(self.model).suffix.lower()
        if suffix in PICKLES and self.sha256 is None:
            raise ValueError(f"{self.model}: a {suffix} file can run what it likes: expected --sha256 of its makers")
        return self


def main(argv: Sequence[str]) -> int:
    """0 if the model is in the settings, 2 if it is not, with one line that says why."""
    try:
        settings, only_check = load(ModelCommand, argv, "framebus detector model", TEXT)
        for line in _add(settings, only_check):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
    except SettingsError as error:
        return complain("detector model", error, 2)
    except KeyboardInterrupt:
        return complain("detector model", SettingsError("interrupted"), 1)
    return 0


def _add(asked: ModelCommand, only_check: bool) -> Iterator[str]:
    path = fetch(asked.model, asked.into, asked.sha256) if is_url(asked.model) else Path(asked.model).absolute()
    if "," in str(path):
        raise SettingsError(f"{path}: expected a path without commas: settings take them for a list")
    found = sha256_of(path)
    if asked.sha256 not in (None, found):
        raise SettingsError(f"{path}: expected SHA-256 {asked.sha256}, its own is {found}")
    yield f"{path}: SHA-256 {found}"
    name = f"{'onnx' if path.suffix.lower() == '.onnx' else 'ultralytics'}:{path}"
    made = backend(name, Kit(_settings(name, found, asked), Counts(Metrics()), SystemClock()))
    yield f"{getattr(made, 'says', name.partition(':')[0])}; labels: {_some(made.labels)}"
    yield tried(made, LOOKS)
    if only_check:
        return
    write_settings(asked.settings, name, found, _given(asked) | _names(made))
    yield f"written: {asked.settings}; now: framebus detector --config {asked.settings}"


def _settings(name: str, sha256: str, asked: ModelCommand) -> Settings:
    return Settings(backend=(name,), model_sha256=(sha256,), **_given(asked))


def _given(asked: ModelCommand) -> dict[str, Any]:
    """What the operator said about the model, by the names of the detector's settings."""
    fields = {*ModelFlags.model_fields, "detect_size"}
    return {name: getattr(asked, name) for name in sorted(fields & asked.model_fields_set)}


def _names(made: Backend) -> dict[str, Any]:
    """So that everybody can read in the settings what the model finds."""
    names: tuple[str, ...] | None = getattr(made, "class_names", None)
    return {"names": names} if names else {}


def _some(labels: Sequence[str]) -> str:
    more = len(labels) - SHOWN_LABELS
    return ", ".join(labels[:SHOWN_LABELS]) + (f" and {more} more" if more > 0 else "")
