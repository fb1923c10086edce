"""Mail through Amazon SES: its SendEmail with a whole mail, so that it looks as it does from a mail server.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html

SES gives each mail a Message-ID and a Date of its own; ours is in X-Framebus-Notice.
"""

import logging
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator

from libs.common.clock import Clock
from libs.common.errors import PermanentError, SettingsError, TemporaryError
from services.notifier.channels.channel import Note
from services.notifier.channels.mail import mail, without_picture
from services.notifier.channels.mail_settings import MailSettings
from services.notifier.channels.settings import Tools
from services.notifier.channels.smtp_settings import is_here
from services.notifier.plain_text import safe_line
from services.notifier.rules.secrets import secret_of

CONNECT_S, READ_S = 6, 12
"""Together below the time after which a claim is lost."""

PASSES = {
    "ExpiredToken",
    "ExpiredTokenException",
    "LimitExceededException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SendingPausedException",
    "ThrottlingException",
    "Throttling",
    "TooManyRequestsException",
}
MENDED_BY = {
    "MessageRejected": "a sender that is verified there, and in the sandbox recipients that are",
    "MailFromDomainNotVerifiedException": "a MAIL FROM domain that is verified there",
    "BadRequestException": "addresses that it takes",
    "NotFoundException": "what it names to be there",
    "AccountSuspendedException": "an account that may send",
}
"""What an error's code asks for; the others are about the login."""
LOGIN = "a login to AWS that may ses:SendEmail: two keys, AWS_PROFILE, or a role"
NO_OBJECT = (AttributeError, LookupError, TypeError, ValueError)
"""How botocore fails where something else came than a JSON object."""
CUT_SHORT = {"ConnectionClosedError", "ReadTimeoutError"}
"""On a slow line a picture takes longer than the time for an answer."""
NEED_LOGIN = {"NoCredentialsError", "PartialCredentialsError", "ProfileNotFound", "NoRegionError"}

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9]{1,2}")


class SesSettings(MailSettings):
    """Login: the two keys, else what boto3 finds itself (environment, profile, role)."""

    type: Literal["ses"]
    region: str = Field(description="where the sender is verified: eu-west-1")
    access_key: SecretStr | None = None
    access_key_file: Path | None = None
    secret_key: SecretStr | None = None
    secret_key_file: Path | None = None
    endpoint: str | None = Field(None, description="another address of the API, like that of a VPC endpoint")

    @field_validator("region")
    @classmethod
    def _is_region(cls, region: str) -> str:
        if not _REGION.fullmatch(region):
            raise ValueError("expected a region of AWS like eu-west-1")
        return region

    @field_validator("endpoint")
    @classmethod
    def _is_safe(cls, url: str | None) -> str | None:
        if url is not None and not _is_endpoint(url):
            raise ValueError("expected an address that begins with https://, or http:// on this machine")
        return url

    @model_validator(mode="after")
    def _fits(self) -> Self:
        access, secret = (self.access_key, self.access_key_file), (self.secret_key, self.secret_key_file)
        if any(access) != any(secret):
            raise ValueError("expected both or none of access_key and secret_key (or their files)")
        if not self.is_ascii:
            raise ValueError("expected addresses in ASCII, Amazon SES takes no others")
        return self

    def secrets(self) -> tuple[str, ...]:
        return ("access_key", "secret_key")

    def open(self, tools: Tools) -> "Ses":
        if find_spec("boto3") is None:
            raise SettingsError("the package boto3 is missing: pip install 'framebus[notifier,ses]'")
        keys = (secret_of(self, "access_key", tools.folder), secret_of(self, "secret_key", tools.folder))
        return Ses(self, keys, tools.clock)


class Ses:
    """One mail to all of its recipients; SES takes it for all or for none."""

    def __init__(self, settings: SesSettings, keys: tuple[str | None, str | None], clock: Clock) -> None:
        self._settings, self._keys, self._clock = settings, keys, clock
        self._client: Any = None
        self._too_slow = ""
        """The note whose picture did not get through in time: without it the next time."""

    def send(self, note: Note) -> str:
        """What SES calls the mail."""
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        is_too_slow = note.id == self._too_slow
        whole = mail(without_picture(note) if is_too_slow else note, self._settings, self._clock.now_ns())
        try:
            return str(self._ask(whole)["MessageId"])
        except ClientError as error:
            raise _refusal(error.response) from None
        except (BotoCoreError, ResponseParserError, *NO_OBJECT) as error:
            if type(error).__name__ in CUT_SHORT:
                self._too_slow = note.id
            raise _failure(type(error)) from None

    def close(self) -> None:
        """Never raises."""
        if self._client is not None:
            self._client.close()

    def _ask(self, whole: bytes) -> Any:
        """The client is made by the first mail: it takes its time, and the thread that opens channels has none."""
        settings = self._settings
        self._client = self._client or _client(settings, *self._keys)
        return self._client.send_email(
            FromEmailAddress=settings.sender.spec,
            Destination={"ToAddresses": list(settings.recipients)},
            Content={"Raw": {"Data": whole}},
        )


def _client(settings: SesSettings, access_key: str | None, secret_key: str | None) -> Any:
    import boto3
    from botocore.config import Config

    # At debug level it would log the pictures and the signatures of its requests.
    for name in ("boto3", "botocore", "urllib3"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Tried again by whoever sends: with longer and longer pauses, and known to the ledger.
    config = Config(connect_timeout=CONNECT_S, read_timeout=READ_S, retries={"total_max_attempts": 1})
    session = boto3.Session(access_key, secret_key, region_name=settings.region)
    return session.client("sesv2", endpoint_url=settings.endpoint, config=config)


def _refusal(answer: Mapping[str, Any]) -> TemporaryError | PermanentError:
    """By the error's code alone: its text may name accounts and users."""
    code = safe_line(str(answer.get("Error", {}).get("Code", "no code")), 64)
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in PASSES or status == 429:
        return TemporaryError(f"Amazon SES takes no mail now: {code}")
    if status >= 500:
        return TemporaryError(f"Amazon SES fails: {code}")
    return PermanentError(f"Amazon SES refuses: {code}; expected {MENDED_BY.get(code, LOGIN)}")


def _failure(kind: type[Exception]) -> TemporaryError | PermanentError:
    """By the error's class alone: its text may hold anything."""
    if kind.__name__ in NEED_LOGIN:
        return PermanentError(f"Amazon SES cannot be asked: {kind.__name__}; expected {LOGIN}")
    return TemporaryError(f"Amazon SES does not answer well: {kind.__name__}")


def _is_endpoint(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return (
        bool(host)
        and "@" not in parts.netloc
        and (parts.scheme == "https" or (parts.scheme == "http" and is_here(host)))
    )
