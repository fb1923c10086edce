"""A disk that fills while files come in."""

import io
import tempfile
from contextlib import suppress
from errno import ENOSPC
from pathlib import Path
from typing import NoReturn

import pytest

from tests.ftp_ingest.ftp_rig import PICTURE, Ftp, upload


class Full(io.FileIO):
    """Nothing goes into it."""

    def write(self, _: object) -> NoReturn:
        raise OSError(ENOSPC, "No space left on device")


@pytest.mark.parametrize("size_bytes", [len(PICTURE), 20_000, 300_000])
def test_the_camera_is_answered_and_the_session_goes_on(
    tmp_path: Path, size_bytes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However much of the file waits in memory when it is closed."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        with monkeypatch.context() as disk, raw.data() as data:
            disk.setattr(tempfile, "TemporaryFile", lambda **_: io.BufferedRandom(Full(tmp_path / "full", "w+")))
            raw.ask("STOR a.jpg")
            with suppress(ConnectionError):
                data.sendall(PICTURE.ljust(size_bytes, b"\0"))
            data.close()
            raw.socket.settimeout(5)
            assert raw.hear().startswith("452")
        assert raw.ask("NOOP").startswith("200")
        assert ftp.counted("uploads") == {"full": 1}
        with ftp.client() as client:
            assert upload(client).startswith("226")
