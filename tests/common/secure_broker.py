"""A real Kafka with TLS, logins (SCRAM), client certificates and access rights; certificates are made by openssl."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from libs.common.kafka_settings import KafkaSettings
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port

PASSWORD = "canary-Pass/w0rd"
USER_512, USER_256, NOBODY = "alice", "bob", "nobody"
JAAS = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
SUPER = ("ANONYMOUS", USER_512, USER_256, "CN=service")


@dataclass(frozen=True)
class Authority:
    """A certificate authority in a folder, and what it signs."""

    folder: Path
    name: str

    @classmethod
    def made(cls, folder: Path, name: str) -> "Authority":
        folder.mkdir(parents=True, exist_ok=True)
        authority = cls(folder, name)
        openssl(
            "req", "-x509", *NEW_KEY, authority.key, "-out", authority.certificate, "-days", "2", "-subj", f"/CN={name}"
        )
        return authority

    @property
    def key(self) -> Path:
        return self.folder / f"{self.name}.key"

    @property
    def certificate(self) -> Path:
        return self.folder / f"{self.name}.pem"

    def sign(self, name: str, alternatives: str = "DNS:localhost,IP:127.0.0.1", *dates: str) -> tuple[Path, Path]:
        """A certificate for that name, and its key. `dates`: begin and end where not now and in two days."""
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternatives}\nkeyUsage=digitalSignature\n")
        openssl("req", *NEW_KEY, key, "-out", request, "-subj", f"/CN={name}")
        signed = ("-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial", "-extfile", extensions)
        openssl("x509", "-req", "-in", request, *signed, "-out", certificate, *(dates or ("-days", "2")))
        return certificate, key


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout")


def openssl(*words: str | Path) -> None:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr


@dataclass(frozen=True)
class SecureBroker:
    """Where each kind of listener is."""

    broker: Broker
    authority: Authority
    login: str
    certificates: str
    naked_login: str

    def with_login(
        self, user: str = USER_512, password: str = PASSWORD, mechanism: str = "SCRAM-SHA-512"
    ) -> KafkaSettings:
        """TLS and a user name."""
        return KafkaSettings(
            bootstrap=self.login,
            security_protocol="SASL_SSL",
            sasl_mechanism=mechanism,
            sasl_username=user,
            sasl_password=password,
            ssl_cafile=str(self.authority.certificate),
        )

    def with_certificate(self) -> KafkaSettings:
        """TLS in both directions."""
        certificate, key = self.authority.sign("service")
        return KafkaSettings(
            bootstrap=self.certificates,
            security_protocol="SSL",
            ssl_cafile=str(self.authority.certificate),
            ssl_certfile=str(certificate),
            ssl_keyfile=str(key),
        )


@contextmanager
def secure_broker(folder: Path) -> Iterator[SecureBroker]:
    """One broker: plain and anonymous for itself, SASL_SSL, SSL with client certificates, SASL_PLAINTEXT."""
    authority = Authority.made(folder / "tls", "authority")
    certificate, key = authority.sign("broker")
    store = folder / "tls" / "broker.store"
    store.write_text(key.read_text() + certificate.read_text())
    ports: dict[str, int] = {}
    for name in ("PLAINTEXT", "CONTROLLER", "LOGIN", "CERTIFICATES", "NAKED"):
        ports[name] = next(port for port in iter(free_port, None) if port not in ports.values())
    at = {name: f"{name}://127.0.0.1:{port}" for name, port in ports.items()}
    properties = {
        "listeners": ",".join(at.values()),
        "advertised.listeners": ",".join(each for name, each in at.items() if name != "CONTROLLER"),
        "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,LOGIN:SASL_SSL,CERTIFICATES:SSL,"
        "NAKED:SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": "SCRAM-SHA-512,SCRAM-SHA-256",
        **{
            f"listener.name.{name}.{mechanism}.sasl.jaas.config": JAAS
            for name in ("login", "naked")
            for mechanism in ("scram-sha-512", "scram-sha-256")
        },
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": str(store),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": str(authority.certificate),
        "listener.name.certificates.ssl.client.auth": "required",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": ";".join(f"User:{name}" for name in SUPER),
    }
    users = [f"SCRAM-SHA-512=[name={name},password={PASSWORD}]" for name in (USER_512, NOBODY)]
    users.append(f"SCRAM-SHA-256=[name={USER_256},password={PASSWORD}]")
    data = folder / "data"
    broker = Broker(
        data, port=ports["PLAINTEXT"], controller_port=ports["CONTROLLER"], properties=properties, users=users
    )
    with broker:
        addresses = [f"127.0.0.1:{ports[name]}" for name in ("LOGIN", "CERTIFICATES", "NAKED")]
        yield SecureBroker(broker, authority, *addresses)
