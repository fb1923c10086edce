"""What all tests with a broker that goes away have to bear."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
BUSY = {"test_codecs.py", "test_fuzz.py", "test_kill_motion.py", "test_oracle.py", "test_poison.py"}
"""All others wait for most of their time, for an outage to last and for Kafka to share out anew."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """kafka-python 3.0.12 leaves the socket of an attempt that failed to the garbage collector."""
    ignored = pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning")
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(ignored)
            if item.path.name not in BUSY:
                item.add_marker("waits")


@pytest.fixture(scope="module", autouse=True)
def _sockets_collected(sockets_collected: None) -> None:
    """In every module here."""
