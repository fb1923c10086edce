"""Mail through Amazon SES: what its API is told, and what its answers mean."""

import json
import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws
from moto.ses.models import ses_backends

from libs.common.errors import PermanentError, TemporaryError
from services.notifier.channels import ses
from services.notifier.channels.channel import LONGEST_S
from tests.notifier.channels.mail_rig import note, parsed
from tests.notifier.channels.ses_rig import ACCESS, SECRET, Api, answering, channel

ACCOUNT = "123456789012"
"""moto's."""


@pytest.fixture
def sent() -> Iterator[Any]:
    """What moto's SES, asked in Amazon's place, has sent; the sender is verified there."""
    with mock_aws():
        backend = ses_backends[ACCOUNT]["eu-west-1"]
        backend.verify_email_identity("shop@example.org")
        yield backend.sent_messages


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    """Answers what it is told to."""
    with answering() as running:
        yield running


@pytest.fixture(scope="module")
def to(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ses.Ses]:
    """A channel to it; one for all tests, since boto3 takes its time."""
    made = channel(api.port, tmp_path_factory.mktemp("ses"))
    yield made
    made.close()


def test_a_whole_mail_is_given_to_amazon(sent: Any, tmp_path: Path) -> None:
    """For all recipients at once, the secret ones too; the same bytes a mail server would get."""
    to = channel(None, tmp_path, bcc=["eve@example.org"])
    handle = to.send(note())
    to.close()
    [mail] = sent
    assert handle == mail.id
    assert mail.source == "shop@example.org"
    assert mail.destinations[:3] == ["anna@example.org", "ben@example.org", "eve@example.org"]
    message = parsed(mail.raw_data.encode())
    assert message["X-Framebus-Notice"] == note().id
    assert message["Subject"] == note().subject
    [attached] = message.iter_attachments()
    assert attached.get_content() == note().jpeg
    assert "eve@" not in mail.raw_data


def test_a_sender_that_is_not_verified_is_refused_for_good(sent: Any, tmp_path: Path) -> None:
    """As Amazon does it with every new account."""
    with pytest.raises(PermanentError, match="MessageRejected; expected a sender that is verified"):
        channel(None, tmp_path, **{"from": "else@example.net"}).send(note())
    assert len(sent) == 0


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (429, "TooManyRequestsException", TemporaryError),
        (400, "Throttling", TemporaryError),
        (400, "LimitExceededException", TemporaryError),
        (400, "SendingPausedException", TemporaryError),
        (403, "ExpiredTokenException", TemporaryError),
        (500, "InternalFailure", TemporaryError),
        (503, "ServiceUnavailable", TemporaryError),
        (400, "MessageRejected", PermanentError),
        (400, "AccountSuspendedException", PermanentError),
        (400, "MailFromDomainNotVerifiedException", PermanentError),
        (400, "BadRequestException", PermanentError),
        (403, "SignatureDoesNotMatch", PermanentError),
        (403, "AccessDeniedException", PermanentError),
    ],
)
def test_an_answer_says_whether_to_try_again(
    api: Api, to: ses.Ses, caplog: pytest.LogCaptureFixture, status: int, code: str, kind: type[Exception]
) -> None:
    """By its code alone: the text beside it names accounts, here even the key."""
    api.status, api.code = status, code
    api.body = json.dumps({"message": f"{SECRET} arn:aws:iam::{ACCOUNT}:user/shop"}).encode()
    with caplog.at_level(logging.DEBUG), pytest.raises(kind, match=code) as failed:
        to.send(note())
    for text in (str(failed.value), caplog.text):
        assert SECRET not in text
        assert ACCESS not in text
        assert ACCOUNT not in text


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[]"])
def test_what_is_no_answer_of_amazon_is_worth_another_try(api: Api, to: ses.Ses, body: bytes) -> None:
    """A proxy's page in its place is no proof that a mail was taken."""
    api.status, api.code, api.body = 200, "", body
    with pytest.raises(TemporaryError, match="does not answer well"):
        to.send(note())


def test_nobody_there_is_worth_another_try(tmp_path: Path) -> None:
    """At once: attempts that the ledger does not know of are not made."""
    with answering() as gone:
        pass
    with pytest.raises(TemporaryError, match="EndpointConnectionError"):
        channel(gone.port, tmp_path).send(note())


def test_an_api_that_says_nothing_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time for an answer is bounded, below that after which a claim is lost."""
    assert ses.CONNECT_S + ses.READ_S < LONGEST_S
    monkeypatch.setattr(ses, "READ_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TemporaryError, match="ReadTimeoutError"):
        channel(silent.getsockname()[1], tmp_path).send(note())


def test_a_picture_that_is_too_large_for_the_line_is_left_out_the_next_time(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every attempt would end like the first; other mails have theirs."""
    monkeypatch.setattr(ses, "READ_S", 0.2)
    whole: list[int] = []
    monkeypatch.setattr(ses, "mail", lambda note, settings, now_ns: whole.append(note.jpeg is not None) or b"mail")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        to = channel(silent.getsockname()[1], tmp_path)
        for each in (note(), note(), note(id="another")):
            with pytest.raises(TemporaryError):
                to.send(each)
    assert whole == [True, False, True]


def test_without_a_login_it_says_what_was_expected(api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No keys in the settings, none in the environment, no role."""
    for name, value in {"AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(PermanentError, match="NoCredentialsError; expected a login to AWS"):
        channel(api.port, tmp_path, access_key=None, secret_key_file=None).send(note())
