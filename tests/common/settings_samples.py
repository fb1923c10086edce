"""Every setting of every command, with a value that is not its default and what else must be set beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from libs.common.flags import Flag
from libs.common.settings_environment import variable_of
from libs.common.settings_file import dashed
from services.__main__ import COMMANDS

SPECIAL = {
    "active": "Mon-Fri 18:00-06:00",
    "address": "192.168.1.10,fd00::10",
    "advertise": "kafka.example",
    "area": "0.001-0.5",
    "backend": "hog",
    "bootstrap": "kafka:9093",
    "camera": "porch,garden*",
    "crops": "face=faces,person=people",
    "cameras": "porch,garden*",
    "confidence": "0.4,person=0.25",
    "detect_size": "640",
    "device": "cuda:1",
    "fallback": "hog",
    "from_": "-10m",
    "host": "0.0.0.0",
    "hwaccel": "cuda:1",
    "http": "127.0.0.1:8081",
    "like": "notices",
    "listen": "0.0.0.0:8443",
    "log_rotate": "midnight",
    "log_syslog": "/dev/log",
    "max_size": "1920x1080",
    "masquerade_address": "203.0.113.7",
    "mirror": "https://maven.example/",
    "model_sha256": "0123456789abcdef" * 4,
    "name_time": "%Y%m%d%H%M%S",
    "offset": "7",
    "origin": "https://a.example,https://b.example:8443",
    "partition": "2",
    "passive_ports": "40000-40009",
    "plugin": "own_cameras:porch",
    "ratio": "0.2-5,person=0.1-1.5",
    "resize": "640x360",
    "rotate": "90",
    "schedules": "noon=08:00-18:00=300",
    "security_protocol": "SSL",
    "shard": "2/3",
    "since": "-10m",
    "stun": "stun:stun.example:3478",
    "timezone": "Europe/Berlin",
    "turn": "turn:turn.example:3478?transport=tcp",
    "udp_ports": "50000-50063",
    "until": "-5m",
    "viewer_url": "https://cams.example.org",
}
"""Values of settings that are checked for more than their type."""

LOGIN = {"security_protocol": "SASL_SSL", "sasl_mechanism": "PLAIN", "sasl_username": "me", "sasl_password": "canary"}
SHOW = {"action": "show", "topics": "frames.redacted"}
BESIDE: dict[str, dict[str, str]] = {
    **dict.fromkeys(("sasl_mechanism", "sasl_username", "sasl_password"), LOGIN),
    **{key: {"security_protocol": "SSL"} for key in ("ssl_cafile", "ssl_certfile")},
    "sasl_password_file": {name: text for name, text in LOGIN.items() if name != "sasl_password"},
    "ssl_keyfile": {"security_protocol": "SSL", "ssl_certfile": "cert.pem"},
    **{key: {"tls_certfile": "cert.pem", "tls_keyfile": "key.pem"} for key in ("require_tls", "implicit_tls")},
    "tls_certfile": {"tls_keyfile": "key.pem"},
    "tls_keyfile": {"tls_certfile": "cert.pem"},
    "fallback": {"cloud_budget": "5"},
    "gate": {"backend": "motion,hog"},
    "move_to": {"after": "move"},
}
BESIDE_OF_DEAD: dict[str, dict[str, str]] = {
    "action": {"topics": "frames.redacted"},
    "limit": SHOW,
    "partition": {**SHOW, "offset": "1"},
    "offset": {**SHOW, "partition": "1"},
    "save": SHOW,
    "to": {"action": "redrive", "topics": "frames.redacted"},
    "dry_run": {"action": "redrive", "topics": "frames.redacted", "to": "frames.redacted.redriven"},
    "yes": {"action": "purge", "topics": "frames.redacted"},
}
BURST, PAUSE = {"action": "burst"}, {"action": "pause"}
BESIDE_OF: dict[str, dict[str, dict[str, str]]] = {
    "dead": BESIDE_OF_DEAD,
    "ftp-ingest": {"name_time": {"timezone": "UTC"}, "timezone": {"name_time": "%Y%m%d%H%M%S"}},
    "topics": {"like": {"names": "shop.notices"}},
    "status": {"forget": {"cameras": "porch"}},
    "trigger": {"frames": BURST, "seconds": BURST, "what": PAUSE, "answers": {"wait": "5"}},
}


@dataclass(frozen=True)
class Sample:
    """One setting of one command."""

    command: str
    cls: type[BaseSettings]
    name: str
    text: str
    beside: dict[str, str]

    @property
    def field(self) -> FieldInfo:
        return self.cls.model_fields[self.name]

    @property
    def variable(self) -> str:
        return variable_of(self.cls, self.name)

    @property
    def in_yaml(self) -> Any:
        """The value as YAML has it."""
        kinds = (self.field.annotation, *get_args(self.field.annotation))
        if get_origin(self.field.annotation) is tuple:
            return self.text.split(",")
        if bool in kinds:
            return self.text == "true"
        if int in kinds:
            return int(self.text)
        return float(self.text) if float in kinds else self.text

    @property
    def flags(self) -> list[str] | None:
        """The value on the command line; None for a secret, which has no flag."""
        flag = next((item for item in self.field.metadata if isinstance(item, Flag)), None)
        if flag is None or flag.hidden:
            return None
        words = self.text.split(",") if get_origin(self.field.annotation) is tuple else [self.text]
        if flag.positional:
            follows_the_action = self.command in ("topics", "dead") and self.name != "action"
            return ["list", *words] if follows_the_action else words
        name = dashed(self.name)
        if self.field.annotation is bool:
            return [f"--{'' if self.text == 'true' else 'no-'}{name}"]
        each = [word.split("=") if flag.words else [word] for word in words]
        return [part for parts in each for part in (f"--{name}", *parts)]


def settings_of(command: str) -> type[BaseSettings]:
    """The class that reads this command's settings."""
    module = import_module(COMMANDS[command][0])
    found: type[BaseSettings] = module.Settings
    return found


def samples() -> Iterator[Sample]:
    """One for each setting of each command."""
    for command in COMMANDS:
        cls = settings_of(command)
        for name, field in cls.model_fields.items():
            beside = BESIDE_OF.get(command, {}).get(name) or BESIDE.get(name, {})
            text = SPECIAL.get(name) or _text(field)
            if command == "dead":
                text = {"to": "frames.redacted.redriven", "action": "show"}.get(name, text)
            yield Sample(command, cls, name, text, {key: value for key, value in beside.items() if key != name})


def _text(field: FieldInfo) -> str:
    """Something of the right type that is not the default."""
    annotation = field.annotation
    inner = [arg for arg in get_args(annotation) if arg is not type(None)]
    if annotation is bool:
        return "false" if field.default else "true"
    for each in (annotation, *inner):
        if get_origin(each) is Literal:
            return str(next(choice for choice in get_args(each) if choice != field.default))
    if int in (annotation, *inner):
        return str((field.default or 4999) + 1)
    if float in (annotation, *inner):
        return str((field.default or 0.0) + 1.5)
    return "one,two" if get_origin(annotation) is tuple else "something"
