"""Who may log in, and what becomes of those who guess."""

import time
from pathlib import Path

import pytest

from services.ftp_ingest.server import passwords
from services.ftp_ingest.server.users import changed
from tests.ftp_ingest.ftp_rig import HASHED, PICTURE, SECRET, Ftp, refused, until, upload


def test_a_camera_logs_in_with_its_own_password_and_no_other(tmp_path: Path) -> None:
    """The greeting says neither what runs here nor its version."""
    with Ftp(tmp_path) as ftp:
        with ftp.client() as client:
            assert client.getwelcome() == "220 Ready."
        for camera, password in (("porch", "wrong"), ("nobody", SECRET), ("anonymous", ""), ("PORCH", SECRET)):
            assert refused(lambda c=camera, p=password: ftp.client(c, password=p)).startswith("530"), camera
        assert ftp.counted("logins") == {"right": 1, "wrong": 4}


def test_nothing_goes_without_a_login(tmp_path: Path) -> None:
    """Commands for files least of all."""
    with Ftp(tmp_path) as ftp, ftp.raw() as raw:
        for command in ("PASV", "STOR a.jpg", "LIST", "PORT 127,0,0,1,200,1", "CWD x", "STAT /", "ALLO 5"):
            assert raw.ask(command).startswith("530"), command
        assert raw.ask("PASS x").startswith("503")
        raw.login()
        assert raw.ask("USER garden").startswith("503")


def test_three_wrong_passwords_end_the_connection_each_slower(tmp_path: Path) -> None:
    """Those that were sent ahead in one piece, too."""
    with Ftp(tmp_path, limits={"wrong_s": 0.2}) as ftp, ftp.raw() as raw:
        began_s = time.monotonic()
        raw.say(b"USER porch\r\nPASS wrong\r\n" * 20)
        answers = []
        while answer := raw.hear():
            answers.append(answer[:3])
        assert answers == ["331", "530"] * 3
        assert time.monotonic() - began_s >= 1.2
        assert ftp.counted("logins") == {"wrong": 3}


def test_a_guesser_does_not_lock_the_camera_out(tmp_path: Path) -> None:
    """It is shut out from its own address, with the right password too; from another one it works on."""
    with Ftp(tmp_path, limits={"per_address": 20}) as ftp:
        guessers = [ftp.raw("127.0.0.66") for _ in range(6)]
        for raw in guessers:
            raw.say(b"USER porch\r\nPASS wrong\r\n")
        until(lambda: sum(ftp.counted("logins").values()) == 6)
        for raw in guessers:
            raw.close()
        assert refused(lambda: ftp.client(source="127.0.0.66")).startswith("530 Too many")
        with ftp.client(source="127.0.0.1") as client, ftp.client("garden", source="127.0.0.66"):
            assert upload(client).startswith("226")
        assert ftp.counted("logins") == {"wrong": 5, "locked": 2, "right": 2}


def test_users_change_while_it_runs(tmp_path: Path) -> None:
    """One that is added comes in, one that is removed uploads no more, an old password is worth nothing."""
    with Ftp(tmp_path, cameras=("porch",)) as ftp, ftp.client() as client:
        with changed(ftp.users) as users:
            users["garden"] = HASHED
        with ftp.client("garden") as garden:
            assert upload(garden).startswith("226")
        with changed(ftp.users) as users:
            del users["porch"]
        assert refused(lambda: upload(client)).startswith("532")
        assert refused(lambda: ftp.client()).startswith("530")


def test_a_broken_file_of_users_changes_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is told once, without what stands in it."""
    with Ftp(tmp_path) as ftp:
        ftp.users.write_text("porch: horse battery\n")
        for _ in range(2):
            ftp.client().close()
        assert caplog.text.count("line 1: expected CAMERA:HASH") == 1
        assert SECRET not in caplog.text


def test_without_users_it_is_said_how_to_add_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The server runs: one may be added later."""
    with Ftp(tmp_path, cameras=()) as ftp:
        assert f"framebus ftp-ingest user add CAMERA --users {ftp.users}" in caplog.text
        assert refused(lambda: ftp.client()).startswith("530")


def test_no_password_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither a right nor a wrong one, nor one in the wrong place; no names of files either."""
    caplog.set_level("DEBUG")
    with Ftp(tmp_path) as ftp, ftp.raw() as raw:
        raw.ask("PASS canary-one")
        raw.ask("PASS\tcanary-two")
        raw.ask("canary-three")
        raw.ask("USER canary-six")
        raw.ask("PASS canary-four")
        raw.login()
        with raw.data() as data:
            raw.ask("STOR canary-five.jpg")
            data.sendall(PICTURE)
        assert raw.hear().startswith("226")
    assert SECRET not in caplog.text
    assert "canary" not in caplog.text.lower()


def test_a_password_that_was_right_costs_no_hash_again(tmp_path: Path) -> None:
    """A camera that logs in for each picture would keep a small machine busy."""

    def took_s(password: str) -> float:
        began_s = time.monotonic()
        with ftp.raw() as raw:
            raw.ask("USER porch")
            raw.ask(f"PASS {password}")
        return time.monotonic() - began_s

    with Ftp(tmp_path, hashed=passwords.hashed(SECRET)) as ftp:
        first_s = took_s(SECRET)
        assert min(took_s(SECRET) for _ in range(5)) < first_s / 3
