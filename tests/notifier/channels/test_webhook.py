"""Signed webhooks: what a receiver gets, and what its answers mean."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from libs.common.errors import PermanentError, SettingsError, TemporaryError
from libs.common.scrub import scrub
from libs.common.testing import FakeClock
from services.notifier.channels.webhook import Webhook, WebhookSettings, key_of
from tests.notifier.channels.notes import JPEG, note, tools
from tests.notifier.channels.web_rig import SECRET
from tests.notifier.web_stub import Request, serving

KEY = bytes(range(32))
SIGNED = f"whsec_{base64.b64encode(KEY).decode()}"


def channel(address: str, folder: Path, clock: FakeClock | None = None, **words: Any) -> Webhook:
    given = {"url": address, "secret": SIGNED, "http": True, "private": True}
    return WebhookSettings.model_validate({**given, **words}).opened(tools(folder, clock))


def sent(folder: Path, given: Any = None, **words: Any) -> Request:
    """What a receiver got."""
    with serving(lambda visit: visit.answer(204)) as server:
        assert channel(server.url(), folder, **words).send(given or note()) == ""
    return server.requests[0]


def test_what_happened_is_told_in_json(tmp_path: Path) -> None:
    """Its type, its time in UTC, and what a program wants to know of it."""
    message = json.loads(sent(tmp_path).body)
    assert message["type"] == "detection.started"
    assert message["timestamp"] == "2023-11-14T22:13:20.123456Z"
    data = message["data"]
    assert (data["camera"], data["label"], data["zones"]) == ("porch", "person", ["drive"])
    assert data["labels"] == {"person": 0.91, "dog": None}
    assert data["links"] == {"viewer": "https://cams.example.org/porch"}
    assert (data["summary_of"], data["test"], data["picture"]) == (0, False, None)


def test_the_id_and_the_signature_are_those_of_the_standard(tmp_path: Path) -> None:
    """Of id, time of the attempt and the very bytes of the body; the id stays the same at every attempt."""
    clock = FakeClock()
    request = sent(tmp_path, clock=clock)
    at = request.headers["webhook-timestamp"]
    assert (request.headers["webhook-id"], int(at)) == (note().id, clock.now_ns() // 10**9)
    mark = hmac.new(KEY, f"{note().id}.{at}.".encode() + request.body, hashlib.sha256).digest()
    assert request.headers["webhook-signature"] == f"v1,{base64.b64encode(mark).decode()}"


def test_while_a_secret_is_changed_both_sign(tmp_path: Path) -> None:
    """Each line of the file is one."""
    other = f"whsec_{base64.b64encode(bytes(24)).decode()}"
    (tmp_path / "keys").write_text(f"{SIGNED}\n\n{other}\n")
    request = sent(tmp_path, secret=None, secret_file="keys")
    assert [word[:3] for word in request.headers["webhook-signature"].split(" ")] == ["v1,", "v1,"]


def test_the_picture_comes_on_request(tmp_path: Path) -> None:
    """As base64; it is many times what the standard recommends, so it is not sent unasked."""
    assert json.loads(sent(tmp_path, note(jpeg=JPEG)).body)["data"]["picture"] is None
    picture = json.loads(sent(tmp_path, note(jpeg=JPEG), picture=True).body)["data"]["picture"]
    assert (picture["type"], base64.b64decode(picture["base64"])) == ("image/jpeg", JPEG)


def test_text_of_any_kind_arrives(tmp_path: Path) -> None:
    """Emoji, quotes, signs that mean something in HTML or in headers, halves of signs."""
    text = 'a "b" <c> 🎄\r\nX: y \ud83d'
    data = json.loads(sent(tmp_path, note(text=text, marked=True)).body)["data"]
    assert (data["text"], data["test"]) == ('a "b" <c> 🎄\r\nX: y ?', True)


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_status_of_success_takes_it(tmp_path: Path, status: int) -> None:
    """Whatever the body says."""
    with serving(lambda visit: visit.answer(status, b"no")) as server:
        assert channel(server.url(), tmp_path).send(note()) == ""


def error_of(folder: Path, status: int, *headers: str, clock: FakeClock | None = None) -> Exception:
    with (
        serving(lambda visit: visit.answer(status, b"T0PSECRET", *headers)) as server,
        pytest.raises((TemporaryError, PermanentError)) as raised,
    ):
        channel(server.url(SECRET), folder, clock).send(note())
    assert "T0PSECRET" not in str(raised.value)
    assert f"status {status}" in str(raised.value)
    return raised.value


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_what_may_pass_is_tried_again(tmp_path: Path, status: int) -> None:
    """Too much, too early, out of order."""
    assert isinstance(error_of(tmp_path, status), TemporaryError)


@pytest.mark.parametrize("status", [304, 400, 401, 403, 404, 405, 410, 413, 415, 422, 451])
def test_what_will_not_pass_is_not_tried_again(tmp_path: Path, status: int) -> None:
    """The same message would be refused again."""
    assert isinstance(error_of(tmp_path, status), PermanentError)


def test_a_receiver_that_is_gone_says_so(tmp_path: Path) -> None:
    """410: the standard asks us to stop."""
    error = error_of(tmp_path, 410)
    assert isinstance(error, PermanentError)
    assert error.reason == "gone"
    assert "take the channel out of the rules" in str(error)


@pytest.mark.parametrize(
    ("header", "delay_s"),
    [
        ("120", 120.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("soon", 1.0),
        ("nan", 1.0),
        ("1e999", 1.0),
        ("9" * 400, 1.0),
        ("999999999", 86_400.0),
        ("Tue, 14 Nov 2023 22:14:20 GMT", 60.0),
        ("Tue, 14 Nov 2023 22:12:20 GMT", 1.0),
        ("Tue, 99 Nov 2023", 1.0),
    ],
)
def test_a_pause_that_is_asked_for_is_kept(tmp_path: Path, header: str, delay_s: float) -> None:
    """In seconds or as a date; at most a day, and what is none of both is not heard."""
    error = error_of(tmp_path, 503, f"Retry-After: {header}", clock=FakeClock(wall_ns=1_700_000_000 * 10**9))
    assert isinstance(error, TemporaryError)
    assert error.delay_s == pytest.approx(delay_s)


@pytest.mark.parametrize(
    "secret",
    ["T0PSECRET", "whsec_T0PSECRET!", f"whsec_{base64.b64encode(bytes(23)).decode()}", "whsec_", "whsec_ä" * 9],
)
def test_a_secret_that_is_none_is_refused_at_the_start(tmp_path: Path, secret: str) -> None:
    """Short ones can be guessed; nobody is shown it."""
    with pytest.raises(SettingsError, match="secret: expected whsec_ and 24 to 64 random bytes") as refused:
        channel("https://hook.example/", tmp_path, secret=secret)
    assert "T0PSECRET" not in str(refused.value)


def test_a_secret_without_its_padding_is_the_same() -> None:
    """Some programs leave it out."""
    assert key_of(SIGNED.rstrip("=")) == key_of(SIGNED) == KEY


@pytest.mark.parametrize("words", [{"url": None}, {"secret": None}, {"url_file": "x"}, {"secret_file": "absent"}])
def test_without_address_or_secret_it_does_not_begin(tmp_path: Path, words: dict[str, Any]) -> None:
    """Neither, both, or a file that is not there."""
    with pytest.raises(SettingsError):
        channel("https://hook.example/", tmp_path, **words)


def test_address_and_secret_are_shown_nowhere(tmp_path: Path) -> None:
    """Neither by the settings nor, from the start on, in any text."""
    url = f"https://hook.example{SECRET}"
    settings = WebhookSettings(url=SecretStr(url), secret=SecretStr(SIGNED))
    settings.opened(tools(tmp_path))
    assert "T0PSECRET" not in repr(settings)
    assert "T0PSECRET" not in scrub(f"{url} {SECRET}")
    assert SIGNED.removeprefix("whsec_") not in scrub(f"{SIGNED} {SIGNED.removeprefix('whsec_')}")
    assert settings.secrets() == ("url", "secret")


def test_a_webhook_is_not_edited() -> None:
    """Nobody asks it to."""
    assert not WebhookSettings.can_edit
