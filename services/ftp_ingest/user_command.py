"""framebus ftp-ingest user: the cameras that may log in, and their passwords."""

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.errors import SettingsError
from libs.common.flags import Flag, load
from libs.common.names import is_name
from libs.common.service import complain
from libs.common.settings import secret
from services.ftp_ingest.server import passwords
from services.ftp_ingest.server.users import changed, read
from services.ftp_ingest.server_settings import USERS

TEXT = (
    "Adds a camera that may log in, removes one, changes a password, lists them. The user is called like its camera. "
    "The password is asked for; or it is the first line of --password-file or of stdin; or --generate makes one up."
)


class User(BaseSettings):
    """Flags of the command."""

    model_config = SettingsConfigDict(
        env_prefix="FRAMEBUS_USER_", extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True
    )

    action: Annotated[Literal["add", "remove", "list", "password"], Flag(positional=True)] = Field(
        description="add, remove, list or password"
    )
    camera: Annotated[str | None, Flag(positional=True)] = Field(None, description="its name; not for list")
    users: Annotated[Path, Flag(metavar="FILE")] = Field(
        USERS, validation_alias="FRAMEBUS_USERS", description="where they are kept, as hashes"
    )
    password_file: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="file whose first line is the password"
    )
    generate: Annotated[bool, Flag()] = Field(False, description="make a password up and print it, once")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.camera is None) != (self.action == "list"):
            raise ValueError(f"{self.action}: expected " + ("no camera" if self.camera else "the name of a camera"))
        if self.camera is not None and not is_name(self.camera):
            raise ValueError("camera: expected letters, digits, _ . - and no other sign, the first no sign, 64 at most")
        if (self.generate or self.password_file) and self.action not in ("add", "password"):
            raise ValueError(f"{self.action}: expected neither --generate nor --password-file")
        if self.generate and self.password_file:
            raise ValueError("--generate: expected it without --password-file")
        return self


def main(argv: Sequence[str]) -> int:
    """0, or 2 with one line that says what was expected."""
    try:
        settings, only_check = load(User, argv, "framebus ftp-ingest user", TEXT)
        if not only_check:
            sys.stdout.write(run(settings, settings.users.expanduser()))
    except SettingsError as error:
        return complain("ftp-ingest user", error, 2)
    except OSError as error:
        return complain("ftp-ingest user", SettingsError(f"--users: {error.strerror or error}"), 1)
    except (KeyboardInterrupt, EOFError):
        return complain("ftp-ingest user", SettingsError("interrupted"), 1)
    return 0


def run(settings: User, path: Path) -> str:
    """What is to be shown. Raises SettingsError, OSError."""
    if settings.action == "list" or settings.camera is None:
        return "".join(f"{name}\n" for name in sorted(read(path)))
    camera = settings.camera
    _expect(camera, camera in read(path), settings.action)
    password = "" if settings.action == "remove" else _password(settings)
    hashed = passwords.hashed(password) if password else None
    with changed(path) as users:
        _expect(camera, camera in users, settings.action)
        if hashed is None:
            del users[camera]
        else:
            users[camera] = hashed
    return f"{password}\n" if settings.generate else ""


def _expect(camera: str, is_there: bool, action: str) -> None:
    if is_there and action == "add":
        raise SettingsError(f"{camera}: is there already; framebus ftp-ingest user password {camera} changes it")
    if not is_there and action != "add":
        raise SettingsError(f"{camera}: nobody of this name, framebus ftp-ingest user list shows them")


def _password(settings: User) -> str:
    if settings.generate:
        return passwords.generated()
    given = secret(None, settings.password_file, "password-file") or _asked()
    if not (passwords.SHORTEST <= len(given) <= passwords.LONGEST and given.isprintable()):
        raise SettingsError(
            f"the password: expected {passwords.SHORTEST} to {passwords.LONGEST} printable signs in one line"
        )
    return given


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("password: ")
    if first != getpass.getpass("once more: "):
        raise SettingsError("the password: expected the same twice")
    return first
