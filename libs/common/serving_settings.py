"""The flags of everything that serves over TLS: its certificate."""

import ssl
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from libs.common.flags import Flag
from libs.common.settings import ServiceSettings
from libs.common.tls_files import require_file, server_context


class ServingSettings(ServiceSettings):
    """Without a certificate nothing is encrypted."""

    tls_certfile: Annotated[Path | None, Flag(metavar="FILE")] = Field(
        None, description="serve over TLS with this certificate, and those that vouch for it (PEM)"
    )
    tls_keyfile: Annotated[Path | None, Flag(metavar="FILE")] = Field(None, description="the certificate's key (PEM)")

    @model_validator(mode="after")
    def _certificate_has_a_key(self) -> Self:
        if self.tls_certfile and not self.tls_keyfile:
            raise ValueError("--tls-certfile: expected --tls-keyfile with it")
        if self.tls_keyfile and not self.tls_certfile:
            raise ValueError("--tls-keyfile: expected --tls-certfile with it")
        return self

    def require(self) -> None:
        super().require()
        require_file("tls-certfile", self.tls_certfile)
        require_file("tls-keyfile", self.tls_keyfile)

    def tls(self) -> ssl.SSLContext | None:
        """None: without. Raises FatalError if the certificate cannot be used."""
        if self.tls_certfile is None or self.tls_keyfile is None:
            return None
        return server_context(self.tls_certfile, self.tls_keyfile)
