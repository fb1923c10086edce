"""What rules.yaml may say of a broker."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from libs.common.errors import SettingsError
from services.notifier.channels.mqtt.settings import MqttSettings
from services.notifier.rules.channel_types import settings_of
from tests.notifier.channels.mqtt.rig import Site


def test_it_is_found_by_its_type() -> None:
    """`type: mqtt`; whoever names it knows that it can edit, and watches."""
    assert settings_of("mqtt", "channels") is MqttSettings
    assert (MqttSettings.can_edit, MqttSettings.watches) == (True, True)


@pytest.mark.parametrize(("fields", "port"), [({}, 1883), ({"tls": True}, 8883), ({"tls": True, "port": 1}, 1)])
def test_the_port_follows_from_tls(fields: dict[str, Any], port: int) -> None:
    """Those that are registered for MQTT, unless another is given."""
    assert MqttSettings(host="h", **fields).broker(Site().tools(), "will").port == port


def test_each_instance_has_a_client_id_of_its_own() -> None:
    """The same after a restart: a broker lets in one connection of each id."""
    settings, site = MqttSettings(host="h"), Site()
    ids = [settings.broker(site.tools(instance=name), "will").client_id for name in ("a", "a", "b")]
    assert ids == ["framebus-home-a", "framebus-home-a", "framebus-home-b"]
    assert MqttSettings(host="h", client_id="x").broker(site.tools(), "will").client_id == "x"


@pytest.mark.parametrize(
    "fields",
    [
        {"host": ""},
        {"host": "h:1883"},
        {"host": "mqtt://h"},
        {"host": "a b"},
        {"host": "a..b"},
        {"port": 0},
        {"protocol": "3.1"},
        {"password": "p"},
        {"password_file": "p"},
        {"cafile": "ca.pem"},
        {"tls": True, "keyfile": "k.pem"},
        {"topic": "a/+/b"},
        {"topic": "#"},
        {"topic": "/a"},
        {"topic": "a/"},
        {"topic": "$SYS"},
        {"topic": ""},
        {"discovery": "home assistant"},
        {"client_id": ""},
        {"client_id": "a\n"},
        {"picture": False, "last_picture": True},
        {"labels": 65},
        {"pasword": "p"},
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    """When rules.yaml is read."""
    with pytest.raises(ValidationError):
        MqttSettings(**{"host": "h", **fields})


@pytest.mark.parametrize(
    "host", ["mqtt.example.org", "10.0.0.5", "::1", "localhost", "homeassistant.local", "bücher.example"]
)
def test_a_host_is_a_name_or_an_address(host: str) -> None:
    """Of this site, too: a broker is at home most of the time."""
    assert MqttSettings(host=host).host.isascii()


def test_a_password_is_no_part_of_what_is_shown(tmp_path: Path) -> None:
    """Neither from the file nor from a file beside it."""
    (tmp_path / "p").write_text("secret words\n")
    for fields in ({"password": "secret words"}, {"password_file": "p"}):
        settings = MqttSettings(host="h", username="shop", **fields)
        broker = settings.broker(Site().tools(tmp_path), "will")
        assert broker.password == "secret words"
        assert "secret words" not in f"{settings!r}{broker!r}{settings.model_dump_json()}"


def test_a_password_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """Before anything is connected."""
    with pytest.raises(SettingsError, match="password_file"):
        MqttSettings(host="h", username="shop", password_file=Path("none")).broker(Site().tools(tmp_path), "will")
