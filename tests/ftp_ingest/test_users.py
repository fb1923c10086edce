"""The file of those who may log in."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from services.ftp_ingest.server import passwords
from services.ftp_ingest.server.users import Users, changed, read
from tests.ftp_ingest.ftp_rig import HASHED


def test_what_was_written_is_read_and_nobody_else_may(tmp_path: Path) -> None:
    """For this user alone, in a folder that is made where it is not."""
    path = tmp_path / "new" / "users"
    with changed(path) as users:
        users["porch"] = HASHED
    assert read(path) == {"porch": HASHED}
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [found.name for found in path.parent.iterdir()] == ["users"]


def test_an_operators_remarks_stay(tmp_path: Path) -> None:
    """Whoever is added or removed."""
    path = tmp_path / "users"
    path.write_text(f"# the back door\ngarden:{HASHED}\n\n# garden: see the drawer\n")
    with changed(path) as users:
        del users["garden"]
        users["porch"] = HASHED
    assert path.read_text() == f"# the back door\n# garden: see the drawer\nporch:{HASHED}\n"


def test_several_change_it_at_once_and_nothing_is_lost(tmp_path: Path) -> None:
    """One after the other."""

    def add(number: int) -> None:
        with changed(tmp_path / "users") as users:
            users[f"camera-{number}"] = HASHED

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert len(read(tmp_path / "users")) == 40


def test_a_change_that_fails_changes_nothing(tmp_path: Path) -> None:
    """Whole or not at all."""
    path = tmp_path / "users"
    with changed(path) as users:
        users["porch"] = HASHED
    with pytest.raises(ZeroDivisionError), changed(path) as users:
        users["porch"] = str(1 // 0)
    assert read(path) == {"porch": HASHED}


@pytest.mark.parametrize(
    "line", ["porch", "porch:secret", f"po rch:{HASHED}", f"porch:{HASHED} ", "porch:pbkdf2:x$y$00", f"{HASHED}", "\0"]
)
def test_a_wrong_line_is_named_and_not_shown(tmp_path: Path, line: str) -> None:
    """It may be a password."""
    (tmp_path / "users").write_text(f"# cameras\n\ngarden:{HASHED}\n{line}\n")
    with pytest.raises(SettingsError, match="line 4: expected CAMERA:HASH") as error:
        read(tmp_path / "users")
    assert line not in str(error.value)


def test_a_file_that_changes_is_read_anew(tmp_path: Path) -> None:
    """Also where it was not there, and where it is gone."""
    users = Users(tmp_path / "users")
    assert users.stored("porch") is None
    with changed(tmp_path / "users") as made:
        made["porch"] = HASHED
    assert users.stored("porch") == HASHED
    (tmp_path / "users").unlink()
    assert users.stored("porch") is None


def test_a_password_is_right_or_wrong() -> None:
    """Nobody's is never right; those that are made up differ."""
    hashed = passwords.hashed("horse battery")
    assert passwords.is_right(hashed, "horse battery")
    assert not passwords.is_right(hashed, "horse batterz")
    assert not passwords.is_right(passwords.NOBODYS, "")
    assert len({passwords.generated() for _ in range(50)}) == 50
