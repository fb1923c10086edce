"""One service of a pipe as a child process: what it costs, and what it said if it failed."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from libs.ops.die_with_parent import dying_with_us

SAID_BYTES = 4096


@dataclass
class PipeStage:
    """A running service; its stdout is ours to read, or the next one's."""

    name: str
    process: "subprocess.Popen[bytes]"
    said: IO[bytes]
    start_cpu_s: float = 0.0
    """What it had used when its first message came out: loading its code, a model."""
    cpu_s: float = 0.0
    """What it has used altogether; known when it has ended."""

    @classmethod
    def start(cls, name: str, flags: Sequence[str], stdin: int | IO[bytes]) -> "PipeStage":
        """Run `framebus NAME FLAGS -t -`; call it from a thread that lives as long as the pipe."""
        command = [sys.executable, "-m", "services", name, *flags, "-t", "-", "--log-level", "ERROR"]
        said = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        process = subprocess.Popen(
            dying_with_us(command), stdin=stdin, stdout=subprocess.PIPE, stderr=said, start_new_session=True
        )
        return cls(name, process, said)

    @property
    def output(self) -> IO[bytes]:
        """Its stdout."""
        assert self.process.stdout is not None  # noqa: S101 - it was started with a pipe
        return self.process.stdout

    def began(self) -> None:
        """Its first message is out."""
        self.start_cpu_s = self.start_cpu_s or used_s(self.process.pid)

    def wait(self) -> int:
        """Wait for its end; its exit status."""
        if self.process.returncode is None:
            _, status, usage = os.wait4(self.process.pid, 0)
            self.process.returncode = os.waitstatus_to_exitcode(status)
            self.cpu_s = usage.ru_utime + usage.ru_stime
        return self.process.returncode

    def last_words(self) -> str:
        """The last line on its stderr, without the name of the service before it."""
        self.said.seek(max(0, self.said.seek(0, os.SEEK_END) - SAID_BYTES))
        lines = self.said.read().decode(errors="replace").strip().splitlines()
        return lines[-1].removeprefix(f"framebus {self.name}: ") if lines else "it said nothing"

    def stop(self) -> None:
        """Kill it if it still runs."""
        if self.process.returncode is None:
            self.process.kill()
            self.wait()

    def close(self) -> None:
        """Let go of its files."""
        self.output.close()
        self.said.close()


def used_s(pid: int) -> float:
    """CPU seconds of a process so far (proc(5), fields 14 and 15); 0 where the system has no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
