"""Certificates for servers on this machine, made by the openssl command."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Certificate:
    """Signed by itself: its file is also what must be trusted."""

    file: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.file, self.key)
        return context


NAMES = "IP:127.0.0.1,DNS:hook.example"


def certificate(folder: Path, expired: bool = False) -> Certificate:
    """For 127.0.0.1 and hook.example. Skips the test where there is no openssl."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is absent: apt-get install openssl")
    made = Certificate(folder / "server.pem", folder / "server.key")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", str(made.key)]
    names = ["-subj", "/CN=server", "-addext", f"subjectAltName={NAMES}"]
    _openssl("req", "-x509", *key, "-out", str(made.file), "-days", "2", *names)
    if expired:
        _openssl("x509", "-in", str(made.file), "-signkey", str(made.key), "-days", "-1", "-out", str(made.file))
    return made


def _openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=30)
