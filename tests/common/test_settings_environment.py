"""A variable that is one slip away from a setting is told; all others are left alone."""

from itertools import combinations

import pytest

from libs.common.errors import SettingsError
from libs.common.settings_environment import CONFIG, is_slip, refuse_misspelt
from services.__main__ import COMMANDS
from tests.common.settings_samples import samples, settings_of

EVERY = sorted({it.variable for it in samples()} | {CONFIG, "FRAMEBUS_MAVEN_MIRROR"})


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("FRAMEBUS_INFER_FPP", "FRAMEBUS_INFER_FPS"),
        ("FRAMEBUS_INFERFPS", "FRAMEBUS_INFER_FPS"),
        ("FRAMEBUS_BOOSTRAP", "FRAMEBUS_BOOTSTRAP"),
        ("FRAMEBUS_TOPICC", "FRAMEBUS_TOPIC"),
        ("FRAMEBUS_INPTU", "FRAMEBUS_INPUT"),
        ("FRAMEBUS_CONFG", "FRAMEBUS_CONFIG"),
        ("framebus_mdoe", "FRAMEBUS_MODE"),
    ],
)
def test_a_misspelt_variable_is_an_error_that_names_both(wrong: str, meant: str) -> None:
    """A letter wrong, missing, too many, swapped; an underscore too few; in small letters too."""
    names = {it.variable for it in samples() if it.command == "detector"}
    with pytest.raises(SettingsError, match=f"{wrong.upper()}: unknown variable, expected {meant}"):
        refuse_misspelt(names, {wrong: "1"})


@pytest.mark.parametrize("command", COMMANDS)
def test_one_environment_can_be_shared_by_all(command: str) -> None:
    """Variables of the other commands, of the tests and of Kubernetes are not taken for slips."""
    shared = dict.fromkeys([*EVERY, "FRAMEBUS_TEST_NO_SKIP", "FRAMEBUS_VIEWER_SERVICE_HOST"], "1")
    names = {it.variable for it in samples() if it.cls is settings_of(command)}
    refuse_misspelt(names, shared)


def test_no_two_settings_are_a_slip_apart() -> None:
    """Else what is right for one service would be an error for another."""
    assert [pair for pair in combinations(EVERY, 2) if is_slip(*pair)] == []
