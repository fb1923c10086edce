"""What the pages say is true: examples run, commands are accepted, flags, metrics, links and paths exist."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from libs.common.flags import read
from libs.common.metrics import Metrics
from libs.common.settings_environment import PREFIX, variable_of
from libs.common.testing import FakeClock
from services.__main__ import COMMANDS
from services.detector.counts import Counts
from services.detector.model_command import ModelCommand
from services.ftp_ingest.counts import Counts as UploadCounts
from services.ftp_ingest.server.tallies import Tallies
from services.ftp_ingest.user_command import User
from services.ftp_ingest.watch.tally import Tally
from services.notifier.counts import HappeningCounts
from services.notifier.delivery.notice_counts import NoticeCounts
from services.producer.onvif.discover import Discover
from tests.docs.pages import DECISIONS, GUIDES, PAGES, ROOT, blocks, code_in, commands, files, framebus_calls, prose
from tests.notifier.fake_ledger import FakeLedger, FakeLog

BIN = Path(sys.executable).parent
RUN_S = 600
FLAG = re.compile(r"(?<![\w=-])--[a-z][a-z-]*[a-z]")
TESTS = {"FRAMEBUS_TEST_FOREIGN", "FRAMEBUS_TEST_NO_SKIP", "FRAMEBUS_TEST_SEED", "FRAMEBUS_TEST_TORCH"}
OTHER_VARIABLES = {"FRAMEBUS_CONFIG", "FRAMEBUS_MAVEN_MIRROR", *TESTS}
BELOW: dict[str, type[BaseSettings]] = {
    "detector model": ModelCommand,
    "producer discover": Discover,
    "ftp-ingest user": User,
}
"""Commands of two words: below another one, with flags of their own."""

TREE = re.compile(r"(?:services|libs|tests|docs|deploy|bench|requirements|\.ci)/[\w./*-]*")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with deploy/ and the files that the pages show, and no setting in the environment."""
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    for name, text in files("yaml").items():
        (tmp_path / name).write_text(text)
    (tmp_path / "porch.url").write_text("rtsp://USER:PASSWORD@HOST/PATH")
    for name in [name for name in os.environ if name.startswith(PREFIX) and name not in OTHER_VARIABLES]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@cache
def help_of(command: str) -> str:
    """What `framebus COMMAND --help` says."""
    asked = [sys.executable, "-m", "services", *command.split(), "--help"]
    return subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=True, timeout=30).stdout


def settings_of(command: str) -> type[BaseSettings] | None:
    """The settings class that reads this command's flags, where it has one."""
    if command in BELOW:
        return BELOW[command]
    found: type[BaseSettings] | None = getattr(import_module(COMMANDS[command][0]), "Settings", None)
    return found


def parted(words: Sequence[str]) -> tuple[str, list[str]]:
    """The command, of one word or two, and its flags."""
    length = 2 if " ".join(words[:2]) in BELOW else 1
    return " ".join(words[:length]), list(words[length:])


def variables() -> set[str]:
    """Every variable that a settings class reads."""
    classes = [found for name in (*COMMANDS, *BELOW) if (found := settings_of(name))]
    fields = {variable_of(each, name) for each in classes for name in each.model_fields}
    return fields | OTHER_VARIABLES


@pytest.mark.parametrize("script", [pytest.param(it.text, id=f"{it.page}-{it.text[:40]}") for it in blocks("sh run")])
@pytest.mark.usefixtures("folder")
def test_a_block_marked_to_run_runs(script: str) -> None:
    """In an empty folder, line by line, to the end, with status 0 of every part."""
    subprocess.run(["bash", "-euo", "pipefail", "-c", script], check=True, timeout=RUN_S)


@pytest.mark.parametrize("words", [pytest.param(words, id=" ".join(words)) for words in framebus_calls()])
@pytest.mark.usefixtures("folder")
def test_a_command_is_accepted(words: tuple[str, ...]) -> None:
    """By the settings class that would read it; where a command has none, its help knows the flags."""
    command, flags = parted([word for word in words[1:] if word != "--json"] if words[0] == "config" else words)
    if settings := settings_of(command) if "--help" not in flags else None:
        read(settings, flags, "framebus", "")
    assert set(FLAG.findall(" ".join(flags))) <= {*FLAG.findall(help_of(command)), "--help"}


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_flag_that_is_named_exists(page: Path) -> None:
    """In the help of some command."""
    named = {flag for code in code_in(prose(page)) for flag in FLAG.findall(code)}
    assert named <= {flag for command in (*COMMANDS, *BELOW) for flag in FLAG.findall(help_of(command))}


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_variable_that_is_named_is_read(page: Path) -> None:
    """FRAMEBUS_X_… stands for all that begin so."""
    named = set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]\b(?!_)", page.read_text()))
    assert named <= variables()


def test_the_metrics_are_the_metrics() -> None:
    """No more and no fewer than services serve, those of one service alone among them."""
    metrics = Metrics()
    Counts(metrics)
    UploadCounts(metrics).watch(lambda: (0, 0, 0.0))
    Tallies(metrics)
    Tally(metrics)
    HappeningCounts(metrics)
    NoticeCounts(metrics, FakeLedger(FakeLog(FakeClock())), FakeClock())
    for path in (ROOT / "services" / "producer").rglob("*.py"):
        for name in re.findall(r'"(framebus_\w+)"', path.read_text()):
            metrics.reasons(name, "", ())
    page = (ROOT / "docs" / "operations.md").read_text()
    named = set(re.findall(r"^\| `(framebus_\w+)", page, re.MULTILINE))
    ends = {"counter": "_total", "info": "_info"}
    families = {family.name + ends.get(family.type, "") for family in metrics.registry.collect()}
    assert named == {family for family in families if family.startswith("framebus_")}


def test_every_make_target_that_is_named_exists() -> None:
    """In the shell blocks and between backticks."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    scripts = [block.text for block in blocks("sh", "sh run")]
    spoken = [code for page in PAGES for code in code_in(prose(page)) if code.startswith("make ")]
    named = {words[1] for text in [*scripts, *spoken] for words in commands(text) if words[0] == "make"}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file or folder of the repository, and to a heading where it names one."""
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", prose(page)):
        path, _, heading = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        assert not heading or heading in headings(found), target


def headings(page: Path) -> set[str]:
    """The names by which headings of a page are linked to."""
    titles = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_path_that_is_named_exists(page: Path) -> None:
    """`*` stands for anything; the files of the example service exist on the page."""
    made = files("python")
    named = [code for code in code_in(prose(page)) if TREE.fullmatch(code)]
    assert [path for path in named if path not in made and not list(ROOT.glob(path.rstrip("/")))] == []


def test_every_decision_is_in_the_index() -> None:
    """A page that nobody finds was not written."""
    index = (ROOT / "docs" / "decisions" / "README.md").read_text()
    assert [page.name for page in DECISIONS if page.name != "README.md" and f"({page.name})" not in index] == []
