"""Everything that apprise knows: its own requests, our bounds."""

import json
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from libs.common.errors import PermanentError, SettingsError, TemporaryError
from libs.common.scrub import scrub
from services.notifier.channels.apprise import AppriseSettings, Others
from tests.notifier.channels.notes import JPEG, note, tools
from tests.notifier.web_stub import Server, Visit, serving

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
KEY = "T0PSECRETKEY"


def channel(folder: Path, *urls: str, within_s: float = 5.0, **words: Any) -> Others:
    given = {"url": "\n".join(urls), **words}
    return AppriseSettings.model_validate(given).opened(tools(folder), within_s)


def hook(server: Server) -> str:
    """What apprise calls a JSON hook, with a key in it."""
    return f"json://someone:{KEY}@127.0.0.1:{server.port}/{KEY}"


def fine(visit: Visit) -> None:
    visit.answer(200)


def test_every_service_gets_text_and_picture(tmp_path: Path) -> None:
    """From a file, a URL in each line, and comments."""
    with serving(fine) as one, serving(fine) as other:
        (tmp_path / "urls").write_text(f"# mine\n{hook(one)}\n\n  {hook(other)}\n")
        channel(tmp_path, url=None, url_file="urls").send(note(text="🎄 <b>ä</b>", jpeg=JPEG))
    for server in (one, other):
        (request,) = server.requests
        said = json.loads(request.body)
        assert (said["title"], said["message"]) == ("porch: person", "🎄 <b>ä</b>")
        assert [each["filename"] for each in said["attachments"]] == ["picture.jpg"]


@pytest.mark.parametrize(
    "text",
    [
        "a\\r\\nb \\x41 \\u0041",
        "{{ app_id }} {app_title} %s ${HOME} $HOME `id`",
        ":smile: *a* _b_ [c](javascript:d) <script>e</script> &amp;",
        "a\r\nBcc: b@example.org\r\n\r\nc",
        "-- \n.\n/etc/passwd file:///etc/passwd @everyone",
    ],
)
def test_words_mean_nothing_to_apprise(tmp_path: Path, text: str) -> None:
    """No escapes, templates or emoji by name; line breaks may become others."""
    with serving(fine) as server:
        channel(tmp_path, hook(server)).send(note(text=text))
    (request,) = server.requests
    assert json.loads(request.body)["message"].split() == text.split()
    assert "bcc" not in {name.lower() for name in request.headers}


def test_pictures_can_be_switched_off(tmp_path: Path) -> None:
    """Then nothing is attached."""
    with serving(fine) as server:
        channel(tmp_path, hook(server), picture=False).send(note(jpeg=JPEG))
    assert json.loads(server.requests[0].body)["attachments"] == []


def told(others: Others, kind: type[Exception]) -> str:
    """The error's text, in which no key is."""
    with pytest.raises(kind) as raised:
        others.send(note())
    assert KEY not in f"{raised.value!s} {raised.value!r}"
    return str(raised.value)


def test_a_service_in_trouble_is_asked_again_and_the_others_are_not(tmp_path: Path) -> None:
    """Who has it has it once."""
    statuses = [500, 200]
    with serving(fine) as good, serving(lambda visit: visit.answer(statuses.pop(0))) as bad:
        others = channel(tmp_path, hook(good), hook(bad))
        assert "service 2: Failed to send JSON" in told(others, TemporaryError)
        others.send(note())
    assert (len(good.requests), len(bad.requests)) == (1, 2)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_refusal_is_one(tmp_path: Path, status: int) -> None:
    """As far as apprise tells: in a line of its log."""
    with serving(lambda visit: visit.answer(status)) as server:
        assert f"error={status}" in told(channel(tmp_path, hook(server)), PermanentError)


def test_one_that_refuses_does_not_keep_it_from_the_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says so, without its key."""
    with serving(fine) as good, serving(lambda visit: visit.answer(403)) as bad:
        others = channel(tmp_path, hook(bad), hook(good))
        others.send(note())
        others.send(note())
    assert (len(good.requests), len(bad.requests)) == (1, 1)
    assert "service 1: Failed to send JSON" in caplog.text
    assert KEY not in caplog.text


def test_a_test_is_right_only_if_every_service_takes_it(tmp_path: Path) -> None:
    """Whoever asks wants to know of the one that does not."""
    with serving(fine) as good, serving(lambda visit: visit.answer(403)) as bad:
        others = channel(tmp_path, hook(bad), hook(good))
        with pytest.raises(PermanentError, match="service 1"):
            others.send(note(marked=True))
    assert len(good.requests) == 1


def test_nobody_there_may_be_there_later(tmp_path: Path) -> None:
    """apprise itself says nothing to the logs."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    told(channel(tmp_path, f"json://127.0.0.1:{port}/{KEY}"), TemporaryError)


def test_a_service_that_hangs_holds_nobody(tmp_path: Path) -> None:
    """It is left alone until it ends, and what it took meanwhile is not sent to it again."""
    go_on = threading.Event()

    def slow(visit: Visit) -> None:
        go_on.wait(10)
        visit.answer(200)

    with serving(slow) as server:
        others = channel(tmp_path, f"{hook(server)}?rto=10", within_s=0.3)
        began = time.monotonic()
        for _ in range(3):
            assert "no answer in time" in told(others, TemporaryError)
        assert time.monotonic() - began < 3
        go_on.set()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and others._services[0].hangs:
            others._services[0].end(note(), deadline)
        others.send(note())
    assert len(server.requests) == 1


def test_no_redirect_is_followed(tmp_path: Path) -> None:
    """The one thing that we can ask of all its plugins."""
    with serving(fine) as inside, serving(lambda v: v.answer(302, b"", f"Location: {inside.url()}")) as server:
        told(channel(tmp_path, hook(server)), TemporaryError)
    assert inside.connections == 0


@pytest.mark.parametrize(
    "url", [f"nothing://{KEY}", KEY, f"json://{KEY}:99999:/", "# only a comment", f"tgram://{KEY}"]
)
def test_a_url_that_apprise_does_not_understand_is_refused_at_the_start(tmp_path: Path, url: str) -> None:
    """By its number: nobody is shown it."""
    with pytest.raises(SettingsError, match="url") as refused:
        channel(tmp_path, "json://127.0.0.1:1/", url) if "#" not in url else channel(tmp_path, url)
    assert KEY not in str(refused.value)


def test_urls_are_hidden_in_every_part(tmp_path: Path) -> None:
    """In many the key stands where the host is."""
    channel(tmp_path, f"discord://123456789012345678/{KEY}", "json://localhost/abcdefgh", "ntfy://mysecrettopic")
    assert scrub(f"a {KEY} b mysecrettopic c abcdefgh") == "a *** b *** c ***"
    assert scrub("localhost:9092, hook.example.org") == "localhost:9092, hook.example.org"
    channel(tmp_path, "json://anna:pw34@localhost/")
    assert scrub("anna pw34") == "anna ***"
    assert AppriseSettings(url=None).secrets() == ("url",)


def test_without_apprise_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra of its own."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(SettingsError, match=r"pip install 'framebus\[apprise\]'"):
        channel(tmp_path, "json://127.0.0.1/")
