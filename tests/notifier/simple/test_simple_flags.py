"""The simple case: a few flags and addresses are the same as a rules.yaml."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from libs.common.errors import SettingsError
from libs.common.flags import load
from libs.common.scrub import scrub
from services.notifier.book import Book
from services.notifier.settings import Settings
from services.notifier.simple.addresses import entry_of

TOKEN = "123456:AAbbCCddEEffGGhhIIjjKKll"
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def settings(monkeypatch: pytest.MonkeyPatch, to: str | None, *flags: str) -> Settings:
    """As read from the command line, with the addresses in the environment."""
    if to is not None:
        monkeypatch.setenv("FRAMEBUS_TO", to)
    return load(Settings, flags, "framebus notifier", "")[0]


def book(monkeypatch: pytest.MonkeyPatch, to: str, *flags: str) -> Book:
    return settings(monkeypatch, to, *flags).book()


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        (
            "smtps://me%40x.org:p%2Fw@mail.x.org:4650/?from=cam@x.org&to=a@x.org,b@x.org&to=c@x.org",
            {
                "type": "smtp",
                "tls": "tls",
                "host": "mail.x.org",
                "port": 4650,
                "username": "me@x.org",
                "password": "p/w",
                "from": "cam@x.org",
                "to": ["a@x.org", "b@x.org", "c@x.org"],
            },
        ),
        (
            "smtp://localhost:2525/?from=a@x&to=b@x&tls=none",
            {"type": "smtp", "tls": "none", "host": "localhost", "port": 2525, "from": "a@x", "to": ["b@x"]},
        ),
        (f"tg://{TOKEN}@-1001,garden", {"type": "telegram", "token": TOKEN, "chats": [-1001, "@garden"]}),
        (f"https://x.org/hook?a=b#{KEY}", {"type": "webhook", "url": "https://x.org/hook?a=b", "secret": KEY}),
        (
            f"http://10.0.0.5:8080/hook#{KEY}",
            {
                "type": "webhook",
                "url": "http://10.0.0.5:8080/hook",
                "secret": KEY,
                "http": True,
                "private": True,
            },
        ),
        ("mqtt://10.0.0.5", {"type": "mqtt", "tls": False, "host": "10.0.0.5"}),
        (
            "mqtts://me:pw@mq.x.org:8884",
            {"type": "mqtt", "tls": True, "host": "mq.x.org", "port": 8884, "username": "me", "password": "pw"},
        ),
        ("kafka:alerts", {"type": "kafka", "topic": "alerts"}),
        ("ntfy://topic", {"type": "apprise", "url": "ntfy://topic"}),
    ],
)
def test_an_address_says_what_rules_yaml_would(address: str, entry: dict[str, Any]) -> None:
    """Word for word; a channel's own class checks the rest."""
    assert entry_of(address) == entry


@pytest.mark.parametrize(
    "address",
    [
        *("", "mail", "smtp:", "smtp://", "smtp://h:99999/", "smtp://h/?to"),
        *("tg://nobody", "https:", "https://nobody/", "mqtt://:1"),
    ],
)
def test_what_is_no_address_is_not_repeated(address: str) -> None:
    """It may hold a password."""
    with pytest.raises(SettingsError) as error:
        entry_of(address)
    assert "nobody" not in str(error.value)


def test_addresses_become_channels_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbered from the second one on, and the one rule tells all of them."""
    found = book(
        monkeypatch,
        f"https://x.org/a#{KEY} https://x.org/b#{KEY} tg://{TOKEN}@1\nkafka:alerts",
        "--alarm",
        "person,Car",
        "--raw",
    )
    assert list(found.channels) == ["webhook", "webhook2", "telegram", "kafka"]
    (rule,) = found.rules
    assert (rule.channels, rule.alarm, rule.raw) == (tuple(found.channels), frozenset({"person", "car"}), True)
    assert (rule.cooldown_s, rule.kinds, rule.new_label, found.timezone) == (60.0, ("detection.started",), None, "UTC")


def test_all_flags_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window wants its time zone."""
    found = book(
        monkeypatch,
        "kafka:alerts",
        *("--new-label", "cat", "--cooldown", "5", "--active", "Mon-Fri 18:00-06:00; 12:00-13:00"),
        *("--timezone", "Europe/Berlin", "--viewer-url", "https://cams.example.org"),
    )
    (rule,) = found.rules
    assert (rule.new_label, rule.cooldown_s, found.timezone) == (frozenset({"cat"}), 5.0, "Europe/Berlin")
    assert rule.active is not None
    assert (len(rule.active.windows), found.viewer) == (2, "https://cams.example.org")


def test_addresses_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One in a line, and comments; they are hidden from then on."""
    file = tmp_path / "to"
    file.write_text(f"# the phone\ntg://{TOKEN}@1\n\n  https://x.org/hook/canary-31337#{KEY}\n")
    found = settings(monkeypatch, None, "--to-file", str(file)).book()
    assert list(found.channels) == ["telegram", "webhook"]
    assert TOKEN.partition(":")[2] not in scrub(f"sent to {TOKEN}")
    assert "canary" not in scrub("POST https://x.org/hook/canary-31337")


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by the settings nor by the book."""
    found = settings(monkeypatch, "smtps://me:canary-1@x.org/?from=a@x.org&to=b@x.org tg://" + TOKEN + "@1")
    assert isinstance(found.to, SecretStr)
    for text in (repr(found), repr(found.book())):
        assert "canary" not in text
        assert TOKEN not in text


@pytest.mark.parametrize(
    ("to", "flags", "named"),
    [
        (None, (), "--rules: expected it, or --to-file"),
        ("", (), "FRAMEBUS_TO: expected an address"),
        ("kafka:alerts canary", (), "FRAMEBUS_TO, address 2: expected smtp"),
        ("kafka:events", (), "channel kafka, topic"),
        ("kafka:alerts", ("--alarm", "a", "--new-label", "b"), "--new-label"),
        ("kafka:alerts", ("--timezone", "Mars"), "--timezone"),
        ("kafka:alerts", ("--active", "22-6", "--timezone", "UTC"), "active"),
        ("kafka:alerts", ("--active", "22:00-06:00"), "timezone"),
        ("kafka:alerts", ("--viewer-url", "cams"), "--viewer-url"),
        ("kafka:alerts", ("--to-file", "/does/not/exist"), "--to-file /does/not/exist"),
        ("kafka:alerts", ("--test", "--explain"), "--test"),
        ("kafka:alerts", ("--recordings", "/does/not/exist"), "--recordings"),
    ],
)
def test_what_is_wrong_is_named(
    to: str | None, flags: tuple[str, ...], named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line, without what may be secret."""
    with pytest.raises(SettingsError) as error:
        settings(monkeypatch, to, *flags)
    assert named in str(error.value)
    assert "canary" not in str(error.value)


def test_flags_and_file_do_not_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What counts would not be clear."""
    rules = tmp_path / "rules.yaml"
    rules.write_text("channels: {bus: {type: kafka, topic: alerts}}\nrules: [{name: all, channels: [bus]}]\n")
    assert settings(monkeypatch, None, "--rules", str(rules)).book().rules[0].name == "all"
    for flags in (("--alarm", "person"), ("--cooldown", "5"), ("--raw",)):
        with pytest.raises(SettingsError, match=f"{flags[0]}: unused with --rules"):
            settings(monkeypatch, None, "--rules", str(rules), *flags)
    with pytest.raises(SettingsError, match="FRAMEBUS_TO: unused with --rules"):
        settings(monkeypatch, "kafka:alerts", "--rules", str(rules))


def test_a_stream_has_no_memory_of_what_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe is refused, in words."""
    for flags in (("-i", "-"), ("-t", "-"), ("--events", "-")):
        with pytest.raises(SettingsError, match="on a broker"):
            settings(monkeypatch, "kafka:alerts", *flags)


def test_a_test_does_not_want_the_services_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """It runs beside it, in the same container."""
    monkeypatch.setenv("FRAMEBUS_HTTP", "127.0.0.1:8000")
    assert settings(monkeypatch, "kafka:alerts").http == "127.0.0.1:8000"
    assert settings(monkeypatch, "kafka:alerts", "--test").http is None
    assert settings(monkeypatch, "kafka:alerts", "--explain").http is None


def test_one_topic_alone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other half never comes."""
    two, one = settings(monkeypatch, "kafka:alerts"), settings(monkeypatch, "kafka:alerts", "-i", "events")
    assert (two.wait_s, two.event_s, one.wait_s, one.event_s) == (10.0, 2.0, 0.0, 0.0)
