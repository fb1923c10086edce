"""Processes that are closed again."""

from collections.abc import Callable, Iterator

import pytest

from services.notifier.channels.settings import ChannelSettings
from tests.notifier.delivery.process_rig import Process


@pytest.fixture
def made() -> Iterator[Callable[..., Process]]:
    """Makes a started process; it is closed afterwards."""
    all_of_them: list[Process] = []

    def make(**channels: ChannelSettings) -> Process:
        process = Process(**channels)
        process.couriers.start()
        all_of_them.append(process)
        return process

    yield make
    for process in all_of_them:
        process.couriers.close()
