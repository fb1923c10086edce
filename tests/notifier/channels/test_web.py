"""Requests go where they may, and nowhere else."""

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from libs.common.errors import PermanentError, SettingsError, TemporaryError
from services.notifier.channels.body import Body, File, as_form, as_json
from services.notifier.channels.dial import Dialler
from services.notifier.channels.web import MOST_BYTES
from tests.notifier.channels.certificates import certificate
from tests.notifier.channels.web_rig import HELLO, SECRET, names, told, web
from tests.notifier.telegram_forms import given
from tests.notifier.web_stub import Visit, serving


def fine(visit: Visit) -> None:
    visit.answer(200, b"thanks", "X-Word: yes")


def test_what_was_posted_arrives_and_the_answer_comes_back(tmp_path: Path) -> None:
    """Byte for byte, in one request with a known length; login and path are those of the URL."""
    with serving(fine) as server:
        url = server.url("/a/b?c=d").replace("//", "//me:p%40ss@")
        answer = web(url, tmp_path).post(HELLO, {"webhook-id": "7"})
    (request,) = server.requests
    assert (answer.status, answer.body, answer.headers["x-word"]) == (200, b"thanks", "yes")
    assert (request.method, request.path, request.body) == ("POST", "/a/b?c=d", '{"hello":"wörld"}'.encode())
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == "Basic bWU6cEBzcw=="
    assert request.headers["webhook-id"] == "7"
    assert request.headers["host"] == f"127.0.0.1:{server.port}"


def test_a_file_is_read_while_it_is_sent(tmp_path: Path) -> None:
    """A form with text and a recording of more than one piece."""
    content = b"x" * 300_000
    (tmp_path / "a.mp4").write_bytes(content)
    form = as_form({"text": "ä\nb"}, "video", File("r.mp4", "video/mp4", tmp_path / "a.mp4", len(content)))
    with serving(fine) as server:
        web(server.url(), tmp_path).post(form, {})
    fields, upload = given(server.requests[0])
    assert fields == {"text": "ä\nb"}
    assert upload is not None
    assert (upload.field, upload.name, upload.kind, upload.content) == ("video", "r.mp4", "video/mp4", content)


def test_a_file_that_became_shorter_is_not_sent_as_another(tmp_path: Path) -> None:
    """The request stays unfinished: nobody takes half a recording for a whole one."""
    (tmp_path / "a.mp4").write_bytes(b"short")
    body = Body("video/mp4", b"", File("r.mp4", "video/mp4", tmp_path / "a.mp4", 5000))
    with serving(fine) as server:
        assert isinstance(told(lambda: web(server.url(), tmp_path).post(body, {}, within_s=3)), TemporaryError)
    assert server.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 300])
@pytest.mark.parametrize("target", ["http://169.254.169.254/latest?T0PSECRET", "http://127.0.0.1:{port}/in"])
def test_no_redirect_is_followed(tmp_path: Path, status: int, target: str) -> None:
    """The one who set up the channel is told the host, not what stands behind it."""

    def elsewhere(visit: Visit) -> None:
        visit.answer(status, b"", f"Location: {target.format(port=server.port)}")

    with serving(elsewhere) as server:
        error = told(lambda: web(server.url(SECRET), tmp_path).post(HELLO, {}))
    assert isinstance(error, PermanentError)
    assert f"status {status} sends on to 1" in str(error)
    assert server.connections == 1


@pytest.mark.parametrize("location", ["", "Location: /x", "Location: http://[", "Location: //\x07x", "Location: ?"])
def test_a_strange_redirect_is_one_too(tmp_path: Path, location: str) -> None:
    """Whatever stands in its header."""
    with serving(lambda visit: visit.answer(302, b"", *([location] if location else []))) as server:
        assert isinstance(told(lambda: web(server.url(), tmp_path).post(HELLO, {})), PermanentError)


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "0.0.0.0", "::1"])
def test_a_name_that_means_a_private_address_is_not_asked(tmp_path: Path, address: str) -> None:
    """Not even a connection is made."""
    with serving(fine) as server:
        client = web(server.url(SECRET, host="hook.example"), tmp_path, names(address), private=False)
        error = told(lambda: client.post(HELLO, {}))
    assert isinstance(error, PermanentError)
    assert "nothing was sent" in str(error)
    assert ("say `private: true`" in str(error)) == (address not in ("169.254.169.254", "0.0.0.0"))
    assert server.connections == 0


def test_a_name_that_changes_its_mind_changes_nothing(tmp_path: Path) -> None:
    """DNS rebinding: first it is somewhere on the internet, then here; it is asked once for each connection."""
    with serving(fine) as server:
        resolve = names("192.0.2.1", "127.0.0.1")
        client = web(server.url(host="hook.example"), tmp_path, resolve, private=False)
        for _ in range(3):
            assert isinstance(told(lambda: client.post(HELLO, {})), PermanentError)
    assert server.connections == 0


def test_of_several_addresses_only_those_that_may_be_asked_are(tmp_path: Path) -> None:
    """One that nobody has, one that is never asked, and the server."""

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        found = ("169.254.169.254", "127.0.0.1")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    with serving(fine) as server:
        client = web(server.url(host="hook.example"), tmp_path, resolve)
        assert client.post(HELLO, {}).status == 200


def test_the_address_0_is_this_machine_and_never_asked(tmp_path: Path) -> None:
    """Also where private addresses may be."""
    with serving(fine) as server:
        error = told(lambda: web(server.url(host="0.0.0.0"), tmp_path).post(HELLO, {}))
    assert "unspecified" in str(error)
    assert server.connections == 0


def test_whom_the_connection_reached_is_looked_at_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If ever the first look were fooled: the connection is given up before a byte is sent."""
    monkeypatch.setattr(Dialler, "_allowed", lambda self, found: [(each[0], each[4]) for each in found])
    with serving(fine) as server:
        client = web(server.url(host="hook.example"), tmp_path, names("127.0.0.1"), private=False)
        assert isinstance(told(lambda: client.post(HELLO, {})), PermanentError)
    assert server.requests == []


def test_a_proxy_in_the_environment_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would look names up by itself, and nobody could say whom it asks."""
    with serving(fine) as proxy, serving(fine) as server:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url())
        assert web(server.url(), tmp_path).post(HELLO, {}).status == 200
    assert proxy.connections == 0


def test_a_certificate_of_the_given_authority_is_trusted(tmp_path: Path) -> None:
    """By the name in it."""
    made = certificate(tmp_path)
    with serving(fine, made.server()) as server:
        client = web(server.url("/", "https"), tmp_path, cafile=Path("server.pem"), http=False)
        assert client.post(HELLO, {}).status == 200
        named = web(server.url("/", "https", "hook.example"), tmp_path, names("127.0.0.1"), cafile=made.file)
        assert named.post(HELLO, {}).status == 200


@pytest.mark.parametrize(("host", "cafile"), [("other.example", True), ("hook.example", False)])
def test_an_untrusted_certificate_gets_nothing(tmp_path: Path, host: str, cafile: bool) -> None:
    """Of another name, or signed by nobody that we know: not a byte of the request is sent."""
    made = certificate(tmp_path)
    with serving(fine, made.server()) as server:
        words = {"cafile": made.file} if cafile else {}
        client = web(server.url(SECRET, "https", host), tmp_path, names("127.0.0.1"), **words)
        error = told(lambda: client.post(HELLO, {}))
    assert isinstance(error, PermanentError)
    assert "certificate is not trusted" in str(error)
    assert server.requests == []


def test_a_certificate_that_has_expired_will_be_renewed(tmp_path: Path) -> None:
    """Nothing is sent, and nothing is given up."""
    made = certificate(tmp_path, expired=True)
    with serving(fine, made.server()) as server:
        client = web(server.url("/", "https"), tmp_path, cafile=made.file)
        error = told(lambda: client.post(HELLO, {}))
    assert isinstance(error, TemporaryError)
    assert "has expired" in str(error)
    assert server.requests == []


def test_old_versions_of_tls_are_not_spoken(tmp_path: Path) -> None:
    """TLS 1.1 can be broken."""
    made = certificate(tmp_path)
    context = made.server()
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with serving(fine, context) as server:
        client = web(server.url("/", "https"), tmp_path, cafile=made.file)
        assert isinstance(told(lambda: client.post(HELLO, {})), TemporaryError)
    assert server.requests == []


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "ä", "a\x00", "a\tb"])
def test_no_header_can_be_smuggled_in(tmp_path: Path, value: str) -> None:
    """Nothing is sent."""
    with serving(fine) as server:
        error = told(lambda: web(server.url(), tmp_path).post(HELLO, {"webhook-id": value}))
    assert isinstance(error, PermanentError)
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "https://T0PSECRET@",
        "ftp://h/T0PSECRET",
        "https:///T0PSECRET",
        "http://h/T0PSECRET",
        "https://h:99999/T0PSECRET",
        "https://h:x/T0PSECRET",
        "https://h/T0PSECRET\r\nX: y",
        "https://h/T0PSECRET b",
        "https://h\t/T0PSECRET",
        "https://h/ä/T0PSECRET",
        "https://h o/T0PSECRET",
        "https://h\\@x/T0PSECRET ",
        "https://[::1/T0PSECRET",
        f"https://{'a' * 70}.example/T0PSECRET",
        "T0PSECRET",
        "",
    ],
)
def test_a_wrong_url_is_refused_at_the_start(tmp_path: Path, url: str) -> None:
    """In one line that does not show it."""
    with pytest.raises(SettingsError) as refused:
        web(url, tmp_path, http=False)
    assert "expected" in str(refused.value)
    assert "T0PSECRET" not in str(refused.value)


def test_a_cafile_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    """It is named."""
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "absent.pem"):
        with pytest.raises(SettingsError, match=f"{name}: expected certificates"):
            web("https://h/", tmp_path, cafile=Path(name))


def test_an_answer_of_any_length_is_read_up_to_a_bound(tmp_path: Path) -> None:
    """Compressed ones stay so: no bomb goes off."""
    with serving(lambda visit: visit.answer(200, b"\x1f\x8b" + b"x" * 200_000, "Content-Encoding: gzip")) as server:
        answer = web(server.url(), tmp_path).post(as_json({}), {})
    assert (answer.status, len(answer.body)) == (200, MOST_BYTES)
