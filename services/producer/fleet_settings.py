"""Flags for many cameras in one process group."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, Field, PrivateAttr, SecretStr, field_validator

from libs.common.errors import SettingsError
from libs.common.flags import Flag
from libs.common.settings import secret
from libs.common.settings_file import dashed
from services.producer.camera_settings import CameraFlags
from services.producer.fleet.fleet_file import PARTS, Fleet, fleet_of
from services.producer.fleet.shard import Shard, parse_shard
from services.producer.plan import Plan

NOT_BESIDE_CAMERAS = {*CameraFlags.model_fields, "name", "imagebus_url", "webcam"}


class FleetSettings(BaseModel):
    """A part of the producer's settings; the cameras themselves stand in the file of --config."""

    file_parts: ClassVar[tuple[str, ...]] = PARTS

    workers: Annotated[int, Flag(metavar="N")] = Field(
        1, ge=1, le=64, description="processes that share the cameras of --config; 1: all in this one"
    )
    shard: Annotated[str | None, Flag(metavar="K/N")] = Field(
        None, description="only the K-th of N parts of the cameras of --config: one part for each of N machines"
    )
    http_token: Annotated[SecretStr | None, Flag(hidden=True)] = None
    http_token_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="file whose first line is the token for POST /reload at --http"
    )
    _fleet: Fleet | None = PrivateAttr(None)
    _file: Path | None = PrivateAttr(None)

    @field_validator("shard")
    @classmethod
    def _shard_is_readable(cls, text: str | None) -> str | None:
        if text is not None:
            parse_shard(text)
        return text

    def with_parts(self, path: Path, parts: Mapping[str, object], origins: Mapping[str, str]) -> Self:
        """The same with what the file says of cameras; `origins`: where each setting came from. Raises SettingsError.

        A process of many cameras has no camera's name.
        """
        if "cameras" not in parts:
            if parts:
                raise SettingsError(f"--config {path}: {min(parts)}: expected cameras: beside it")
            return self
        if wrong := sorted(NOT_BESIDE_CAMERAS & origins.keys()):
            where, _, at = origins[wrong[0]].partition(" ")
            named = {"environment": at, "file": f"--config {at}: {dashed(wrong[0])}"}.get(where, dashed(wrong[0]))
            raise SettingsError(f"{named}: not beside cameras: of {path}, expected it under a camera or in defaults:")
        found = self.model_copy(update={"name": ""})
        found._fleet, found._file = fleet_of(path, parts), path
        return found

    def fleet(self) -> Fleet | None:
        """This machine's part of the cameras of the file; None where it has none."""
        if self._fleet is None:
            return None
        shard = parse_shard(self.shard) if self.shard else Shard()
        mine = {name: plan for name, plan in self._fleet.plans.items() if shard.has(name)}
        return Fleet(mine, self._fleet.files, self._fleet.doubts)

    def of_share(self, plans: Mapping[str, Plan]) -> Self:
        """The same with these cameras alone."""
        found = self.model_copy(update={"shard": None})
        found._fleet = Fleet(plans)
        return found

    def fleet_file(self) -> Path | None:
        """Where the cameras stand."""
        return self._file

    def need_no_fleet(self) -> None:
        """Raises SettingsError for what counts for a file of cameras alone."""
        if self.workers > 1 or self.shard:
            flag = "--shard" if self.shard else "--workers"
            raise SettingsError(f"{flag}: unused without cameras: in the file of --config")

    def token(self) -> str | None:
        """What a POST to --http must show."""
        return secret(self.http_token, self.http_token_file, "http-token-file")
