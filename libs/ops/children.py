"""Services as child processes: started with the flags they would have in a terminal, watched, stopped in order."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO
from urllib.error import URLError
from urllib.request import urlopen

from libs.common.errors import FatalError
from libs.ops.die_with_parent import dying_with_us
from libs.ops.ports import free_port

LOOK_S = 0.1
STOP_S = 12.0


@dataclass
class Child:
    """One running service; `http` is where it tells how it is."""

    name: str
    process: "subprocess.Popen[bytes]"
    http: str

    @classmethod
    def start(
        cls, name: str, flags: Sequence[str], environment: Mapping[str, str] | None = None, log: BinaryIO | None = None
    ) -> "Child":
        """Run `framebus NAME FLAGS`; it gets no Ctrl-C of its own and does not outlive us. `log` gets its stderr."""
        http = f"127.0.0.1:{free_port()}"
        command = [sys.executable, "-m", "services", name, *flags, "--http", http]
        environment = {**os.environ, **(environment or {})}
        process = subprocess.Popen(dying_with_us(command), env=environment, stderr=log, start_new_session=True)
        return cls(name, process, http)

    def status(self) -> dict[str, Any] | None:
        """What /status says; None while it does not answer."""
        try:
            with urlopen(f"http://{self.http}/status", timeout=2) as answer:
                found: dict[str, Any] = json.load(answer)
        except (URLError, OSError, ValueError):
            return None
        return found

    def wait_ready(self, timeout_s: float) -> None:
        """Raises FatalError if it ends, or is not ready within timeout_s."""
        deadline_s = time.monotonic() + timeout_s
        while time.monotonic() < deadline_s:
            self.check()
            if (status := self.status()) is not None and status["ready"]:
                return
            time.sleep(LOOK_S)
        raise FatalError(f"the {self.name} is not ready after {timeout_s:g} s")

    def check(self) -> None:
        """Raises FatalError if it has ended with an error."""
        if self.process.poll():
            raise FatalError(f"the {self.name} ended with status {self.process.returncode}")

    def stop(self) -> None:
        """Ask it to end, wait, and kill it if it does not."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
