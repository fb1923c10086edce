"""The commands that turn TLS on (RFC 4217), and those that wait for it."""

# ruff: noqa: N802 - pyftpdlib finds a command by its name

from typing import Any

from services.ftp_ingest.server.library import FTPHandler
from services.ftp_ingest.server.tls import Tls

DATA = ("PASV", "EPSV", "PORT", "EPRT")


class Securing(Tls, FTPHandler):  # type: ignore[misc]
    """`private`: data connections are encrypted."""

    shared: Any
    private: bool
    _sized: bool

    def process_command(self, cmd: str, *args: Any, **kwargs: Any) -> None:
        required = self.shared.limits.require_tls
        if cmd in ("USER", "PASS") and required and not self.secured:
            self.shared.tallies.logins.labels("no-tls").inc()
            self.respond("530 Only with TLS: AUTH TLS first.")
        elif cmd in DATA and required and not self.private:
            self.respond("521 Only with TLS: PROT P first.")
        else:
            super().process_command(cmd, *args, **kwargs)

    def ftp_USER(self, line: str) -> None:
        """One user for each connection."""
        if self.authenticated:
            self.respond("503 Already logged in.")
        else:
            super().ftp_USER(line)

    def ftp_AUTH(self, line: str) -> None:
        if self.shared.tls is None:
            self.respond("502 No TLS here.")
        elif self.secured or self.authenticated:
            self.respond("503 Too late for that.")
        elif line.upper() not in ("TLS", "TLS-C", "SSL", "TLS-P"):
            self.respond("504 Expected AUTH TLS.")
        else:
            self._begin_tls()

    def _begin_tls(self) -> None:
        """What somebody put behind it in clear must not be taken for what was said in private."""
        self.username = ""
        self.respond("234 Go on.")
        if self.ac_in_buffer or self.producer_fifo:
            self.close()
        else:
            self.secure(self.shared.tls)

    def ftp_PBSZ(self, line: str) -> None:
        self._sized = self.secured
        self.respond("200 PBSZ=0" if self.secured else "503 AUTH TLS first.")

    def ftp_PROT(self, line: str) -> None:
        level = line.upper()
        if not (self.secured and self._sized):
            self.respond("503 AUTH TLS and PBSZ first.")
        elif level not in ("C", "P"):
            self.respond("536 Expected PROT P or C.")
        elif level == "C" and self.shared.limits.require_tls:
            self.respond("534 Only with TLS: PROT P.")
        else:
            self.private = level == "P"
            self.respond(f"200 PROT {level}")

    def tls_features(self) -> list[str]:
        """For FEAT."""
        return ["AUTH TLS", "PBSZ", "PROT"] if self.shared.tls else []
