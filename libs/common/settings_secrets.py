"""The secrets among the settings: hidden as soon as they are read, before anything is said about them."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from libs.common.scrub import hide, hide_address


def hide_secrets(cls: type[BaseModel], values: Mapping[str, Any]) -> None:
    """`values`: field -> value, as they were given. Of an address only its password is secret."""
    for name, field in cls.model_fields.items():
        if isinstance(value := values.get(name), str) and "SecretStr" in str(field.annotation):
            (hide_address if name.endswith("url") else hide)(value)
