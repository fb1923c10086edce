"""What the name of a process says."""

import pytest

from services.notifier.ledger.lives import began_ms, new_life
from tests.notifier.ledger.ledger_rig import AT


def test_a_life_says_when_it_began() -> None:
    """Two that begin at once are two."""
    first, second = new_life(AT), new_life(AT)
    assert first != second
    assert began_ms(first) == began_ms(second) == AT // 1_000_000


@pytest.mark.parametrize("life", [None, "", "somebody else", "1a2b3c4d"])
def test_a_name_that_does_not_say_it_began_long_ago(life: str | None) -> None:
    """So nobody is dead for it: it waits until claims have run out."""
    assert began_ms(life) < AT // 1_000_000 - 86_400_000
