"""Each service alone: a fresh environment with its own requirements and nothing else, where it is used and tested.

`make extras`, or `.venv/bin/python .ci/extras.py SERVICE ...` for some. What it says about sizes stands in README.md.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.test_layout import NEVER, SERVICES  # noqa: E402

SOURCES = ("pyproject.toml", "README.md", "LICENSE", "NOTICE", "libs", "services")
"""What a wheel is made of: the same as in deploy/Dockerfile."""

PIPED = {"producer": ("deploy/demo/street.mp4", "-t", "-"), "ftp_ingest": ("-t", "-"), "viewer": ("-i", "-")}
"""How a service needs no broker; the others are stages: `-i - -t -`."""
ON_KAFKA = {"producer": ("deploy/demo/street.mp4",), "notifier": ("--rules", "deploy/notifier/rules.yaml")}
ONLY_ON_KAFKA = {"notifier"}
"""What was told before stands on a broker: there is no pipe through it. Its channels are loaded only where the rules
name them, so it may work without all of its packages."""
NOWHERE = "127.0.0.1:1"
OF_OTHER_EXTRAS = {"backends", "webrtc"}
BESIDE_EACH_OTHER = 3

IMPORT_ALL = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]"
FOUND = "import importlib.util as u, sys; sys.stdout.write(' '.join(n for n in sys.argv[1:] if u.find_spec(n)))"


def extra(service: str) -> str:
    """The name of its extra and of its command."""
    return service.replace("_", "-")


def pins(service: str) -> set[str]:
    """The packages that a file of requirements/ names."""
    return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / f"{service}.txt").read_text(), re.MULTILINE))


def expect(right: bool, what: str) -> None:
    if not right:
        raise SystemExit(f"extras: {what}")


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def pip(*words: object, python: Path | str = sys.executable) -> None:
    command = [sys.executable, "-m", "pip", "--python", python, "--quiet", "--disable-pip-version-check", *words]
    done = subprocess.run([str(word) for word in command], cwd=ROOT, check=False)
    expect(done.returncode == 0, f"pip {' '.join(map(str, words))} failed")


def build(home: Path) -> Path:
    """framebus as a wheel, from a copy: nothing old lies about in it."""
    source = home / "source"
    source.mkdir()
    for path in map(ROOT.joinpath, SOURCES):
        if path.is_dir():
            shutil.copytree(path, source / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, source)
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", home, source)
    return next(home.glob("*.whl"))


class Alone:
    """An environment of one service. It has no pip: the one of .venv installs into it."""

    def __init__(self, service: str, home: Path, wheel: Path) -> None:
        self.service, self.home, self.bin = service, home, home / service / "bin"
        venv.create(home / service, with_pip=False, symlinks=True)
        self.install("--require-hashes", "-r", f"requirements/{service}.txt")
        # Without an index this fails where the pinned packages are not all that the extra asks for.
        self.install("--no-index", f"{wheel}[{extra(service)}]")

    def install(self, *words: object) -> None:
        pip("install", *words, python=self.bin / "python")

    def run(self, program: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Away from the tree: what is not installed is not there."""
        there = [str(ROOT / word) if word.startswith("deploy/") else word for word in words]
        command = [str(self.bin / program), *there]
        return subprocess.run(command, capture_output=True, text=True, cwd=self.home, check=False, timeout=60)

    def size(self) -> tuple[int, float]:
        """The number of packages, framebus too, and the megabytes of what was installed."""
        (site,) = (self.home / self.service).glob("lib/python3*/site-packages")
        size_bytes = sum(path.lstat().st_size for path in site.rglob("*") if path.is_file())
        return len(list(site.glob("*.dist-info"))), size_bytes / 1e6

    def check_imports(self) -> None:
        """Every module of its own is there; nothing is that its code must never load.

        A detector's backends and a producer's WebRTC are not looked at: they need an extra of their own.
        """
        own = ROOT / "services" / self.service
        paths = sorted(path for path in own.rglob("*.py") if OF_OTHER_EXTRAS.isdisjoint(path.relative_to(own).parts))
        names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in paths]
        done = self.run("python", "-I", "-c", IMPORT_ALL, *names)
        expect(done.returncode == 0, f"{self.service} does not import: {done.stderr}")
        found = self.run("python", "-I", "-c", FOUND, *NEVER[self.service])
        expect((found.returncode, found.stdout) == (0, ""), f"{self.service} has {found.stdout}{found.stderr}")

    def check_commands(self) -> None:
        """Its own help and check, which says in one line that no broker answers; then every service's."""
        name = extra(self.service)
        on_kafka = (*ON_KAFKA.get(self.service, ()), "--bootstrap", NOWHERE)
        self.ends(0, f"framebus {name}", name, "--help")
        self.ends(1, rf"(?m)^broker {NOWHERE}: \S.*\n\Z", name, *on_kafka, "--check")
        for other in SERVICES:
            self.check_other(other, extra(other))

    def check_other(self, other: str, name: str) -> None:
        """A service, this one too, that works with what is here, or says which package it lacks."""
        piped = PIPED.get(other, ("-i", "-", "-t", "-"))
        status, saying = 0, f"-> {name} ->"
        if other in ONLY_ON_KAFKA:
            piped = (*ON_KAFKA[other], "--bootstrap", NOWHERE)
            status, saying = 1, rf"-> {name} ->(.|\n)*\nbroker {NOWHERE}: "
        if not pins(other) <= pins(self.service):
            lacks = rf"\Aframebus {name}: the package \w+ is missing: pip install 'framebus\[{name}\]'\n\Z"
            status, saying = 1, f"{lacks}|{saying}" if other in ONLY_ON_KAFKA else lacks
        self.ends(status, saying, name, *piped, "--check")

    def ends(self, status: int, saying: str, *words: str) -> None:
        done = self.run("framebus", *words)
        said = done.stdout + done.stderr
        right = done.returncode == status and re.search(saying, said) is not None
        expect(right, f"{self.service}: framebus {' '.join(words)} ended with {done.returncode}, saying:\n{said}")

    def test(self) -> None:
        """The tests of this service, which get by with pytest beside what the service itself has.

        Real cameras and what wants to be alone are left to `make test`: they show nothing about packages.
        """
        self.install("--require-hashes", "-r", "requirements/test.txt")
        marks = "not real_camera and not alone"
        words = ("-m", "pytest", "-q", "-m", marks, "-p", "no:cacheprovider", f"tests/{self.service}")
        done = subprocess.run([self.bin / "python", *words], cwd=ROOT, check=False, capture_output=True, text=True)
        say(f"{self.service} alone\n{done.stdout}{done.stderr}")
        expect(done.returncode == 0, f"the tests of {self.service} failed")


def prove(service: str, home: Path, wheel: Path) -> str:
    """All of it for one service; its row in the table."""
    started = time.monotonic()
    alone = Alone(service, home, wheel)
    packages, megabytes = alone.size()
    alone.check_imports()
    alone.check_commands()
    alone.test()
    shutil.rmtree(home / service)
    return f"{service:<12}{packages:>8}{megabytes:>8.0f} MB{time.monotonic() - started:>8.0f} s\n"


def longest_first(services: Sequence[str]) -> list[str]:
    """By the number of files with tests: nobody waits at the end for one that began late."""
    return sorted(services, key=lambda service: -len(list((ROOT / "tests" / service).glob("test_*.py"))))


def main(services: Sequence[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="framebus-extras-") as folder:
        wheel = build(Path(folder))
        with ThreadPoolExecutor(BESIDE_EACH_OTHER) as pool:
            rows = sorted(pool.map(lambda service: prove(service, Path(folder), wheel), longest_first(services)))
    say(f"{'service':<12}{'packages':>8}{'installed':>11}{'took':>10}\n{''.join(rows)}")


if __name__ == "__main__":
    main(sys.argv[1:] or SERVICES)
