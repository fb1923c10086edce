"""A log in memory with copies of the notifier."""

from collections.abc import Iterator

import pytest

from tests.notifier.ledger.ledger_rig import Log, log_of_copies


@pytest.fixture
def log() -> Iterator[Log]:
    """Empty."""
    with log_of_copies() as made:
        yield made
