"""Mail through a real server: what it is told and what it has in the end."""

from pathlib import Path
from typing import Any

import pytest

from libs.common.errors import PermanentError, SettingsError, TemporaryError
from tests.notifier.channels.certificates import Certificate, certificate
from tests.notifier.channels.mail_rig import note, parsed
from tests.notifier.channels.smtp_rig import channel
from tests.notifier.channels.smtp_servers import PASSWORD, USER, knows, mail_server


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for 127.0.0.1, not for localhost."""
    return certificate(tmp_path_factory.mktemp("tls"))


LOGIN: dict[str, Any] = {"username": USER, "password_file": "mail-password"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where rules.yaml would be, with the password beside it."""
    (tmp_path / "mail-password").write_text(f"{PASSWORD}\nnot this\n")
    return tmp_path


def test_a_mail_arrives_as_it_was_written_for_everybody(folder: Path) -> None:
    """To, Cc and Bcc in the envelope, the latter nowhere else; the bytes are a mail that programs read."""
    with mail_server() as server:
        to = channel(server.port, folder, cc=["boss@example.org"], bcc=["eve@example.org"])
        assert to.send(note()) == f"<{note().id}@example.org>"
        to.close()
    [envelope] = server.box.envelopes
    assert envelope.mail_from == "shop@example.org"
    assert envelope.rcpt_tos == ["anna@example.org", "ben@example.org", "boss@example.org", "eve@example.org"]
    [mail] = server.box.mails
    assert b"eve@" not in mail
    message = parsed(mail)
    assert message["Subject"] == note().subject
    [attached] = message.iter_attachments()
    assert attached.get_content() == note().jpeg


def test_lines_that_mean_something_to_servers_arrive_as_text(folder: Path) -> None:
    """A dot alone ends a mail, From begins one in a mailbox: here they do not."""
    text = "one\n.\n..two\nFrom three\nRCPT TO:<eve@example.org>\n"
    with mail_server() as server:
        channel(server.port, folder).send(note(text=text, html="", jpeg=None))
    [mail] = server.box.mails
    assert parsed(mail).get_content().replace("\r\n", "\n") == text


def test_a_repeat_is_known_by_its_id(folder: Path) -> None:
    """Whoever keeps the mail sees the same Message-ID twice."""
    with mail_server() as server:
        to = channel(server.port, folder)
        assert to.send(note()) == to.send(note())
    first, second = map(parsed, server.box.mails)
    assert first["Message-ID"] == second["Message-ID"]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_the_password_goes_through_tls_that_was_asked_for(folder: Path, shown: Certificate, mechanism: str) -> None:
    """STARTTLS, then a login in UTF-8: nothing of it is ASCII here."""
    other = {"PLAIN": "LOGIN", "LOGIN": "PLAIN"}[mechanism]
    how = {"tls_context": shown.server(), "require_starttls": True, "auth_required": True, "authenticator": knows}
    with mail_server(**how, auth_exclude_mechanism=[other]) as server:
        channel(server.port, folder, tls="starttls", cafile=shown.file, **LOGIN).send(note())
    [session] = server.box.sessions
    assert session.ssl is not None
    assert session.authenticated


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
def test_tls_from_the_first_byte(folder: Path, shown: Certificate) -> None:
    """As on port 465."""
    with mail_server(
        ssl_context=shown.server(), authenticator=knows, auth_required=True, auth_require_tls=False
    ) as server:
        channel(server.port, folder, tls="tls", cafile=shown.file, **LOGIN).send(note())
    assert len(server.box.envelopes) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
def test_a_wrong_password_is_refused_for_good(folder: Path) -> None:
    """The answer's code is told, the password is not."""
    how = {"authenticator": knows, "auth_required": True, "auth_require_tls": False}
    with mail_server(**how) as server, pytest.raises(PermanentError, match="refuses the login: 535") as failed:
        channel(server.port, folder, username=USER, password="canary-wrong").send(note())
    assert "canary" not in str(failed.value)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
@pytest.mark.parametrize("wrong", ["unknown", "other-name"])
def test_a_certificate_that_does_not_fit_ends_it(folder: Path, shown: Certificate, tls: str, wrong: str) -> None:
    """Nothing is sent to whoever it is."""
    how = {"tls_context" if tls == "starttls" else "ssl_context": shown.server()}
    to = {"host": "localhost", "cafile": shown.file} if wrong == "other-name" else {}
    with mail_server(**how) as server, pytest.raises(PermanentError, match="not trusted"):
        channel(server.port, folder, tls=tls, **to).send(note())
    assert server.box.envelopes == []


def test_a_certificate_that_has_expired_is_worth_another_try(folder: Path) -> None:
    """Somebody will renew it, or set the clock; until then nothing is sent."""
    made = certificate(folder, expired=True)
    with mail_server(tls_context=made.server()) as server, pytest.raises(TemporaryError, match="expired"):
        channel(server.port, folder, tls="starttls", cafile=made.file).send(note())
    assert server.box.envelopes == []


def test_addresses_beyond_ascii_go_to_servers_that_know_them(folder: Path) -> None:
    """SMTPUTF8, with the address in the header as it is; for others it is not asked for."""
    with mail_server(enable_SMTPUTF8=True) as server:
        channel(server.port, folder, to=["Zoë <用户@example.org>"]).send(note())
        channel(server.port, folder).send(note())
    utf8, plain = server.box.envelopes
    assert utf8.rcpt_tos == ["用户@example.org"]
    assert "\r\n <用户@example.org>\r\n".encode() in server.box.mails[0]
    assert (utf8.smtp_utf8, plain.smtp_utf8) == (True, False)


def test_a_server_with_a_small_limit_gets_the_words(folder: Path) -> None:
    """Read from what it says at the beginning: it never sees the large one."""
    with mail_server(data_size_limit=15_000) as server:
        channel(server.port, folder).send(note())
    [mail] = server.box.mails
    assert b"image/jpeg" not in mail


def test_files_that_cannot_be_read_are_said_before_the_first_mail(folder: Path) -> None:
    """By their names."""
    with pytest.raises(SettingsError, match="nowhere"):
        channel(25, folder, username="a", password_file="nowhere")
    with pytest.raises(SettingsError, match=r"cafile .*mail-password: expected certificates"):
        channel(25, folder, tls="starttls", cafile="mail-password")
