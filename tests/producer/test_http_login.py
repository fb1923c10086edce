"""Who gets the login of a web camera, in which form, and who never does."""

import logging
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from libs.common.scrub import hide_address
from services.producer.sources.shots import SourceError
from tests.producer.http_answers import basic, digest, head, page, part, raw, sent_on, stream
from tests.producer.http_camera import Answer, HttpCamera, Link, Request
from tests.producer.http_shots import JPEGS, failure, pictures

JPEG = JPEGS[0]
QUICK = {"fps": 50.0}
USER, PASSWORD, LOGIN = "viewer", "horse@batt:ery", "viewer:horse%40batt%3Aery@"
STREAM = stream([part(JPEG)] * 5)


def told(camera: HttpCamera) -> list[str]:
    """How each request named the user: "", Basic or Digest."""
    return [request.headers.get("authorization", "").partition(" ")[0] for request in camera.requests]


@pytest.mark.parametrize("inner", [page(JPEG), STREAM], ids=["snapshot", "stream"])
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_digest_is_answered_without_the_password(inner: Answer, algorithm: str) -> None:
    """Nothing is said before it is asked for; from then on it goes with each request."""
    with HttpCamera(digest(USER, PASSWORD, inner, algorithm)) as camera:
        assert pictures(camera.url(login=LOGIN), 3, **QUICK) == [JPEG] * 3
        assert told(camera) == ["", *["Digest"] * (len(camera.requests) - 1)]
        assert len(camera.requests) == (2 if inner is STREAM else 4)


@pytest.mark.parametrize("inner", [page(JPEG), STREAM], ids=["snapshot", "stream"])
def test_basic_is_answered_where_it_is_all_there_is(inner: Answer) -> None:
    """Any sign of a password may be in the URL, percent-encoded."""
    with HttpCamera(basic(USER, PASSWORD, inner)) as camera:
        assert pictures(camera.url(login=LOGIN), 3, **QUICK) == [JPEG] * 3
        assert told(camera) == ["", *["Basic"] * (len(camera.requests) - 1)]


def test_of_two_ways_the_safer_one_is_taken() -> None:
    """The password itself is not sent to a camera that offers digest."""

    def both(request: Request, link: Link) -> None:
        if request.headers.get("authorization", "").startswith("Digest"):
            page(JPEG)(request, link)
        else:
            ways = 'Basic realm="cam", Digest realm="cam", nonce="1", qop="auth"'
            link.send(head("401 Unauthorized", WWW_Authenticate=ways, Content_Length=0))

    with HttpCamera(both) as camera:
        assert pictures(camera.url(login=LOGIN), 1) == [JPEG]
        assert told(camera) == ["", "Digest"]


def test_a_camera_that_forbids_instead_of_asking_is_told_too() -> None:
    """Some know only 403, some ask without saying how."""
    for refusal in (head("403 Forbidden", Content_Length=0), head("401 Unauthorized", Content_Length=0)):

        def answer(request: Request, link: Link, refusal: bytes = refusal) -> None:
            link.send(refusal) if "authorization" not in request.headers else page(JPEG)(request, link)

        with HttpCamera(answer) as camera:
            assert pictures(camera.url(login=LOGIN), 1) == [JPEG]
            assert told(camera) == ["", "Basic"]


@pytest.mark.parametrize("lock", [basic, digest])
def test_a_wrong_password_is_told_once_and_never_again(lock: object) -> None:
    """Accounts are locked after a few wrong ones."""
    with HttpCamera(lock(USER, "another", page(JPEG))) as camera:  # type: ignore[operator]
        error = failure(camera.url(login=LOGIN), **QUICK)
    assert (error.reason, str(error)) == ("refused", f"http://127.0.0.1:{camera.port}: user name or password refused")
    assert sum(1 for way in told(camera) if way) <= 2


@pytest.mark.parametrize(
    "challenge", ["Digest", "Digest realm", 'Digest realm="x", nonce="y", algorithm=ROT13', "Digest ,="]
)
def test_a_broken_challenge_is_a_refusal(challenge: str) -> None:
    """Not a bug."""
    with HttpCamera(raw(head("401 Unauthorized", WWW_Authenticate=challenge, Content_Length=0))) as camera:
        assert failure(camera.url(login=LOGIN), **QUICK).reason == "refused"


@pytest.mark.parametrize("lock", [basic, digest])
def test_another_host_never_gets_the_login(lock: object) -> None:
    """Also if it asks for it."""
    with HttpCamera(lock(USER, PASSWORD, page(JPEG))) as thief:  # type: ignore[operator]
        with HttpCamera(sent_on(thief.url("/x", "a:b@"))) as camera:
            assert failure(camera.url(login=LOGIN), **QUICK).reason == "refused"
        assert told(thief) == [""]
        assert {"cookie", "referer"} & thief.requests[0].headers.keys() == set()


def test_the_same_host_gets_it_behind_redirects() -> None:
    """Three at most."""
    hops = [sent_on(to) for to in ("/b", "c", "?d")]
    with HttpCamera(*hops, digest(USER, PASSWORD, page(JPEG)), digest(USER, PASSWORD, page(JPEG))) as camera:
        assert pictures(camera.url("/a", LOGIN), 1) == [JPEG]
        assert camera.paths == ["/a", "/b", "/c", "/c?d", "/c?d"]
    with HttpCamera(*(sent_on(f"/{n}") for n in range(4))) as camera:
        assert "more than 3 times" in str(failure(camera.url(), **QUICK))
        assert len(camera.requests) == 4


def test_neither_proxies_nor_netrc_nor_cookies_have_a_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The settings are all there is."""
    (tmp_path / "netrc").write_text("default login other password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with HttpCamera(page(JPEG, Set_Cookie="a=b")) as camera:
        assert pictures(camera.url(), 3, **QUICK) == [JPEG] * 3
        assert not any({"cookie", "authorization"} & request.headers.keys() for request in camera.requests)


def test_no_line_of_the_log_tells_more_than_the_host(caplog: pytest.LogCaptureFixture) -> None:
    """At any level, whatever happens."""
    url = "/canary/?usr=canary&pwd=canary"
    hide_address(f"http://cam{url}")
    with caplog.at_level(logging.DEBUG):
        for answer in (page(JPEG), sent_on("/canary"), raw(b"HTTP/1.1 200 OK\r\n\x00canary\r\n\r\n"), raw(b"")):
            with HttpCamera(answer) as camera, suppress(SourceError):
                pictures(camera.url(url, "canary:canary@"), 4, **QUICK)
    assert "canary" not in caplog.text


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """For 127.0.0.1, signed by nobody, with its key in the same file."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is absent: apt-get install openssl")
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/CN=cam"]
    files = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(["openssl", "req", "-x509", *new, *files], check=True, capture_output=True)
    cert.write_text(key.read_text() + cert.read_text())
    return cert


def test_an_unknown_certificate_is_refused(certificate: Path) -> None:
    """Before anything is said to whoever shows it."""
    with HttpCamera(page(JPEG), certificate=certificate) as camera:
        error = failure(camera.url(login=LOGIN), **QUICK)
        assert camera.requests == []
    assert error.reason == "certificate refused"
    assert str(error).startswith(f"https://127.0.0.1:{camera.port}: its certificate")


@pytest.mark.parametrize("inner", [page(JPEG), STREAM], ids=["snapshot", "stream"])
def test_it_is_taken_on_request_and_that_is_said_once(
    certificate: Path, inner: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    """For this camera alone."""
    with HttpCamera(digest(USER, PASSWORD, inner), certificate=certificate) as camera:
        url = camera.url(login=LOGIN)
        for _ in range(2):
            assert pictures(url, 3, tls_insecure=True, **QUICK) == [JPEG] * 3
        assert failure(url, **QUICK).reason == "certificate refused"
    said = [line for line in caplog.messages if "--tls-insecure" in line]
    assert len(said) == 1
    assert f"https://127.0.0.1:{camera.port}" in said[0]
