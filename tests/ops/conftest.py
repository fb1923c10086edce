"""The commands under test, against the shared broker."""

import pytest

from libs.common.kafka_settings import KafkaSettings
from tests.ops.dead_rig import Dead, dead_command


@pytest.fixture
def dead(kafka: KafkaSettings, capsys: pytest.CaptureFixture[str]) -> Dead:
    """`framebus dead`, as an operator calls it."""
    return dead_command(kafka, capsys)
