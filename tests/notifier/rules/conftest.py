"""Every file of rules in these tests may use a channel of the type `paper`."""

import pytest

from services.notifier.rules import channel_types
from tests.notifier.rules.paper import TYPE


@pytest.fixture(autouse=True)
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the real types."""
    monkeypatch.setattr(channel_types, "TYPES", {**channel_types.TYPES, "paper": TYPE})
