"""Limited to full range, every value."""

import numpy as np
import pytest

from services.producer.pictures import full_range

EVERY = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.mark.parametrize(
    ("stretch", "low", "span", "neutral"), [(full_range.luma(), 16, 219, 0), (full_range.chroma(), 128, 224, 128)]
)
def test_every_value_is_stretched_as_bt_601_says(
    stretch: full_range.Stretch, low: int, span: int, neutral: int
) -> None:
    """Off by little more than one at most; what lies outside of the range is cut."""
    exact = np.clip(neutral + (EVERY.astype(float) - low) * 255 / span, 0, 255)
    assert np.abs(stretch(EVERY) - exact).max() < 1.2
    assert stretch(EVERY)[128 // 16, 0] == (128 if neutral else 130)
    assert stretch(EVERY[:3, :5]).shape == (3, 5)
