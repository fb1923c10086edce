"""Every file of rules in these tests may use a channel of the type `paper`."""

import pytest

from services.notifier.rules import kinds
from tests.notifier.rules.paper import KIND


@pytest.fixture(autouse=True)
def paper(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the real types."""
    monkeypatch.setattr(kinds, "KINDS", {**kinds.KINDS, "paper": KIND})
