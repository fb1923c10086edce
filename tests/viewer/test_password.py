"""The password that nobody gave is made up and shown; one that was given is not."""

import os
import subprocess
import sys

import pytest

SHOWN = "log in as viewer with the password"


def said_with(password: str | None) -> str:
    """The log of a viewer that shows an empty stream."""
    environment = {name: value for name, value in os.environ.items() if name != "FRAMEBUS_PASSWORD"}
    if password is not None:
        environment["FRAMEBUS_PASSWORD"] = password
    command = [sys.executable, "-m", "services", "viewer", "-i", "-", "--port", "0"]
    done = subprocess.run(command, env=environment, input=b"", capture_output=True, timeout=60, check=True)
    return done.stderr.decode()


@pytest.mark.parametrize("password", [None, ""])
def test_without_a_password_one_is_made_up_and_shown(password: str | None) -> None:
    """An empty variable, as compose passes it on, is none."""
    assert SHOWN in said_with(password)


def test_a_password_that_was_given_is_not_shown() -> None:
    """Whoever gave it knows it."""
    said = said_with("canary-password")
    assert SHOWN not in said
    assert "canary-password" not in said
