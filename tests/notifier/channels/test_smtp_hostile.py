"""Mail servers that refuse, hang, talk too much or go away: an error that says what to do, always in time."""

import logging
import time
from pathlib import Path

import pytest

from libs.common.errors import PermanentError, TemporaryError
from services.notifier.channels import smtp
from services.notifier.channels.mail import LEFT_OUT
from tests.notifier.channels.mail_rig import note
from tests.notifier.channels.smtp_rig import Answer, babble, channel, dribble, hang, hang_up, say_nothing_more, scripted

WITHIN_S = 0.6


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole of a mail may take 0.6 s instead of 20."""
    monkeypatch.setattr(smtp, "SEND_S", WITHIN_S)


@pytest.mark.parametrize(
    ("command", "answer", "kind", "said"),
    [
        ("HELLO", b"421 too busy", TemporaryError, "421 too busy"),
        ("HELLO", b"554 go away", PermanentError, "554 go away"),
        ("HELLO", b"SSH-2.0-OpenSSH_9", TemporaryError, "-1"),
        ("MAIL", b"450 later", TemporaryError, "450 later"),
        ("MAIL", b"550 not from you", PermanentError, "550 not from you"),
        ("RCPT", b"450 4.2.0 greylisted, try again in 300 s", TemporaryError, "greylisted"),
        ("RCPT", b"421 closing", TemporaryError, "421 closing"),
        ("RCPT", b"550 5.1.1 no such user", PermanentError, "550 5.1.1 no such user"),
        ("DATA", b"451 later", TemporaryError, "451 later"),
        ("DATA", b"554 no", PermanentError, "554 no"),
        ("END", b"452 disk full", TemporaryError, "452 disk full"),
        ("END", b"554 5.7.1 looks like spam", PermanentError, "554 5.7.1 looks like spam"),
        ("END", b"250-\r\n999 what", TemporaryError, "999"),
        ("END", hang_up, TemporaryError, "closed"),
        ("DATA", hang_up, TemporaryError, "closed"),
        ("EHLO", hang_up, TemporaryError, "closed"),
        ("HELLO", hang_up, TemporaryError, "closed"),
    ],
)
def test_an_answer_says_whether_to_try_again(
    tmp_path: Path, command: str, answer: Answer, kind: type[Exception], said: str
) -> None:
    """4xx, nonsense and lost connections pass, 5xx does not; the server's own words are told."""
    with scripted(**{command: answer}) as server, pytest.raises(kind, match=said) as failed:
        channel(server.port, tmp_path).send(note(jpeg=None))
    assert str(failed.value).startswith(f"127.0.0.1:{server.port}")


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    ("command", "way"),
    [
        ("HELLO", hang),
        ("DATA", hang),
        ("END", hang),
        ("HELLO", dribble),
        ("EHLO", dribble),
        ("RCPT", dribble),
        ("END", dribble),
    ],
)
def test_no_server_holds_us_longer_than_allowed(tmp_path: Path, command: str, way: Answer) -> None:
    """Also one that says a sign now and then: no wait for it is long, all of them together are."""
    with scripted(**{command: way}) as server:
        begun_s = time.monotonic()
        with pytest.raises(TemporaryError, match="in time"):
            channel(server.port, tmp_path).send(note(jpeg=None))
        assert time.monotonic() - begun_s < WITHIN_S + 2


@pytest.mark.parametrize("way", [hang, dribble, hang_up, b"500 no"])
def test_what_was_taken_stays_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Answer) -> None:
    """However the server says good-bye: an error here would tell everybody twice."""
    monkeypatch.setattr(smtp, "LEAVE_S", 0.2)
    with scripted(QUIT=way) as server:
        assert channel(server.port, tmp_path).send(note(jpeg=None)) == f"<{note().id}@example.org>"


def test_a_server_that_talks_without_end_is_left(tmp_path: Path) -> None:
    """After 256 KiB: what it says is kept until its end."""
    with scripted(HELLO=babble) as server, pytest.raises(TemporaryError, match="too much"):
        channel(server.port, tmp_path).send(note())


def test_a_picture_that_takes_too_long_is_left_out_of_the_next_attempt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is too slow, or a line that is: the same attempt again and again would never come to an end."""
    with scripted(EHLO=b"250 here", DATA=[say_nothing_more, b"354 go on"]) as server:
        to = channel(server.port, tmp_path)
        monkeypatch.setattr(smtp, "SEND_S", 1.5)
        with pytest.raises(TemporaryError, match="in time"):
            to.send(note())
        monkeypatch.setattr(smtp, "SEND_S", 20.0)
        to.send(note())
    assert LEFT_OUT.encode() in server.mails[0].replace(b"=\r\n", b"")
    assert len(server.mails) == 1


def test_some_recipients_refused_is_sent_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The others have their mail: to send it again would tell them twice."""
    with scripted(RCPT=[b"250 ok", b"550 5.1.1 no such user"]) as server, caplog.at_level(logging.WARNING):
        handle = channel(server.port, tmp_path).send(note())
    assert handle == f"<{note().id}@example.org>; not for ben@example.org"
    assert "channel phone" in caplog.text
    assert "ben@example.org (550 5.1.1 no such user)" in caplog.text
    assert len(server.mails) == 1


def test_a_test_is_right_only_if_every_recipient_is_taken(tmp_path: Path) -> None:
    """Whoever asks wants to know of the one who is not."""
    with scripted(RCPT=[b"250 ok", b"550 no"]) as server, pytest.raises(PermanentError, match="not for ben"):
        channel(server.port, tmp_path).send(note(marked=True))


def test_however_many_are_refused_the_handle_fits_into_a_notice(tmp_path: Path) -> None:
    """A notice holds 1,024 characters of it."""
    many = [f"{'a' * 60}{number}@example.org" for number in range(100)]
    with scripted(RCPT=[b"250 ok", b"550 no"]) as server:
        assert len(channel(server.port, tmp_path, to=many).send(note())) < 1024


def test_one_recipient_who_may_be_taken_later_is_worth_another_try(tmp_path: Path) -> None:
    """Where nobody was taken; the one who never will be does not end it."""
    with scripted(RCPT=[b"550 no", b"450 later"]) as server, pytest.raises(TemporaryError, match=r"550.*450"):
        channel(server.port, tmp_path).send(note())


def test_a_picture_larger_than_the_server_takes_stays_here(tmp_path: Path) -> None:
    """By what it says first, before anything is sent."""
    with scripted(EHLO=b"250-here\r\n250 SIZE 20000") as server:
        channel(server.port, tmp_path).send(note())
    assert b"image/jpeg" not in server.mails[0]
    assert LEFT_OUT.encode() in server.mails[0].replace(b"=\r\n", b"")
    assert [word.upper() for word in server.heard].count("DATA") == 1


@pytest.mark.parametrize("command", ["MAIL", "END"])
def test_a_server_that_finds_a_mail_too_large_gets_it_without_the_picture(tmp_path: Path, command: str) -> None:
    """552 from one that did not say how much it takes."""
    too_big: list[Answer] = [b"552 5.3.4 too big", b"250 ok"]
    with scripted(EHLO=b"250 here", **{command: too_big}) as server:
        channel(server.port, tmp_path).send(note())
    assert b"image/jpeg" not in server.mails[-1]


def test_a_mail_that_is_too_large_without_a_picture_is_refused(tmp_path: Path) -> None:
    """Nothing is left to leave out."""
    with scripted(EHLO=b"250-here\r\n250 SIZE 100") as server, pytest.raises(PermanentError, match="552"):
        channel(server.port, tmp_path).send(note())


def test_a_name_without_ascii_needs_a_server_that_knows_it(tmp_path: Path) -> None:
    """SMTPUTF8 (RFC 6531); the mail is not sent to half of the recipients."""
    with scripted() as server, pytest.raises(PermanentError, match="SMTPUTF8"):
        channel(server.port, tmp_path, to=("用户@example.org",)).send(note())
    assert server.mails == []


@pytest.mark.parametrize(
    "answer", [b"535 5.7.8 AUTH PLAIN AHNob3AAY2FuYXJ5LXdvcmQ= refused", b"454 4.7.0 canary-word", b"334 "]
)
def test_a_server_that_says_the_password_back_is_not_repeated(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: bytes
) -> None:
    """Only its code is told."""
    with scripted(EHLO=b"250-here\r\n250 AUTH PLAIN", AUTH=answer) as server, caplog.at_level(logging.DEBUG):
        to = channel(server.port, tmp_path, username="shop", password="canary-word")
        with pytest.raises((PermanentError, TemporaryError), match=f"login: {answer[:3].decode()}") as failed:
            to.send(note())
    for text in (str(failed.value), repr(to), repr(to._settings), caplog.text):
        assert "canary-word" not in text
        assert "AHNob3" not in text


def test_a_name_for_this_machine_that_leads_elsewhere_gets_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without TLS it is asked again of the address that answered."""
    monkeypatch.setattr(smtp, "is_here", lambda address: address != "127.0.0.1")
    with scripted(EHLO=b"250-here\r\n250 AUTH PLAIN", AUTH=b"235 ok") as server:
        to = channel(server.port, tmp_path, host="localhost", username="shop", password="canary-word")
        with pytest.raises(PermanentError, match="no password goes there without TLS"):
            to.send(note())
    assert not [word for word in server.heard if word.upper().startswith("AUTH")]


def test_a_server_without_a_login_we_know_is_said(tmp_path: Path) -> None:
    """Never without one then: the password was given for a reason."""
    with scripted(EHLO=b"250-here\r\n250 AUTH XOAUTH2") as server, pytest.raises(PermanentError, match="XOAUTH2"):
        channel(server.port, tmp_path, username="shop", password="canary-word").send(note())


def test_tls_that_was_asked_for_is_never_left_out(tmp_path: Path) -> None:
    """A server, or somebody between, that offers none gets nothing."""
    with scripted() as server:
        with pytest.raises(PermanentError, match="STARTTLS"):
            channel(server.port, tmp_path, tls="starttls").send(note())
        with pytest.raises(PermanentError, match="expected `tls: starttls`"):
            channel(server.port, tmp_path, tls="tls").send(note())
    assert not [word for word in server.heard if word.upper().startswith(("MAIL", "AUTH"))]


def test_nobody_there_is_worth_another_try(tmp_path: Path) -> None:
    """A server that is being restarted."""
    with scripted() as server:
        port = server.port
    with pytest.raises(TemporaryError, match=f"127.0.0.1:{port}"):
        channel(port, tmp_path).send(note())
