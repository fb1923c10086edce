"""Whatever is said on the control connection: it goes on, or ends; nothing is taken, nothing breaks."""

import contextlib
import os
import random
from pathlib import Path

import pytest

from services.ftp_ingest.server.rights import KNOWN
from tests.ftp_ingest.ftp_rig import Ftp, Raw, until, upload

SEED = int(os.environ.get("FRAMEBUS_TEST_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
ARGUMENTS = ("", "a", "/", "..", "0", "-1", "9" * 30, "|1|127.0.0.1|1|", "127,0,0,1,0,0", "TLS", "é" * 20, "%s%n", "P")


def lines(chance: random.Random) -> bytes:
    """Some that make sense, some that nearly do, some that do not."""
    made = []
    for _ in range(chance.randrange(1, 12)):
        kind = chance.randrange(4)
        if kind == 0:
            made.append(chance.randbytes(chance.randrange(1, 200)))
        elif kind == 1:
            made.append(b"x" * chance.choice((1, 2047, 2049, 9000)))
        else:
            command = chance.choice([*KNOWN, "REIN", "MFMT", "XSTOR", "pass"])
            made.append(f"{command} {chance.choice(ARGUMENTS)}".strip().encode())
    return chance.choice((b"\r\n", b"\n", b"\r\n")).join(made) + b"\r\n"


@pytest.mark.parametrize("logged_in", [False, True])
def test_no_line_breaks_the_server(tmp_path: Path, caplog: pytest.LogCaptureFixture, logged_in: bool) -> None:
    """No traceback, no thread left, no picture; and a camera uploads in between."""
    chance = random.Random(SEED)
    caplog.set_level("WARNING")
    with Ftp(tmp_path, limits={"wrong_s": 0.0, "stall_s": 0.5, "idle_s": 1.0}) as ftp, ftp.client("garden") as good:
        for _ in range(150):
            with contextlib.closing(Raw(ftp.port)) as raw, contextlib.suppress(ConnectionError):
                if logged_in:
                    raw.login()
                raw.say(lines(chance))
                raw.say(b"QUIT\r\n")
        assert upload(good).startswith("226")
        assert len(ftp.box.taken) == 1, f"FRAMEBUS_TEST_SEED={SEED}"
        until(lambda: len(ftp.server._threads) == 1)
        assert [record.getMessage() for record in caplog.records] == [], f"FRAMEBUS_TEST_SEED={SEED}"
