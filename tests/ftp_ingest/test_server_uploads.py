"""What a camera uploads, and what it is answered."""

import contextlib
import errno
import ftplib
import io
import socket
from pathlib import Path

import pytest

from libs.common.errors import TemporaryError
from services.ftp_ingest.inbox import FullError
from tests.ftp_ingest.ftp_rig import PICTURE, Ftp, refused, until, upload


def test_a_picture_is_taken_with_its_folders_and_answered(tmp_path: Path) -> None:
    """The folders are imaginary: a name may hold the time."""
    with Ftp(tmp_path) as ftp, ftp.client() as client:
        client.mkd("2026-01-31")
        client.cwd("2026-01-31")
        client.cwd("../2026-02-01/12")
        assert client.pwd() == "/2026-02-01/12"
        assert upload(client, "30.jpg") == "226 Taken: porch/00000001/1"
        assert upload(client, "/top.jpg").startswith("226")
        assert ftp.box.taken == [("porch", "2026-02-01/12/30.jpg", PICTURE), ("porch", "top.jpg", PICTURE)]
        assert list(ftp.spool.iterdir()) == []


def test_a_picture_comes_whole_in_each_mode(tmp_path: Path) -> None:
    """ASCII, which many clients leave on, would take out a byte here and there; active and passive."""
    lines = PICTURE.replace(b"\xff\xda", b"\xff\xfe\x00\x0a\r\n\n\r\r\n\r\n\xff\xda", 1)
    with Ftp(tmp_path) as ftp, ftp.client() as client:
        for passive in (True, False):
            client.set_pasv(passive)
            client.voidcmd("TYPE A")
            with client.transfercmd("STOR lines.jpg") as data:
                data.sendall(lines)
            client.voidresp()
        assert [picture for _, _, picture in ftp.box.taken] == [PICTURE, PICTURE]


def test_the_same_name_again_is_a_new_picture(tmp_path: Path) -> None:
    """Nothing is overwritten; STOU makes names."""
    with Ftp(tmp_path) as ftp, ftp.client() as client:
        upload(client)
        upload(client)
        client.storbinary("STOU", io.BytesIO(PICTURE))
        client.storbinary("STOU a.jpg", io.BytesIO(PICTURE))
        assert ftp.names[:2] == ["a.jpg", "a.jpg"]
        assert ftp.names[2].startswith("upload.")
        assert ftp.names[3].startswith("a.jpg.")


def test_a_renamed_upload_is_one_picture(tmp_path: Path) -> None:
    """Many send x.tmp and rename it; one may delete it, too. What never came can be neither."""
    with Ftp(tmp_path) as ftp, ftp.client() as client:
        upload(client, "a.tmp")
        assert client.rename("a.tmp", "a.jpg").startswith("250")
        assert refused(lambda: client.rename("a.tmp", "b.jpg")).startswith("550")
        assert client.delete("a.jpg").startswith("250")
        assert refused(lambda: client.delete("a.jpg")).startswith("550")
        assert ftp.names == ["a.tmp"]


def test_nothing_can_be_seen_or_read(tmp_path: Path) -> None:
    """Also what was uploaded in the same session."""
    with Ftp(tmp_path) as ftp, ftp.client() as client:
        upload(client)
        lines: list[str] = []
        client.retrlines("LIST", lines.append)
        client.retrlines("LIST a.jpg", lines.append)
        assert (lines, client.nlst(), list(client.mlsd())) == ([], [], [])
        for command in ("SIZE a.jpg", "MDTM a.jpg", "MLST a.jpg", "APPE a.jpg", "REST 7", "RMD x", "SITE CHMOD 777 a"):
            assert refused(lambda command=command: client.sendcmd(command)).startswith("55"), command
        assert refused(lambda: client.retrbinary("RETR a.jpg", print)).startswith("550")
        assert client.sendcmd("REST 0").startswith("350")


def test_what_is_no_whole_picture_is_refused(tmp_path: Path) -> None:
    """With the reason, which is counted, and the session goes on."""
    with Ftp(tmp_path) as ftp, ftp.client() as client:
        for data in (b"", b"hello\n", PICTURE[:-1], b"\xff\xd8" + bytes(1000)):
            assert refused(lambda data=data: upload(client, data=data)).startswith("550 "), data[:20]
        assert upload(client).startswith("226")
        assert ftp.counted("uploads") == {"empty": 1, "not-a-picture": 2, "cut-off": 1, "taken": 1}


def test_an_upload_without_a_client_is_not_taken(tmp_path: Path) -> None:
    """It went away in the middle; so did one whose connections were reset."""
    with Ftp(tmp_path) as ftp:
        for reset in (False, True):
            client = ftp.client()
            data = client.transfercmd("STOR a.jpg")
            data.sendall(PICTURE[:300])
            for connection in (client.sock, data):
                if reset:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                connection.close()
            client.close()
        until(lambda: sum(ftp.counted("uploads").values()) == 2)
        assert ftp.box.taken == []
        until(lambda: len(ftp.server._threads) == 0)


def test_an_aborted_upload_is_answered_and_not_taken(tmp_path: Path) -> None:
    """426 and 225, never 226, although the picture is whole by then; the next one is."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        with raw.data() as data:
            raw.ask("STOR a.jpg")
            data.sendall(PICTURE)
            assert [raw.ask("ABOR")[:3], raw.hear()[:3]] == ["426", "225"]
        assert ftp.box.taken == []
        with raw.data() as data:
            raw.ask("STOR b.jpg")
            data.sendall(PICTURE)
        assert raw.hear().startswith("226")
        assert ftp.names == ["b.jpg"]


def test_an_upload_is_answered_once_it_is_taken_and_not_before(tmp_path: Path) -> None:
    """226 says that the picture is safe."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        ftp.box.blocked.add("porch")
        with raw.data() as data:
            raw.ask("STOR a.jpg")
            data.sendall(PICTURE)
        assert ftp.box.reached.wait(5)
        raw.socket.settimeout(0.3)
        with pytest.raises(TimeoutError):
            raw.socket.recv(100)
        raw.socket.settimeout(20)
        ftp.box.go_on.set()
        assert raw.socket.recv(100).startswith(b"226 ")


def test_one_blocked_camera_does_not_slow_another(tmp_path: Path) -> None:
    """A slow disk, a slow picture, a slow broker: each session waits for itself."""
    with Ftp(tmp_path) as ftp, ftp.client("garden") as other, ftp.raw().login() as raw:
        ftp.box.blocked.add("porch")
        with raw.data() as data:
            raw.ask("STOR a.jpg")
            data.sendall(PICTURE)
        assert ftp.box.reached.wait(5)
        assert upload(other).startswith("226")
        with ftp.client("garden") as newcomer:
            assert upload(newcomer).startswith("226")
        assert ftp.names == ["a.jpg", "a.jpg"]


def test_without_room_it_is_said_before_the_file_comes(tmp_path: Path) -> None:
    """452: the camera keeps it and tries again. So it is where the room ends while it comes."""
    with Ftp(tmp_path) as ftp, ftp.client() as client:
        ftp.box.room = False
        assert refused(lambda: upload(client)).startswith("452")
        ftp.box.room = True
        for error in (FullError("no room"), OSError(errno.ENOSPC, "No space left on device")):
            ftp.box.error = error
            assert refused(lambda: upload(client)).startswith("452")
        assert ftp.counted("uploads") == {"full": 3}


@pytest.mark.parametrize("error", [TemporaryError("on /spool"), OSError("disk"), ValueError("a bug /with/a/path")])
def test_any_other_trouble_is_451_and_says_nothing(tmp_path: Path, error: Exception) -> None:
    """What is wrong here is in the log."""
    with Ftp(tmp_path) as ftp, ftp.client() as client:
        ftp.box.error = error
        answer = refused(lambda: upload(client))
        assert answer.startswith("451")
        assert str(error) not in answer
        ftp.box.error = None
        assert upload(client).startswith("226")


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    """Before the file comes; once it can, the same session uploads."""
    with Ftp(tmp_path) as ftp, ftp.client() as client:
        ftp.spool.rmdir()
        assert refused(lambda: upload(client)).startswith("451")
        ftp.spool.mkdir()
        assert upload(client).startswith("226")


def test_a_file_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    """552, and no more is read than what may come and one read."""
    with Ftp(tmp_path, limits={"max_file_bytes": 1 << 20}) as ftp, ftp.raw().login() as raw:
        sent = 0
        with raw.data() as data:
            data.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65536)
            raw.ask("STOR a.jpg")
            with contextlib.suppress(ConnectionError):
                while sent < 1 << 30:
                    sent += data.send(bytes(65536))
        assert raw.hear().startswith("552")
        (visit,) = ftp.server._threads.values()
        assert 1 << 20 < visit.seat.got_bytes <= (1 << 20) + 65536
        assert sent < 16 << 20
        assert raw.ask("NOOP").startswith("200")
        assert ftp.counted("uploads") == {"too-large": 1}
    with Ftp(tmp_path, limits={"max_file_bytes": len(PICTURE)}) as ftp, ftp.client() as client:
        assert upload(client).startswith("226")


def test_one_file_after_the_other(tmp_path: Path) -> None:
    """Two at once on one data connection would be mixed; and none can come without a data connection."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        assert raw.ask("STOR a.jpg").startswith("425")
        with raw.data() as data:
            assert raw.ask("STOR a.jpg")[:3] in ("125", "150")
            assert raw.ask("STOR b.jpg").startswith("450")
            data.sendall(PICTURE)
        assert raw.hear().startswith("226")
        assert raw.ask("STOR c.jpg").startswith("425")
        assert ftp.names == ["a.jpg"]


def test_a_server_that_stops_answers_what_is_in_hand(tmp_path: Path) -> None:
    """What lies in the inbox by then is answered, the rest is cut; another server of this process is not touched."""
    with Ftp(tmp_path) as ftp, Ftp(tmp_path / "other") as other, other.client() as theirs, ftp.raw().login() as raw:
        idle, ftp.box.blocked = ftp.client("garden"), {"porch"}
        with raw.data() as data:
            raw.ask("STOR a.jpg")
            data.sendall(PICTURE)
        assert ftp.box.reached.wait(5)
        ftp.box.go_on.set()
        ftp.server.stop()
        assert raw.hear().startswith("226")
        assert raw.hear() == ""
        with pytest.raises((EOFError, OSError, ftplib.error_temp)):
            idle.voidcmd("NOOP")
        idle.close()
        assert upload(theirs).startswith("226")
