"""Programs that share nothing with framebus but docs/messages.md; those in Node.js only on request."""

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from libs.common.topics import TOPICS
from libs.ops.kafka_broker import Broker

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples" / "node"
INSTALL = ["npm", "install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
RUN_S = 60

collect_ignore = [] if os.environ.get("FRAMEBUS_TEST_FOREIGN") == "1" else ["test_node.py"]
"""Debian's npm is 350 packages: too many for every run."""

Run = Callable[..., str]
Make = Callable[[str], str]


def absent(tool: str, package: str) -> None:
    """Leave the test out by name, or fail it where FRAMEBUS_TEST_NO_SKIP says that all must run."""
    give_up = pytest.fail if os.environ.get("FRAMEBUS_TEST_NO_SKIP") == "1" else pytest.skip
    give_up(f"{tool} is absent: apt-get install {package}")


def output_of(command: list[str], folder: Path) -> str:
    """What it prints; fails with its errors if it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=RUN_S, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def make(kafka: KafkaSettings, fresh: Callable[[str], str]) -> Make:
    """Makes a topic as `framebus topics` makes the one of that name, under a name of its own, and gives that."""

    def make(name: str) -> str:
        topic = replace(TOPICS[name], name=fresh(name), retention_ms=-1)
        with Admin(kafka) as admin:
            admin.create(topic)
        return topic.name

    return make


@pytest.fixture(scope="session")
def node_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples as a reader of the page has them: copied, their two packages installed."""
    for tool in ("node", "npm"):
        if not shutil.which(tool):
            absent(tool, "nodejs npm")
    folder = tmp_path_factory.mktemp("foreign") / "node"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("node_modules"))
    output_of(INSTALL, folder)
    return folder


@pytest.fixture
def node(node_folder: Path) -> Run:
    """Runs one of the examples."""
    return lambda *words: output_of(["node", *map(str, words)], node_folder)


@pytest.fixture
def kcat(tmp_path: Path, broker: Broker) -> Run:
    """Runs kcat against the shared broker."""
    if not shutil.which("kcat"):
        absent("kcat", "kcat")
    return lambda *words: output_of(["kcat", "-b", broker.bootstrap, *words], tmp_path)
