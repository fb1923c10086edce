"""Whom mail goes to, and what of it is refused before anything is sent."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from libs.common.errors import SettingsError
from services.notifier.channels import ses
from services.notifier.channels.mail_address import Address, address
from services.notifier.channels.smtp import SmtpSettings
from tests.notifier.channels.mail_rig import TO
from tests.notifier.channels.notes import tools


def smtp(**fields: Any) -> SmtpSettings:
    return SmtpSettings.model_validate({"type": "smtp", "host": "mail.example.org", **TO, **fields})


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("anna@example.org", Address("", "anna", "example.org")),
        (" <anna@example.org> ", Address("", "anna", "example.org")),
        ("Anna <anna@example.org>", Address("Anna", "anna", "example.org")),
        ('"Shop, the \\"best\\"" <a.b+c@example.org>', Address('Shop, the "best"', "a.b+c", "example.org")),
        ("Müller 🚶‍♂️ <m@bücher.example>", Address("Müller 🚶‍♂️", "m", "xn--bcher-kva.example")),
        ("用户@例子.广告", Address("", "用户", "xn--fsqu00a.xn--4rr70v")),
        ("root@localhost", Address("", "root", "localhost")),
    ],
)
def test_an_address_is_read_with_its_name(given: str, read: Address) -> None:
    """Domains beyond ASCII as servers know them; what stands before the @ as it is."""
    assert address(given) == read


@pytest.mark.parametrize(
    "given",
    [
        "anna",
        "@example.org",
        "anna@",
        "a b@example.org",
        "a@b@example.org",
        "a..b@example.org",
        "a@-b.example",
        "a@example..org",
        "a@example.org, b@example.org",
        "a@example.org\r\nBcc: eve@example.org",
        "An\r\nna <a@example.org>",
        "Anna <a@example.org> <b@example.org>",
        "a@example.org>",
        "a\u2028b@example.org",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 64}.org",
        f"{'A' * 101} <a@example.org>",
        7,
        None,
    ],
)
def test_what_is_no_address_is_refused(given: object) -> None:
    """Two in one, too: a server would be told of one of them alone."""
    with pytest.raises(ValueError, match="expected"):
        address(given)


def test_everybody_is_told_once() -> None:
    """Who stands in `to` and `cc` gets one mail."""
    settings = smtp(to=("a@x.org", "A <a@x.org>"), cc=("a@x.org", "b@x.org"))
    assert settings.recipients == ("a@x.org", "b@x.org")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"to": ()}, "expected 1 to 100 addresses"),
        ({"to": tuple(f"a{number}@x.org" for number in range(101))}, "expected 1 to 100 addresses"),
        ({"port": 465}, "expected `tls: tls`"),
        ({"username": "shop"}, "expected both or none"),
        ({"password": "secret-word"}, "expected both or none"),
        ({"username": "shop", "password": "secret-word", "tls": "none"}, "to this machine only"),
        ({"host": "mail.example.org:587"}, "expected the name"),
        ({"host": "a b"}, "expected the name"),
        ({"host": "x\r\ny"}, "expected the name"),
        ({"tls": False}, "tls"),
        ({"sender": "a@x.org"}, "sender"),
    ],
)
def test_settings_that_cannot_work_are_refused(fields: dict[str, Any], expected: str) -> None:
    """In words that say what was expected; the password is in none of them."""
    with pytest.raises(ValidationError, match=expected) as refused:
        smtp(**fields)
    assert "secret-word" not in str(refused.value)


@pytest.mark.parametrize(
    ("fields", "port"),
    [({}, 587), ({"tls": "tls"}, 465), ({"tls": "none"}, 25), ({"port": 2525}, 2525), ({"tls": "tls", "port": 1}, 1)],
)
def test_the_port_follows_from_tls(fields: dict[str, Any], port: int) -> None:
    """TLS after asking is the default."""
    assert smtp(**fields).at == port


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.8.8", "::1"])
def test_a_password_may_go_to_this_machine_without_tls(host: str) -> None:
    """A relay on the same machine; nobody hears it."""
    assert smtp(host=host, tls="none", username="a", password="secret-word").username == "a"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"region": "Ireland"}, "region"),
        ({"access_key": "AKIA"}, "expected both or none"),
        ({"endpoint": "http://email.example.org"}, "https://"),
        ({"endpoint": "https://user:word@email.example.org"}, "https://"),
        ({"to": ("用户@example.org",)}, "ASCII"),
    ],
)
def test_settings_that_amazon_cannot_take_are_refused(fields: dict[str, Any], expected: str) -> None:
    """Before the first mail."""
    with pytest.raises(ValidationError, match=expected):
        ses.SesSettings.model_validate({"type": "ses", "region": "eu-west-1", **TO, **fields})


def test_without_its_package_amazon_is_refused_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at the first alert; it says how to get it."""
    monkeypatch.setattr(ses, "find_spec", lambda name: None)
    settings = ses.SesSettings.model_validate({"type": "ses", "region": "eu-west-1", **TO})
    with pytest.raises(SettingsError, match=r"pip install 'framebus\[notifier,ses\]'"):
        settings.open(tools(tmp_path))
