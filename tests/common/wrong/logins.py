"""Logins that are wrong as a whole."""

from tests.common.wrong.configuration import Wrong


def login(named: str, *flags: str, **variables: str) -> Wrong:
    """A login that is wrong as a whole."""
    return Wrong(
        "detector", flags, named, tuple((f"FRAMEBUS_{name.upper()}", text) for name, text in variables.items())
    )


SASL = ("--security-protocol", "SASL_SSL")
SCRAM = (*SASL, "--sasl-mechanism", "SCRAM-SHA-512")

LOGINS = [
    login("--sasl-mechanism", *SASL),
    login("--sasl-username", *SCRAM),
    login("--sasl-username", *SCRAM, sasl_password="canary"),
    login("--sasl-password-file", *SCRAM, "--sasl-username", "me"),
    login("--sasl-password-file", *SCRAM, "--sasl-username", "me", sasl_password=""),
    login("--sasl-password-file", *SCRAM, "--sasl-username", "me", "--sasl-password-file", "/does/not/exist"),
    login("--sasl-password-file", *SCRAM, "--sasl-username", "me", "--sasl-password-file", "/dev/null"),
    login("--sasl-mechanism", "--sasl-mechanism", "PLAIN"),
    login("--sasl-username", "--sasl-username", "me"),
    login("--sasl-password", sasl_password="canary"),
    login("--sasl-username", "--security-protocol", "SSL", "--sasl-username", "me"),
    login("--ssl-cafile", "--ssl-cafile", "/dev/null"),
    login("--ssl-certfile", "--security-protocol", "SASL_PLAINTEXT", "--ssl-certfile", "/dev/null"),
    login("--ssl-keyfile", "--security-protocol", "SSL", "--ssl-keyfile", "/dev/null"),
    login("--ssl-cafile", "--security-protocol", "SSL", "--ssl-cafile", "/does/not/exist"),
    login("--ssl-cafile", "--security-protocol", "SSL", "--ssl-cafile", "/dev/null"),
    login("--ssl-certfile", "--security-protocol", "SSL", "--ssl-certfile", "/does/not/exist"),
    login("--ssl-certfile", "--security-protocol", "SSL", "--ssl-certfile", "/dev/null"),
    login("--ssl-keyfile", "--security-protocol", "SSL", "--ssl-certfile", "/dev/null", "--ssl-keyfile", "/not/there"),
    login("FRAMEBUS_SECURITY_PROTOCOL", security_protocol="TLS"),
]
