"""The broker with logins and TLS, started when the first test asks for it."""

from collections.abc import Iterator

import pytest

from tests.common.secure_broker import Authority, SecureBroker, secure_broker


@pytest.fixture(scope="session")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureBroker]:
    """One for all tests here."""
    with secure_broker(tmp_path_factory.mktemp("secure")) as running:
        yield running


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that the broker does not know."""
    return Authority.made(tmp_path_factory.mktemp("stranger"), "stranger")
