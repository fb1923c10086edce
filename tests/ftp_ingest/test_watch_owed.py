"""What is yet to be done with files whose pictures the bus has."""

import os
import threading
from pathlib import Path

import pytest

from libs.common.errors import TemporaryError
from libs.common.metrics import Metrics
from services.ftp_ingest.watch.afterwards import Afterwards
from services.ftp_ingest.watch.aside import aside, hidden_name
from services.ftp_ingest.watch.book import Book
from services.ftp_ingest.watch.files import Look
from services.ftp_ingest.watch.folders import Folders
from services.ftp_ingest.watch.ledger import PUBLISHED, Done, Ledger
from services.ftp_ingest.watch.tally import Tally
from tests.ftp_ingest.files import jpeg
from tests.ftp_ingest.watch_rig import plan_of, until, watching


def test_it_says_whether_it_could_be_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If not, the file stays, and goes when it is told again."""

    def refused(*_: object) -> None:
        raise TemporaryError("the disk is full")

    path = tmp_path / "in" / "1.jpg"
    path.parent.mkdir()
    with watching(tmp_path, plan_of(f"porch={path.parent}", after="delete"), acknowledge=False) as rig:
        path.write_bytes(jpeg(1))
        until(lambda: rig.box.taken)
        with monkeypatch.context() as full:
            full.setattr(Ledger, "put", refused)
            assert not rig.watch.settled(rig.box.origins[0], None)
        assert path.exists()
        assert rig.watch.settled(rig.box.origins[0], None)
        until(lambda: not path.exists())
    assert rig.box.numbers() == [1]


@pytest.mark.parametrize("action", ["delete", "move"])
def test_a_picture_that_comes_in_the_last_moment_is_taken(
    tmp_path: Path, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the name of the one that is taken away, after that was looked at."""
    path, unseen = tmp_path / "in" / "now.jpg", tmp_path / "unseen"
    path.parent.mkdir()
    unseen.write_bytes(jpeg(2))
    is_published = Afterwards._is_published

    def late(self: Afterwards, at: int, name: str, of: str) -> bool:
        found = is_published(self, at, name, of)
        if unseen.exists():
            unseen.rename(path)
        return found

    monkeypatch.setattr(Afterwards, "_is_published", late)
    plan = plan_of(f"porch={path.parent}", after=action, move_to=tmp_path / "done" if action == "move" else None)
    with watching(tmp_path, plan) as rig:
        path.write_bytes(jpeg(1))
        until(lambda: len(rig.box.taken) == 2)
        until(lambda: not list(path.parent.iterdir()))
    assert rig.box.numbers() == [1, 2]


def test_what_a_killed_process_had_put_aside_is_taken_away(tmp_path: Path) -> None:
    """It is nobody's new picture."""
    path = tmp_path / "in" / "1.jpg"
    path.parent.mkdir()
    path.write_bytes(jpeg(1))
    found, ledger = path.stat(), Ledger(tmp_path / "spool")
    ledger.put(PUBLISHED, [(str(path), Done(Look(found.st_mtime_ns, found.st_size)))], owed=True)
    ledger.close()
    path.rename(path.with_name(hidden_name(path.name)))
    with watching(tmp_path, plan_of(f"porch={path.parent}", after="delete", existing=True)) as rig:
        until(lambda: not list(path.parent.iterdir()))
    assert rig.box.taken == []


def test_one_that_is_put_back_takes_nobodys_place(tmp_path: Path) -> None:
    """Another came meanwhile: both are there."""
    path = tmp_path / "now.jpg"
    path.write_bytes(jpeg(1))
    at = os.open(tmp_path, os.O_RDONLY)
    with aside(at, path.name):
        path.write_bytes(jpeg(2))
    os.close(at)
    assert path.read_bytes() == jpeg(2)
    assert sorted(each.read_bytes() for each in tmp_path.iterdir()) == sorted([jpeg(1), jpeg(2)])
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".")]


def test_a_root_that_comes_and_goes_asks_for_no_file_twice(tmp_path: Path) -> None:
    """What is yet to be taken away is known once, however often a share comes back."""
    ledger = Ledger(tmp_path)
    ledger.put(PUBLISHED, [(f"/gone/{number}.jpg", Done(Look(1, 1))) for number in range(3)], owed=True)
    folder = plan_of("porch=/gone", after="delete")
    book, tally = Book(ledger, []), Tally(Metrics())
    afterwards = Afterwards(folder, Folders(folder.folders), book, tally, threading.Event())
    for _ in range(5):
        afterwards.again()
    assert [afterwards.step() for _ in range(4)] == [True, True, True, False]
    ledger.close()
