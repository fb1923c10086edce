"""What all tests with a broker that goes away have to bear."""

import gc
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """kafka-python 3.0.12 leaves the socket of an attempt that failed to the garbage collector."""
    ignored = pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning")
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(ignored)


@pytest.fixture(scope="module", autouse=True)
def _collected() -> Iterator[None]:
    """Such sockets are collected here, not in somebody else's test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()
