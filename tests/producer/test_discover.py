"""framebus producer discover, against ONVIF cameras on this machine, well-behaved and hostile ones."""

import json
import socket
import struct
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from services.producer.__main__ import main
from services.producer.onvif import discover
from services.producer.onvif.envelopes import MOST_BYTES
from services.producer.onvif.probe import EVERYBODY
from tests.producer.onvif_camera import HOST, OnvifCamera, envelope, running

PASSWORD = "s3cret&<canary>"
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


@pytest.fixture
def login(tmp_path: Path) -> list[str]:
    """The flags of the right one."""
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return ["--user", "admin", "--password-file", str(tmp_path / "password")]


def found(camera: OnvifCamera, capsys: pytest.CaptureFixture[str], *flags: str, wait_s: str = "30") -> tuple[int, str]:
    """Status and output of the command, which asks this camera alone and is done when it has answered."""
    with running(camera):
        status = main(["discover", "--target", f"{HOST}:{camera.udp}", "--timeout", wait_s, *flags])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert PASSWORD not in said.out + said.err
    return status, said.out


def test_a_camera_and_its_streams_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """By its name, with codec and size."""
    status, said = found(OnvifCamera(), capsys)
    assert status == 0
    assert said.splitlines() == [
        f"Front door ({HOST}): 2 streams",
        "  main                 H264   1920x1080  rtsp://127.0.0.1:554/main",
        "  sub                  H264   1920x1080  rtsp://127.0.0.1:554/sub",
    ]


def test_json_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """For programs."""
    camera = OnvifCamera(profiles=("main",))
    status, said = found(camera, capsys, "--json")
    stream = {"profile": "main", "url": "rtsp://127.0.0.1:554/main", "codec": "H264", "width": 1920, "height": 1080}
    device = f"http://{HOST}:{camera.http}/onvif/device_service"
    assert status == 0
    assert json.loads(said) == [
        {"host": HOST, "name": "Front door", "device": device, "streams": [stream], "error": None}
    ]


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=-400), timedelta(hours=5)], ids=str)
def test_a_login_is_said_as_a_digest_by_the_cameras_clock(
    ahead: timedelta, login: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A camera refuses what seems old, and many clocks were never set."""
    status, said = found(OnvifCamera(user="admin", password=PASSWORD, ahead=ahead), capsys, *login)
    assert (status, "2 streams" in said) == (0, True)


def test_a_camera_that_asks_for_a_login_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """It is listed, without streams."""
    camera = OnvifCamera(user="admin", password=PASSWORD)
    assert found(camera, capsys) == (0, f"Front door ({HOST}): asks for a login\n")
    assert camera.asked == ["GetSystemDateAndTime", "GetCapabilities", "no token"]


def test_a_camera_may_want_the_login_of_http(login: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """As newer ones do: digest, each question twice; basic is not answered, it would say the password."""
    assert "2 streams" in found(OnvifCamera(user="admin", password=PASSWORD, http_login="Digest"), capsys, *login)[1]
    basic = OnvifCamera(user="admin", password=PASSWORD, http_login="Basic")
    assert "user name or password refused" in found(basic, capsys, *login)[1]
    assert basic.heard == ""


def test_a_wrong_password_is_said(login: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """And asked for once, so that nobody is locked out."""
    camera = OnvifCamera(user="admin", password="another")
    assert found(camera, capsys, *login) == (0, f"Front door ({HOST}): user name or password refused\n")
    assert camera.asked.count("wrong token") == 1


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("rtsp://admin:s3cret@127.0.0.1/{}", "rtsp://***@127.0.0.1/main"),
        ("rtsp://127.0.0.1/user=admin_password=tops3cret_channel=1", "rtsp://127.0.0.1/user=admin_password=***"),
        ("rtsp://127.0.0.1/\u202e{}\x7f", "rtsp://127.0.0.1/main"),
        ("rtsp://127.0.0.1/&#10;{}", None),
        ("file:///etc/passwd", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_what_a_camera_names_is_shown_without_harm(
    uri: str, shown: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """No password, no control character, nothing that is no stream."""
    _, said = found(OnvifCamera(profiles=("main",), uri=uri), capsys, "--json")
    urls = [stream["url"] for stream in json.loads(said)[0]["streams"]]
    assert "s3cret" not in said
    assert urls == ([shown] if shown else [])


def test_a_name_cannot_write_to_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Colours, line ends, and signs that change the direction are taken out."""
    _, said = found(OnvifCamera(name="%1b[2Jdoor%0a%0dx%e2%80%ae"), capsys)
    assert said.startswith(f"[2Jdoor x ({HOST})")


@pytest.mark.parametrize(
    "xaddrs", ["http://10.1.2.3/onvif", "http://localhost/", "file:///etc/passwd", "http://a@{}/", ""]
)
def test_only_the_host_that_answers_is_asked(xaddrs: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It cannot send us to another machine, nor to a file."""
    assert found(OnvifCamera(xaddrs=xaddrs.format(HOST) or " "), capsys) == (1, "")


def test_the_media_service_is_asked_for_at_the_same_host(capsys: pytest.CaptureFixture[str]) -> None:
    """Its path counts, not the host and port that the camera believes to have."""
    camera = OnvifCamera(media="https://192.0.2.77:1/onvif/media_service")
    assert "2 streams" in found(camera, capsys)[1]


HOSTILE = {
    "garbage": b"\xff\xfe\x00garbage",
    "html": b"<html><body>",
    "nothing": b"",
    "bomb": f'<!DOCTYPE x [<!ENTITY e0 "lol">{BOMB}]><x>&e11;</x>'.encode(),
    "external": f'<!DOCTYPE x [<!ENTITY e SYSTEM "http://{HOST}:1/x">]><x>&e;</x>'.encode(),
    "local-file": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "utf-16": '<!DOCTYPE x [<!ENTITY e "a">]><x>&e;</x>'.encode("utf-16"),
    "unknown-encoding": b'<?xml version="1.0" encoding="nonsense"?><x/>',
    "deep": b"<a>" * 80_000,
    "deep-and-whole": b"<a>" * 30_000 + b"</a>" * 30_000,
    "long": envelope("<x>" + "a" * MOST_BYTES + "</x>"),
    "empty-envelope": envelope(""),
}


@pytest.mark.parametrize("answer", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_camera_gets_one_line(answer: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is fetched, nothing is expanded, no trace of it."""
    status, said = found(OnvifCamera(raw=answer), capsys)
    assert status == 0
    assert said.startswith(f"Front door ({HOST}): ")
    assert len(said.splitlines()) == 1
    assert "root:" not in said


@pytest.mark.parametrize("answer", [text for text in HOSTILE.values() if 0 < len(text) < 60_000])
def test_a_hostile_answer_to_a_probe_is_no_camera(answer: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """As if nobody had answered."""
    assert found(OnvifCamera(probe_answer=answer), capsys, wait_s="0.2") == (1, "")


@pytest.mark.parametrize("status", [204, 302, 404, 500])
def test_a_camera_that_sends_on_or_fails_is_asked_no_further(status: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Its status is told."""
    _, said = found(OnvifCamera(raw=b"<html>go to http://192.0.2.1/</html>", status=status), capsys)
    assert said == f"Front door ({HOST}): HTTP status {status}\n"


def test_an_answer_to_somebody_else_is_no_camera(capsys: pytest.CaptureFixture[str]) -> None:
    """Who has not seen the question cannot answer it."""
    camera = OnvifCamera(relates_to="urn:uuid:00000000-0000-0000-0000-000000000000")
    assert found(camera, capsys, wait_s="0.2") == (1, "")


def test_many_profiles_are_cut_off(capsys: pytest.CaptureFixture[str]) -> None:
    """A camera has a handful."""
    camera = OnvifCamera(profiles=tuple(f"p{number}" for number in range(100)))
    assert "16 streams" in found(camera, capsys)[1]


def test_a_camera_that_never_ends_its_answer_hinders_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told without streams when the time is over."""
    monkeypatch.setattr(discover, "ASK_S", 0.5)
    with socket.create_server((HOST, 0)) as silent, running(OnvifCamera()) as good, running(OnvifCamera()) as bad:
        bad.xaddrs = f"http://{HOST}:{silent.getsockname()[1]}/"
        targets = [flag for camera in (good, bad) for flag in ("--target", f"{HOST}:{camera.udp}")]
        assert main(["discover", *targets]) == 0
    said = capsys.readouterr().out
    assert "2 streams" in said
    assert "no answer in time" in said


def test_a_datagram_is_sent_again(capsys: pytest.CaptureFixture[str]) -> None:
    """In both types that cameras know; a camera that answers all of it is listed once."""
    with running(OnvifCamera()) as camera, running(OnvifCamera(relates_to="to somebody else")) as other:
        targets = [flag for each in (camera, other) for flag in ("--target", f"{HOST}:{each.udp}")]
        assert main(["discover", *targets, "--timeout", "1"]) == 0
    assert camera.probes == 4
    assert capsys.readouterr().out.count("Front door") == 1


def test_all_cameras_are_asked_by_multicast(capsys: pytest.CaptureFixture[str]) -> None:
    """Over every interface, this machine's own too."""
    with running(OnvifCamera()) as camera, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as group:
        group.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        group.bind(EVERYBODY)
        for index, _ in socket.if_nameindex():
            member = struct.pack("@4s4si", socket.inet_aton(EVERYBODY[0]), bytes(4), index)
            group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)

        def answer() -> None:
            probe, (host, port) = group.recvfrom(65_535)
            group.sendto(camera.answer_probe(probe, host), (host, port))

        answering = threading.Thread(target=answer, daemon=True)
        answering.start()
        assert main(["discover", "--timeout", "0.4"]) == 0
        answering.join(5)
    assert "Front door" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--user", "admin"], "expected both or neither"),
        (["--target", "host:0"], "expected HOST or HOST:PORT"),
        (["--target", ":80"], "expected HOST or HOST:PORT"),
        (["--timeout", "0"], "--timeout"),
        (["--user", "admin", "--password-file", "/no/such"], "expected a readable file"),
    ],
)
def test_wrong_flags_are_one_line(flags: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 2, and nobody was asked."""
    assert main(["discover", *flags]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1
