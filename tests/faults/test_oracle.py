"""The page, read by two programs: the codec and the oracle judge every message alike."""

from collections.abc import Callable
from random import Random

import pytest

from libs.common import codec
from libs.common.errors import PermanentError
from libs.common.messages import Frame
from tests.common.every_message import messages
from tests.faults.mutants import Sent, every_wrong_value, looked_at, mutant, rich
from tests.faults.oracle import message
from tests.faults.surroundings import seed, setting

FUZZ = int(setting("FUZZ", 1000))


def judged(sent: Sent) -> str:
    """By the codec alone, which does not look at keys."""
    try:
        codec.decode(sent.value or b"")
    except PermanentError as error:
        return error.reason
    return "good"


def expected(sent: Sent) -> str:
    found = message(sent.value, None)
    return found if isinstance(found, str) else "good"


@pytest.mark.parametrize("name", messages())
def test_every_message_is_one(name: str) -> None:
    """With all its fields."""
    assert expected(Sent(codec.encode(messages()[name]), None)) == "good"


@pytest.mark.parametrize("made", [rich, looked_at])
def test_every_wrong_value_in_every_field_is_judged_alike(made: Callable[[int], Frame]) -> None:
    """All of them are different messages."""
    wrong = [sent for sent in every_wrong_value(made, 0) if judged(sent) != expected(sent)]
    assert wrong == []


def test_mutants_are_judged_alike() -> None:
    """Ten for each one that goes through the services; most are refused, many are still good."""
    dice = Random(seed())
    counts: dict[str, int] = {}
    for number in range(10 * FUZZ):
        sent = mutant(dice, rich(number))
        assert judged(sent) == expected(sent), sent
        counts[judged(sent)] = counts.get(judged(sent), 0) + 1
    assert counts["bad-message"] > FUZZ
    assert counts["good"] > FUZZ
