"""The flags of watched folders."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from libs.common.errors import SettingsError
from libs.common.flags import Flag, Words
from libs.common.settings import ServiceSettings
from services.ftp_ingest.watch.folders import Folder, parse_folder, refuse_twice
from services.ftp_ingest.watch.plan import Plan


class WatchSettings(ServiceSettings):
    """Which folders, whose pictures are in them, and what happens to a file once the bus has it."""

    watch: Annotated[Words, Flag(metavar="[CAMERA=]DIR")] = Field(
        (),
        description="folder to watch, repeatable: with a name all in it is that camera's, "
        "without one its first-level folders are named like their cameras",
    )
    poll: Annotated[float | None, Flag(metavar="SECONDS")] = Field(
        None, ge=0.5, le=86_400, description="look through watched folders so often: network shares tell of nothing"
    )
    existing: Annotated[bool, Flag()] = Field(
        False, description="also take pictures that were in watched folders before the start, oldest first"
    )
    after: Annotated[Literal["keep", "delete", "move"], Flag()] = Field(
        "keep", description="what happens to a watched file once the bus has its picture"
    )
    move_to: Annotated[Path | None, Flag(metavar="DIR")] = Field(
        None, description="where --after move moves to: a folder for each camera in it"
    )

    @field_validator("watch")
    @classmethod
    def _folders_are_some(cls, texts: tuple[str, ...]) -> tuple[str, ...]:
        for text in texts:
            parse_folder(text)
        return texts

    @model_validator(mode="after")
    def _moves_somewhere(self) -> Self:
        if self.after == "move" and self.move_to is None:
            raise ValueError("--move-to: expected with --after move")
        if self.after != "move" and self.move_to is not None:
            raise ValueError(f"--move-to: unused with --after {self.after}, expected --after move")
        return self

    @property
    def move_path(self) -> Path | None:
        return self.move_to.expanduser().resolve() if self.move_to is not None else None

    def need_work(self) -> None:
        """Raises SettingsError where nothing could ever come, or one folder would be two cameras'."""
        if not getattr(self, "ftp", False) and not self.watch:
            raise SettingsError("--watch: expected a folder where --no-ftp is given")
        refuse_twice(self.watched)

    def need_other_folders(self, *own: Path) -> None:
        """Raises SettingsError where what is ours would be watched, or files be moved to where they come from.

        `own`: folders in which nothing else has a place.
        """
        moved = (self.move_path,) if self.move_path else ()
        for folder in (Path(folder.path) for folder in self.watched):
            if ours := next((path for path in own if folder.is_relative_to(path.resolve())), None):
                raise SettingsError(f"--watch {folder}: expected a folder outside of {ours}, which is ours")
            if folder in moved:
                raise SettingsError(f"--move-to {self.move_to}: expected another folder than a watched one")
        if ours := next((path for path in own for move_to in moved if move_to.is_relative_to(path.resolve())), None):
            raise SettingsError(f"--move-to {self.move_to}: expected a folder outside of {ours}, which is ours")

    @property
    def watched(self) -> tuple[Folder, ...]:
        return tuple(map(parse_folder, self.watch))

    def watch_plan(self, max_file_bytes: int, *without: Path) -> Plan:
        """`without`: folders of ours, in which no pictures are looked for wherever they lie."""
        own = [path.resolve() for path in without] + ([self.move_path] if self.move_path else [])
        return Plan(
            folders=self.watched,
            without=tuple(own),
            poll_s=self.poll,
            after=self.after,
            move_to=self.move_path,
            existing=self.existing,
            max_file_bytes=max_file_bytes,
        )
