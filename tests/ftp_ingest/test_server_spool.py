"""The server with the real inbox: what was answered with 226 lies in the spool, and nothing else does."""

from pathlib import Path

from libs.common.clock import SystemClock
from services.ftp_ingest.spool.limits import Limits
from tests.ftp_ingest.ftp_rig import PICTURE, Ftp, refused, upload
from tests.ftp_ingest.spool_rig import files, spool_in, taken_out, tray_of


def test_what_was_answered_lies_in_the_spool_and_no_truncated_upload(tmp_path: Path) -> None:
    """Under the name that the camera was told. Cut off at each byte position of the last 200: a dropped connection
    looks like the end of a file."""
    with (
        spool_in(tmp_path, clock=SystemClock()) as spool,
        Ftp(tmp_path, inbox=tray_of(spool, clock=SystemClock())) as ftp,
        ftp.client() as client,
    ):
        answers = [upload(client) for _ in range(3)]
        for length in range(len(PICTURE) - 200, len(PICTURE)):
            assert refused(lambda length=length: upload(client, data=PICTURE[:length])).startswith("550 "), length
        assert len(files(spool)) == 3
        assert [f"226 Taken: {frame_id}" for frame_id in taken_out(spool)] == answers
        assert ftp.counted("uploads") == {"taken": 3, "cut-off": 200}


def test_a_full_spool_is_said_before_the_file_comes(tmp_path: Path) -> None:
    """452, and the session goes on."""
    with (
        spool_in(tmp_path, Limits(max_files=2, free_bytes=0), SystemClock()) as spool,
        Ftp(tmp_path, inbox=tray_of(spool, clock=SystemClock())) as ftp,
        ftp.client() as client,
    ):
        assert [upload(client)[:3] for _ in range(2)] == ["226", "226"]
        assert refused(lambda: client.sendcmd("PASV") and client.sendcmd("STOR a.jpg")).startswith("452")
        assert ftp.counted("uploads") == {"taken": 2, "full": 1}
