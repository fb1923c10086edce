"""Data connections: from the client and to it, to nobody else, on the ports that are open for them."""

import contextlib
import ftplib
import socket
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from tests.ftp_ingest.ftp_rig import PICTURE, SECRET, Ftp, refused, until, upload


@pytest.mark.parametrize(
    "command",
    [
        "PORT 127,0,0,2,200,1",
        "PORT 8,8,8,8,200,1",
        "EPRT |1|127.0.0.2|51201|",
        "EPRT |2|::1|51201|",
        "PORT 127,0,0,1,0,80",
        "EPRT |1|127.0.0.1|22|",
        "PORT 127,0,0,1,999,1",
        "PORT 1,2,3",
        "EPRT |1|2130706433|51201|",
        "EPRT",
        "EPRT |1|127.0.0.1|99999|",
    ],
)
def test_it_connects_to_nobody_but_the_client(tmp_path: Path, command: str) -> None:
    """No third host, no privileged port (bounce, RFC 2577)."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        assert raw.ask(command)[0] == "5"
        assert raw.ask("STOR a.jpg").startswith("425")


def test_a_data_connection_from_elsewhere_is_shut_out(tmp_path: Path) -> None:
    """Without a word to the client, who would take it for the answer to its next command; then comes the right one."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        numbers = raw.ask("PASV").partition("(")[2].partition(")")[0].split(",")
        port = int(numbers[4]) * 256 + int(numbers[5])
        with socket.create_connection(("127.0.0.1", port), 5, ("127.0.0.9", 0)) as stranger:
            assert stranger.recv(1) == b""
        with socket.create_connection(("127.0.0.1", port), 5) as data:
            assert raw.ask("STOR a.jpg")[:3] in ("125", "150")
            data.sendall(PICTURE)
        assert raw.hear().startswith("226")
        assert ftp.counted("connections") == {"accepted": 1, "foreign-data": 1}


def a_listener() -> socket.socket:
    """On a port that the kernel gives to nobody by itself."""
    for port in range(21000, 29000):
        with contextlib.suppress(OSError):
            return socket.create_server(("127.0.0.1", port))
    raise AssertionError("no port is free")


def test_passive_ports_are_those_that_were_said(tmp_path: Path) -> None:
    """When all are in use it is said; no other port is opened, as no firewall would let it through."""
    with a_listener() as taken:
        port = taken.getsockname()[1]
        with Ftp(tmp_path, limits={"passive_ports": (port, port)}) as ftp, ftp.raw().login() as raw:
            assert raw.ask("PASV").startswith("425")
            taken.close()
            with raw.data() as data:
                assert data.getpeername()[1] == port
                assert raw.ask("STOR a.jpg")[:3] in ("125", "150")
                data.sendall(PICTURE)
            assert raw.hear().startswith("226")
            assert raw.ask("EPSV") == f"229 Entering extended passive mode (|||{port}|)."


def test_a_masqueraded_address_is_what_cameras_are_told(tmp_path: Path) -> None:
    """Behind NAT they cannot reach the one that this machine knows."""
    with Ftp(tmp_path, limits={"masquerade": IPv4Address("203.0.113.7")}) as ftp, ftp.raw().login() as raw:
        assert "(203,0,113,7," in raw.ask("PASV")


def loopbacks() -> tuple[str, ...]:
    """IPv6 only where this machine has it: containers often do not."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return ("127.0.0.1",)
    return ("127.0.0.1", "::1")


def test_the_wildcard_takes_ipv4_and_ipv6(tmp_path: Path) -> None:
    """Each has its own data connections, passive and active; PASV has no room for an IPv6 address."""
    addresses = loopbacks()
    with Ftp(tmp_path, host="::" if "::1" in addresses else "0.0.0.0") as ftp:
        for address in addresses:
            with ftplib.FTP(timeout=20) as client:
                client.connect(address, ftp.port)
                client.login("porch", SECRET)
                for passive in (True, False):
                    client.set_pasv(passive)
                    assert upload(client).startswith("226")
                if address == "::1":
                    assert refused(lambda client=client: client.sendcmd("PASV")).startswith("425")


def test_who_asks_for_a_port_and_never_comes_is_told(tmp_path: Path) -> None:
    """The connection that came and went at once, too."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        data = raw.data()
        data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        assert raw.ask("STOR a.jpg")[:3] in ("125", "150")
        data.close()
        assert raw.hear()[:3] in ("425", "426")
        until(lambda: sum(ftp.counted("uploads").values()) == 1)
        assert ftp.names == []


def test_no_port_stays_open_for_who_has_gone(tmp_path: Path) -> None:
    """The connection broke while the client was told the port."""
    with Ftp(tmp_path) as ftp:
        for _ in range(20):
            with ftp.raw().login() as raw:
                raw.say(b"PASV\r\n" * 60)
                raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        until(lambda: len(ftp.server._threads) == 0)
