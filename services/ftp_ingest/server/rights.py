"""The commands that are understood, and those that are answered with a refusal."""

from typing import Any

from services.ftp_ingest.server.library import FTPHandler

_UNDERSTOOD = (
    "ABOR ALLO APPE CDUP CWD DELE EPRT EPSV FEAT HELP LIST MDTM MKD MLSD MLST MODE NLST NOOP OPTS PASS PASV PORT PWD "
    "QUIT REST RETR RMD RNFR RNTO SITE SIZE STAT STOR STOU STRU SYST TYPE USER XCUP XCWD XMKD XPWD XRMD"
)
_TLS = {"AUTH": "AUTH TLS", "PBSZ": "PBSZ 0", "PROT": "PROT P"}
ALLOWED = "eflmdw"
"""pyftpdlib's letters: enter, rename, list, make folders, delete, write; neither read (r) nor append (a)."""

KNOWN: dict[str, dict[str, Any]] = {name: FTPHandler.proto_cmds[name] for name in (*_UNDERSTOOD.split(), "SITE CHMOD")}
KNOWN |= {name: {"perm": None, "auth": False, "arg": True, "help": text} for name, text in _TLS.items()}


class Rights:
    """What pyftpdlib asks its authorizer for, after the login."""

    def has_perm(self, username: str, perm: str, path: str | None = None) -> bool:
        return perm in ALLOWED

    def get_perms(self, username: str) -> str:
        return ALLOWED

    def get_msg_quit(self, username: str) -> str:
        return "Goodbye."

    def impersonate_user(self, username: str, password: str) -> None:
        """Nothing is done in a user's name."""

    def terminate_impersonation(self, username: str) -> None:
        """See `impersonate_user`."""
