"""What is known of files that are gone."""

from pathlib import Path

import pytest

from libs.common.clock import SystemClock
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock
from services.ftp_ingest.watch import patrol
from services.ftp_ingest.watch.files import Look
from services.ftp_ingest.watch.ledger import PUBLISHED, Done, Ledger
from services.ftp_ingest.watch.pruning import FORGOTTEN_NS, Pruning
from services.ftp_ingest.watch.watch import Watch
from tests.ftp_ingest.watch_rig import Box, plan_of

LOOK = Look(1, 1)


def gone_since(ledger: Ledger) -> list[int | None]:
    return [since for _, since in ledger.after(PUBLISHED, "", 10)]


def test_a_share_that_is_not_mounted_yet_is_not_forgotten(tmp_path: Path) -> None:
    """It was away when somebody looked, and then the machine was off for longer than a week."""
    clock, ledger = FakeClock(), Ledger(tmp_path)
    path = tmp_path / "share" / "1.jpg"
    ledger.put(PUBLISHED, [(str(path), Done(LOOK))])
    list(Pruning(ledger, clock).steps())
    clock.advance(FORGOTTEN_NS / 1e9 + 1)
    after = Pruning(ledger, clock)
    list(after.steps())
    assert gone_since(ledger) == [FakeClock().now_ns()]
    path.parent.mkdir()
    path.touch()
    list(after.steps())
    assert gone_since(ledger) == [None]


def test_what_is_still_gone_at_the_second_look_is_forgotten(tmp_path: Path) -> None:
    """After a week, whenever this process began."""
    clock, ledger = FakeClock(), Ledger(tmp_path)
    ledger.put(PUBLISHED, [(str(tmp_path / "1.jpg"), Done(LOOK))])
    list(Pruning(ledger, clock).steps())
    clock.advance(FORGOTTEN_NS / 1e9 + 1)
    after = Pruning(ledger, clock)
    list(after.steps())
    list(after.steps())
    assert gone_since(ledger) == []


@pytest.mark.parametrize(("every_s", "looks"), [(3600.0, False), (0.0, True)])
def test_nobody_looks_right_after_the_start(
    tmp_path: Path, every_s: float, looks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A share may be mounted a little later."""
    monkeypatch.setattr(patrol, "PRUNE_EVERY_S", every_s)
    monkeypatch.setattr(patrol, "ROOTS_EVERY_S", 0.01)
    ledger = Ledger(tmp_path / "ledger")
    ledger.put(PUBLISHED, [(str(tmp_path / "gone.jpg"), Done(LOOK))])
    plan = plan_of(f"porch={tmp_path / 'share'}")
    watch = Watch(plan, Box(), tmp_path / "ledger", [], Metrics(), SystemClock())
    for _ in range(5):
        watch._patrol.turn()
    watch.close()
    assert (gone_since(ledger) != [None]) == looks
    ledger.close()
