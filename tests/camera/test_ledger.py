"""The ledger keeps what was synced, whatever happens to its writer."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from libs.common.testing import frame
from tests.camera.ledger import Ledger, read_ledger

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import sys, pathlib
from libs.common.testing import frame
from tests.camera.ledger import Ledger
ledger = Ledger(pathlib.Path(sys.argv[1]))
for seq in range(3):
    ledger.note(frame(seq=seq))
ledger.sync()
ledger.note(frame(seq=3))
sys.stdout.write("synced")
sys.stdout.flush()
sys.stdin.read()
"""


def ids(*seqs: int) -> list[str]:
    return [frame(seq=seq).frame_id for seq in seqs]


def test_what_was_noted_is_read_with_its_time(tmp_path: Path) -> None:
    """In the order of the acknowledgements."""
    with Ledger(tmp_path / "ids") as ledger:
        for seq in (1, 0):
            ledger.note(frame(seq=seq))
    found = read_ledger(tmp_path / "ids")
    assert list(found.items()) == [(frame(seq=seq).frame_id, frame(seq=seq).captured_at) for seq in (1, 0)]


def test_a_ledger_that_nobody_has_begun_is_empty(tmp_path: Path) -> None:
    """No file, no frame."""
    assert read_ledger(tmp_path / "none") == {}


def test_kill_9_leaves_what_was_synced(tmp_path: Path) -> None:
    """And nothing half-written of what was not."""
    command = [sys.executable, "-c", WRITER, str(tmp_path / "ids")]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.read(6) == b"synced"
        os.kill(writer.pid, signal.SIGKILL)
    assert list(read_ledger(tmp_path / "ids")) == ids(0, 1, 2)


def test_a_torn_last_line_is_ignored_and_the_next_writer_goes_on_behind_it(tmp_path: Path) -> None:
    """Half a number must not become a frame, nor spoil the next line."""
    path = tmp_path / "ids"
    with Ledger(path) as ledger:
        ledger.note(frame(seq=0))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:-4])
    assert list(read_ledger(path)) == ids(0)
    with Ledger(path) as ledger:
        ledger.note(frame(seq=1))
    assert list(read_ledger(path)) == ids(0, 1)
