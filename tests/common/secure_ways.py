"""Ways to come to the secure broker: on a service's command line, and wrongly."""

from dataclasses import replace
from pathlib import Path

from libs.common.kafka_settings import KafkaSettings
from tests.common.secure_broker import Authority, SecureBroker

WRONG_LOGIN = "the login was refused"
WITHIN_S = 10.0


def flags_of(settings: KafkaSettings, folder: Path) -> list[str]:
    """The same on a service's command line, the password in a file."""
    words = ["--bootstrap", settings.bootstrap, "--security-protocol", settings.security_protocol]
    for name in ("sasl_mechanism", "sasl_username", "ssl_cafile", "ssl_certfile", "ssl_keyfile"):
        if text := getattr(settings, name):
            words += [f"--{name.replace('_', '-')}", text]
    if settings.sasl_password:
        (folder / "password").write_text(settings.sasl_password + "\n")
        words += ["--sasl-password-file", str(folder / "password")]
    return words


def wrong_ways(secure: SecureBroker, stranger: Authority) -> dict[str, tuple[KafkaSettings, str]]:
    """A name for each, and what its line must say."""
    login, certificate = secure.with_login(), secure.with_certificate()
    plain = secure.broker.bootstrap
    foreign_certificate, foreign_key = map(str, stranger.sign("foreign"))
    hangs_up = "it hangs up: does"
    return {
        "wrong password": (secure.with_login(password="canary-wrong"), WRONG_LOGIN),
        "unknown user": (secure.with_login("nobody-knows"), WRONG_LOGIN),
        "mechanism of another user": (secure.with_login(mechanism="SCRAM-SHA-256"), WRONG_LOGIN),
        "wrong password without TLS": (
            replace(
                secure.with_login(password="canary"), bootstrap=secure.naked_login, security_protocol="SASL_PLAINTEXT"
            ),
            WRONG_LOGIN,
        ),
        "another authority": (replace(login, ssl_cafile=str(stranger.certificate)), "certificate is not trusted"),
        "the system's authorities": (replace(login, ssl_cafile=None), "certificate is not trusted"),
        "no certificate of ours": (replace(certificate, ssl_certfile=None, ssl_keyfile=None), "our certificate"),
        "a foreign certificate of ours": (
            replace(certificate, ssl_certfile=foreign_certificate, ssl_keyfile=foreign_key),
            "our certificate",
        ),
        "plain text to a port with TLS": (
            replace(login, security_protocol="PLAINTEXT"),
            f"{hangs_up} that port want TLS",
        ),
        "a login without TLS to a port with it": (replace(login, security_protocol="SASL_PLAINTEXT"), "want TLS"),
        "TLS to a plain port": (replace(login, bootstrap=plain), "no TLS there"),
        "no login to a port that wants one": (
            KafkaSettings(bootstrap=secure.naked_login),
            f"{hangs_up} it want a login",
        ),
        "a login to a port that wants none": (
            replace(login, bootstrap=plain, security_protocol="SASL_PLAINTEXT"),
            "it wants no login there",
        ),
    }
