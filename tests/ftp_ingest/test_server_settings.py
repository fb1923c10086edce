"""The flags of the FTP server."""

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from services.ftp_ingest.server.limits import Limits
from services.ftp_ingest.server_settings import ServerSettings


def settings(**given: object) -> ServerSettings:
    return ServerSettings.model_validate(given)


def test_the_flags_are_the_limits(tmp_path: Path) -> None:
    """Each of them; and without any, what Limits says."""
    assert settings().ftp_limits(tmp_path) == Limits(tmp_path)
    given = settings(
        max_file=3,
        idle_timeout=1,
        stall_timeout=2,
        transfer_timeout=3,
        session_timeout=4,
        max_connections=5,
        max_per_address=6,
        max_per_user=7,
        passive_ports="40000-40001",
        masquerade_address="203.0.113.7",
    )
    assert given.ftp_limits(tmp_path) == Limits(
        folder=tmp_path,
        max_file_bytes=3 << 20,
        idle_s=1,
        stall_s=2,
        transfer_s=3,
        session_s=4,
        connections=5,
        per_address=6,
        per_user=7,
        passive_ports=(40000, 40001),
        masquerade=IPv4Address("203.0.113.7"),
    )


def test_the_file_of_users_is_looked_at_where_it_is_needed(tmp_path: Path) -> None:
    """Before anything else is done; it need not be there yet."""
    broken = tmp_path / "users"
    broken.write_text("porch\n")
    settings(users=tmp_path / "none").require()
    settings(users=broken, ftp=False).require()
    with pytest.raises(SettingsError, match=r"--users .*line 1"):
        settings(users=broken).require()
