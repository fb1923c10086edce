"""What rules.yaml says of mail, whichever way it is sent: from whom, and to whom."""

from typing import Annotated, Self

from pydantic import Field, PlainValidator, model_validator

from services.notifier.channels.mail_address import Address, address
from services.notifier.channels.settings import ChannelSettings

MOST_RECIPIENTS = 100
"""So many every mail server takes at once (RFC 5321, 4.5.3.1.8)."""


OneAddress = Annotated[Address, PlainValidator(address)]
Addresses = tuple[OneAddress, ...]


class MailSettings(ChannelSettings):
    """`from` is a word of Python, hence `sender`."""

    sender: OneAddress = Field(alias="from", description="address of the sender, may have a name: Shop <shop@x.org>")
    to: Addresses = Field((), description="addresses; everybody sees those of `to` and `cc`")
    cc: Addresses = Field((), description="addresses that get a copy")
    bcc: Addresses = Field((), description="addresses that nobody else sees")
    html: str | None = Field(None, description="template of the HTML")
    attach: bool = Field(True, description="the picture as an attachment too, for programs that show no HTML")

    @model_validator(mode="after")
    def _has_recipients(self) -> Self:
        if not 0 < len(self.recipients) <= MOST_RECIPIENTS:
            raise ValueError(f"expected 1 to {MOST_RECIPIENTS} addresses in to, cc and bcc, not {len(self.recipients)}")
        return self

    @property
    def recipients(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(dict.fromkeys(each.spec for each in (*self.to, *self.cc, *self.bcc)))

    @property
    def is_ascii(self) -> bool:
        """Whether servers that do not know SMTPUTF8 (RFC 6531) take these addresses."""
        return all(each.isascii() for each in (self.sender.spec, *self.recipients))
