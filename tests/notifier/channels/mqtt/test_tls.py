"""TLS: certificates on both sides, and none that nobody vouches for."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.common.errors import SettingsError, TemporaryError
from services.notifier.channels.mqtt import channel as channel_module
from services.notifier.channels.mqtt.settings import MqttSettings
from tests.notifier.channels.mqtt.mosquitto import Mosquitto
from tests.notifier.channels.mqtt.rig import Site
from tests.notifier.channels.notes import JPEG, note


def openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, timeout=30)


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Thrown away afterwards: for 127.0.0.1, signed by itself."""
    pem, key = tmp_path / "broker.pem", tmp_path / "broker.key"
    fresh = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    openssl(*fresh, "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", pem)
    return pem, key


@pytest.fixture
def encrypted(brokers: Callable[..., Mosquitto], certificate: tuple[Path, Path]) -> Mosquitto:
    """With TLS, and asks for our certificate too."""
    pem, key = certificate
    files = (f"certfile {pem}", f"keyfile {key}", f"cafile {pem}", "require_certificate true")
    return brokers(lines=("allow_anonymous true", *files))


def test_tls_with_certificates_on_both_sides(
    encrypted: Mosquitto, certificate: tuple[Path, Path], tmp_path: Path
) -> None:
    """Names of files are relative to rules.yaml."""
    files = {"cafile": "broker.pem", "certfile": certificate[0], "keyfile": certificate[1]}
    with Site().channel(encrypted.port, tls=True, folder=tmp_path, **files) as channel:
        channel.send(note(jpeg=JPEG))


def test_a_certificate_that_nobody_vouches_for_is_refused(
    encrypted: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system's authorities do not know it; there is no way to look away."""
    monkeypatch.setattr(channel_module, "WAIT_S", 0.5)
    with (
        Site().channel(encrypted.port, tls=True) as channel,
        pytest.raises(TemporaryError, match="certificate was refu"),
    ):
        channel.send(note())


def test_tls_is_not_spoken_to_a_port_without(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has a guess."""
    monkeypatch.setattr(channel_module, "WAIT_S", 0.5)
    with Site().channel(broker.port, tls=True) as channel, pytest.raises(TemporaryError, match=r"TLS|lost|reached"):
        channel.send(note())


def test_a_file_that_is_no_certificate_is_a_wrong_setting(tmp_path: Path) -> None:
    """Before anything is connected."""
    (tmp_path / "ca.pem").write_text("hello")
    for name in ("ca.pem", "none.pem"):
        with pytest.raises(SettingsError, match=rf"cafile .*{name}: expected certificates"):
            MqttSettings(host="h", tls=True, cafile=Path(name)).open(Site().tools(tmp_path))
