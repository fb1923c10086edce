"""Every type of channel has its class."""

from typing import get_args

import pytest

from libs.common.errors import SettingsError
from services.notifier.channels.settings import ChannelSettings
from services.notifier.rules.channel_types import TYPES, settings_of


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_names_a_class_of_settings_that_names_it_too(kind: str) -> None:
    """Its secrets have twins that name a file."""
    cls = settings_of(kind, "channel x")
    assert issubclass(cls, ChannelSettings)
    assert get_args(cls.model_fields["type"].annotation) == (kind,)
    for name in cls.secrets(cls.model_construct()):
        assert "Secret" in str(cls.model_fields[name].annotation)
        assert "Path" in str(cls.model_fields[f"{name}_file"].annotation)


@pytest.mark.parametrize("kind", TYPES)
def test_every_key_of_a_channel_says_what_it_is(kind: str) -> None:
    """For the page of settings; a file's twin needs no words of its own."""
    cls = settings_of(kind, "channel x")
    secret = {name for name in cls.model_fields if name in cls.secrets(cls.model_construct())}
    known = {"type", *secret, *(f"{name}_file" for name in secret)}
    assert [name for name, field in cls.model_fields.items() if name not in known and not field.description] == []


@pytest.mark.parametrize("kind", [None, 5, "", "os", "Smtp"])
def test_no_other_type_is_loaded(kind: object) -> None:
    """Nothing is imported that is not in the table."""
    with pytest.raises(SettingsError, match=r"^channel x"):
        settings_of(kind, "channel x")
