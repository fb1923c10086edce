"""Which class reads which type of channel; loaded when a file names it."""

from collections.abc import Mapping
from importlib import import_module

from libs.common.errors import SettingsError
from services.notifier.channels.settings import ChannelSettings
from services.notifier.rules.checked import known

CHANNELS = "services.notifier.channels"
TYPES: Mapping[str, tuple[str, str]] = {
    "smtp": (f"{CHANNELS}.smtp", "SmtpSettings"),
    "ses": (f"{CHANNELS}.ses", "SesSettings"),
    "telegram": (f"{CHANNELS}.telegram", "TelegramSettings"),
    "webhook": (f"{CHANNELS}.webhook", "WebhookSettings"),
    "mqtt": (f"{CHANNELS}.mqtt.settings", "MqttSettings"),
    "kafka": (f"{CHANNELS}.kafka_topic", "KafkaSettings"),
    "apprise": (f"{CHANNELS}.apprise", "AppriseSettings"),
}
"""`type` -> module and class."""


def settings_of(kind: object, where: str) -> type[ChannelSettings]:
    """The class for a `type`. Raises SettingsError, one line that begins with `where`."""
    if not isinstance(kind, str):
        raise SettingsError(f"{where}, type: expected one of {', '.join(TYPES)}")
    known(kind, list(TYPES), where, "type")
    module, name = TYPES[kind]
    found: type[ChannelSettings] = getattr(import_module(module), name)
    return found
