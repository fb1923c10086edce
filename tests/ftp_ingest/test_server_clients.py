"""Clients that others wrote."""

import subprocess
from pathlib import Path

from tests.ftp_ingest.ftp_rig import PICTURE, SECRET, Ftp, tool


def test_curl_uploads(tmp_path: Path) -> None:
    """Passive in both ways, active in both ways, with folders that it makes; and it is told what was refused."""
    curl, picture = tool("curl", "curl"), tmp_path / "a.jpg"
    picture.write_bytes(PICTURE)
    with Ftp(tmp_path) as ftp:
        url = f"ftp://127.0.0.1:{ftp.port}/2026/"
        common = [curl, "-sS", "--user", f"porch:{SECRET}", "--ftp-create-dirs"]
        ways = ([], ["--disable-epsv"], ["-P", "-"], ["-P", "-", "--disable-eprt"])
        for number, way in enumerate(ways):
            subprocess.run([*common, *way, "-T", picture, f"{url}{number}.jpg"], check=True, timeout=30)
        assert ftp.names == [f"2026/{number}.jpg" for number in range(4)]
        picture.write_bytes(PICTURE[:-2])
        done = subprocess.run([*common, "-T", picture, url], capture_output=True, text=True, timeout=30, check=False)
        assert done.returncode != 0
        assert "550" in done.stderr
        assert len(ftp.box.taken) == 4


def test_lftp_uploads(tmp_path: Path) -> None:
    """Also by a temporary name, which it renames."""
    (tmp_path / "a.jpg").write_bytes(PICTURE)
    with Ftp(tmp_path) as ftp:
        settings = "set net:max-retries 1; set xfer:use-temp-file yes; set xfer:temp-file-name *.tmp"
        puts = f"mkdir -p 2026/01; cd 2026/01; put {tmp_path}/a.jpg; bye"
        commands = f"{settings}; open -u 'porch,{SECRET}' ftp://127.0.0.1:{ftp.port}; {puts}"
        subprocess.run([tool("lftp", "lftp"), "--norc", "-e", commands], check=True, timeout=30)
        assert ftp.names == ["2026/01/a.jpg.tmp"]


def test_ncftpput_uploads(tmp_path: Path) -> None:
    """Into a folder that it makes, by a temporary name, and with a list of names."""
    ncftpput = tool("ncftpput", "ncftp")
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).write_bytes(PICTURE)
    with Ftp(tmp_path) as ftp:
        login = ["-u", "porch", "-p", SECRET, "-P", str(ftp.port)]
        files = [str(tmp_path / name) for name in ("a.jpg", "b.jpg")]
        subprocess.run(
            [ncftpput, "-V", *login, "-m", "-S", ".tmp", "127.0.0.1", "/2026", *files], check=True, timeout=60
        )
        assert ftp.names == ["2026/a.jpg.tmp", "2026/b.jpg.tmp"]
