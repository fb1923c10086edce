"""Parts of the chain that are killed with -9 and started again at once, as systemd or compose would."""

import os
import signal
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from libs.ops.children import Child
from tests.camera.source import start_source


@dataclass
class Victims:
    """`flags` of each part by its name, a service's or `source`, the simulated cameras. What it says is in `folder`."""

    flags: Mapping[str, Sequence[str]]
    folder: Path
    running: dict[str, Child] = field(default_factory=dict)

    def start(self, names: Iterable[str]) -> None:
        """With the same flags each time; a log goes on where the one before stopped."""
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                flags = self.flags[name]
                started = start_source(flags, log) if name == "source" else Child.start(name, flags, log=log)
                self.running[name] = started

    def kill(self, names: Sequence[str]) -> int:
        """All of them at once, and start them again; when it was (ns, UTC)."""
        for name in names:
            os.kill(self.running[name].process.pid, signal.SIGKILL)
        killed_at = time.time_ns()
        for name in names:
            self.running[name].process.wait()
        self.start(names)
        return killed_at

    def check(self) -> None:
        """Nobody ended with an error; nobody met a bug."""
        for name, child in self.running.items():
            child.check()
            assert "Traceback" not in (self.folder / f"{name}.log").read_text()

    def stop(self) -> None:
        for child in reversed(self.running.values()):
            child.stop()
