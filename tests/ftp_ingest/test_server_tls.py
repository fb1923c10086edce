"""FTPS: with the standard library's client, curl and lftp, and without any manners."""

import ftplib
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ftp_ingest.ftp_rig import PICTURE, SECRET, Ftp, certificate, refused, tool, trusting, until, upload


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Certificate and key."""
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def ftp(tmp_path: Path, files: tuple[Path, Path]) -> Iterator[Ftp]:
    """TLS and nothing else."""
    with Ftp(tmp_path, files, limits={"require_tls": True}) as served:
        yield served


def secured(ftp: Ftp, context: ssl.SSLContext) -> ftplib.FTP_TLS:
    """Logged in, its data connections too."""
    client = ftplib.FTP_TLS(context=context, timeout=20)
    try:
        client.connect("127.0.0.1", ftp.port)
        client.login("porch", SECRET)
        client.prot_p()
    except BaseException:
        client.close()
        raise
    return client


def test_pictures_arrive_whole_over_tls(ftp: Ftp, files: tuple[Path, Path]) -> None:
    """Passive and active; listings end cleanly."""
    with secured(ftp, trusting(files[0])) as client:
        for passive in (True, False):
            client.set_pasv(passive)
            assert upload(client).startswith("226")
            assert client.nlst() == []
        assert ftp.names == ["a.jpg", "a.jpg"]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_large_picture_comes_whole(ftp: Ftp, files: tuple[Path, Path], version: ssl.TLSVersion) -> None:
    """Many records, in either version."""
    context = trusting(files[0])
    context.minimum_version = context.maximum_version = version
    picture = PICTURE[:2] + b"\xff\xfe\xff\xff" + bytes(65533) + PICTURE[2:]
    with secured(ftp, context) as client:
        assert upload(client, data=PICTURE[:-2] + bytes(1_500_000) + PICTURE[-2:]).startswith("226")
        assert upload(client, data=picture).startswith("226")


def test_an_old_version_of_tls_is_refused(ftp: Ftp, files: tuple[Path, Path]) -> None:
    """1.1 and older."""
    context = trusting(files[0])
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        secured(ftp, context)
    until(lambda: ftp.counted("connections").get("tls-failed") == 1)


def test_nothing_goes_in_clear_where_tls_is_required(ftp: Ftp, files: tuple[Path, Path]) -> None:
    """Neither a login nor a file."""
    assert refused(lambda: ftp.client()).startswith("530 Only with TLS")
    with ftplib.FTP_TLS(context=trusting(files[0]), timeout=20) as client:
        client.connect("127.0.0.1", ftp.port)
        client.login("porch", SECRET)
        assert refused(lambda: upload(client)).startswith("521")
        assert refused(client.prot_c).startswith("503")
        client.voidcmd("PBSZ 0")
        assert refused(lambda: client.voidcmd("PROT C")).startswith("534")
        assert refused(lambda: client.voidcmd("PROT S")).startswith("536")


def test_without_a_certificate_there_is_no_tls(tmp_path: Path) -> None:
    """It is said, and not offered."""
    with Ftp(tmp_path) as ftp, ftp.raw() as raw:
        assert raw.ask("AUTH TLS").startswith("502")


def test_what_stands_behind_auth_in_clear_is_not_obeyed(ftp: Ftp) -> None:
    """Somebody on the way could have put it there."""
    with ftp.raw() as raw:
        raw.say(b"AUTH TLS\r\nUSER porch\r\n")
        assert raw.hear().startswith("234")
        assert raw.hear() == ""


def test_a_stream_that_is_cut_is_judged_by_its_picture(ftp: Ftp, files: tuple[Path, Path]) -> None:
    """Without TLS' own end: half a picture is refused, and answered once."""
    with secured(ftp, trusting(files[0])) as client:
        for length in range(len(PICTURE) - 20, len(PICTURE)):
            with client.transfercmd("STOR a.jpg") as data:
                data.sendall(PICTURE[:length])
                socket.socket.shutdown(data, socket.SHUT_WR)
                assert client.getmultiline().startswith("550")
        assert ftp.box.taken == []


def test_who_begins_tls_and_says_nothing_is_ended(tmp_path: Path, files: tuple[Path, Path]) -> None:
    """On the control connection and on that for data; waiting costs no processor time."""
    with Ftp(tmp_path, files, limits={"login_s": 0.4, "stall_s": 0.4}) as ftp, ftp.raw() as raw:
        raw.ask("AUTH TLS")
        began_s = time.process_time()
        assert raw.hear() == ""
        assert time.process_time() - began_s < 0.3
        with secured(ftp, trusting(files[0])) as client:
            host, port = client.makepasv()
            with socket.create_connection((host, port), 5) as data:
                client.putcmd("STOR a.jpg")
                assert client.getmultiline()[:3] in ("125", "150")
                assert client.getmultiline().startswith("426")
                data.close()
            assert upload(client).startswith("226")


def test_garbage_instead_of_tls_ends_the_connection(ftp: Ftp) -> None:
    """And nothing else."""
    with ftp.raw() as raw:
        raw.ask("AUTH TLS")
        raw.say(b"GET / HTTP/1.1\r\n\r\n" * 10)
        until(lambda: ftp.counted("connections").get("tls-failed") == 1)


def test_with_implicit_tls_everything_is_encrypted(tmp_path: Path, files: tuple[Path, Path]) -> None:
    """From the greeting on; a client need not ask for it on its data connections."""
    context = trusting(files[0])
    with Ftp(tmp_path, files, limits={"implicit_tls": True, "require_tls": True}) as ftp:
        with context.wrap_socket(
            socket.create_connection(("127.0.0.1", ftp.port), 5), server_hostname="127.0.0.1"
        ) as tls:
            lines = tls.makefile("rb")
            assert lines.readline() == b"220 Ready.\r\n"
            for line in ("USER porch", f"PASS {SECRET}", "EPSV"):
                tls.sendall(f"{line}\r\n".encode())
                answer = lines.readline().decode()
            port = int(answer.split("|")[3])
            tls.sendall(b"STOR a.jpg\r\n")
            plain = socket.create_connection(("127.0.0.1", port), 5)
            with context.wrap_socket(plain, server_hostname="127.0.0.1") as data:
                data.sendall(PICTURE)
                data.unwrap().close()
            assert [lines.readline()[:3] for _ in range(2)] in ([b"150", b"226"], [b"125", b"226"])
            lines.close()
        assert ftp.names == ["a.jpg"]


@pytest.mark.parametrize("implicit", [False, True])
def test_curl_uploads_over_tls(tmp_path: Path, files: tuple[Path, Path], implicit: bool) -> None:
    """Three pictures in one session; explicit and implicit."""
    curl, picture = tool("curl", "curl"), tmp_path / "a.jpg"
    picture.write_bytes(PICTURE)
    with Ftp(tmp_path, files, limits={"require_tls": True, "implicit_tls": implicit}) as ftp:
        url = f"{'ftps' if implicit else 'ftp'}://127.0.0.1:{ftp.port}/2026/01/"
        common = [curl, "-sS", "--ssl-reqd", "--cacert", files[0], "--user", f"porch:{SECRET}"]
        names = [word for name in ("1", "2", "3") for word in ("-T", picture, url + name)]
        subprocess.run([*common, "--ftp-create-dirs", *names], check=True, timeout=30)
        assert ftp.names == [f"2026/01/{number}" for number in "123"]


def test_lftp_uploads_over_tls(ftp: Ftp, files: tuple[Path, Path], tmp_path: Path) -> None:
    """It insists on TLS for both connections and checks the certificate."""
    (tmp_path / "a.jpg").write_bytes(PICTURE)
    settings = f"set ftp:ssl-force yes; set ftp:ssl-protect-data yes; set ssl:ca-file {files[0]}; set net:max-retries 1"
    puts = f"put {tmp_path}/a.jpg; put {tmp_path}/a.jpg -o b.jpg; bye"
    commands = f"{settings}; open -u 'porch,{SECRET}' ftp://127.0.0.1:{ftp.port}; {puts}"
    subprocess.run([tool("lftp", "lftp"), "--norc", "-e", commands], check=True, timeout=30)
    assert ftp.names == ["a.jpg", "b.jpg"]
