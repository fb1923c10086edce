"""The size of the pictures that are sent."""

import pytest

from libs.common.errors import SettingsError
from services.producer.pictures.resize import parse_resize


@pytest.mark.parametrize(
    ("text", "size"),
    [("320x200", (320, 200)), ("384", (384, 288)), ("0.5", (384, 288)), (".25", (192, 144)), ("1.0", (768, 576))],
)
def test_a_size_a_width_or_a_factor(text: str, size: tuple[int, int]) -> None:
    """Of a picture of 768x576; a width keeps the shape."""
    assert parse_resize(text).of(768, 576) == size


def test_a_side_never_vanishes() -> None:
    """A wide picture made small."""
    assert parse_resize("0.01").of(1000, 10) == (10, 1)


@pytest.mark.parametrize(
    "text", ["", "0", "0x5", "5x0", "x5", "5x", "-5", "9000", "9x9000", "8000x4001", "0.0", "5.0", "half", "1e3"]
)
def test_what_is_no_size_is_refused_in_words(text: str) -> None:
    """With what would have been right."""
    with pytest.raises(SettingsError, match=r"resize: .* expected"):
        parse_resize(text)
