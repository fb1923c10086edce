"""What several test modules share: one real broker for the whole run, and topics that nobody used before."""

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from libs.common.kafka_settings import KafkaSettings
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port

_numbers = count()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A real Kafka for all tests that leave it as it is; who kills or freezes one starts its own."""
    with Broker(tmp_path_factory.mktemp("shared-broker") / "data", port=free_port()) as running:
        yield running


@pytest.fixture(scope="session")
def kafka(broker: Broker) -> KafkaSettings:
    """How the shared broker is reached."""
    return KafkaSettings(bootstrap=broker.bootstrap)


@pytest.fixture
def fresh(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """Makes names (of topics, groups) that no other test uses."""
    test = "".join(c if c.isalnum() else "-" for c in request.node.name)[:60]
    return lambda name="topic": f"{name}.{test}.{next(_numbers)}"


def pytest_configure(config: pytest.Config) -> None:
    """Warnings are errors; kafka-python gives this one while it is imported, on Python 3.11 and 3.12."""
    config.addinivalue_line("filterwarnings", "ignore:open_text is deprecated:DeprecationWarning")
