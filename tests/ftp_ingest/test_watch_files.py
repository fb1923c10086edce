"""Pictures that somebody puts into a watched folder, in whatever way, arrive once and whole."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from services.ftp_ingest.watch import pending
from tests.ftp_ingest.files import jpeg
from tests.ftp_ingest.watch_rig import Rig, plan_of, until, watching

POLLS = (None, 0.1)
needs_rsync = pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync is not installed (make system)")


def filled(folder: Path, count: int) -> Path:
    """A folder of pictures with numbers from 1 on."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(1, count + 1):
        (folder / f"{number}.jpg").write_bytes(jpeg(number))
    return folder


def has(rig: Rig, *numbers: int) -> bool:
    return sorted(rig.box.numbers()) == sorted(numbers)


@pytest.fixture
def porch(tmp_path: Path) -> Path:
    folder = tmp_path / "porch"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("poll_s", POLLS)
def test_a_file_that_is_written_into_it_is_taken(tmp_path: Path, porch: Path, poll_s: float | None) -> None:
    """Under its name, for its camera."""
    with watching(tmp_path, plan_of(f"porch={porch}", poll_s=poll_s)) as rig:
        (porch / "door.jpg").write_bytes(jpeg(7))
        until(lambda: rig.box.taken)
    assert rig.box.taken == [("porch", "door.jpg", 7)]


@needs_rsync
@pytest.mark.parametrize(
    ("how", "poll_s"), [((), None), (("--inplace",), None), (("--append",), None), ((), 0.1), (("--inplace",), 0.1)]
)
def test_what_rsync_brings_is_taken_once(
    tmp_path: Path, porch: Path, how: tuple[str, ...], poll_s: float | None
) -> None:
    """Also where it sets the time of a file after it has closed it."""
    source = filled(tmp_path / "source", 30)
    for path in source.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    with watching(tmp_path, plan_of(f"porch={porch}", poll_s=poll_s)) as rig:
        subprocess.run(["rsync", "-a", *how, f"{source}/", f"{porch}/"], check=True)
        until(lambda: len(rig.box.taken) >= 30)
        filled(porch / "later", 1)
        until(lambda: len(rig.box.taken) >= 31)
    assert has(rig, 1, *range(1, 31))


@needs_rsync
def test_only_what_is_new_is_taken_when_rsync_runs_again(tmp_path: Path, porch: Path) -> None:
    """It leaves alone what is there, and so do we."""
    source = filled(tmp_path / "source", 5)
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        subprocess.run(["rsync", "-a", f"{source}/", f"{porch}/"], check=True)
        until(lambda: len(rig.box.taken) == 5)
        (source / "6.jpg").write_bytes(jpeg(6))
        subprocess.run(["rsync", "-a", f"{source}/", f"{porch}/"], check=True)
        until(lambda: len(rig.box.taken) == 6)
    assert has(rig, *range(1, 7))


@pytest.mark.parametrize("poll_s", POLLS)
def test_a_file_whose_times_are_copied_afterwards_is_taken_once(
    tmp_path: Path, porch: Path, poll_s: float | None
) -> None:
    """As shutil, scp and Samba do it. A younger file, looked at as long, comes behind it."""
    source = filled(tmp_path / "source", 1) / "1.jpg"
    os.utime(source, (1_700_000_000, 1_700_000_000))
    with watching(tmp_path, plan_of(f"porch={porch}", poll_s=poll_s)) as rig:
        shutil.copyfile(source, porch / "1.jpg")
        until(lambda: rig.box.taken)
        shutil.copystat(source, porch / "1.jpg")
        (porch / "younger.jpg").hardlink_to(filled(tmp_path / "source", 1) / "1.jpg")
        until(lambda: len(rig.box.taken) >= 2)
    assert [name for _, name, _ in rig.box.taken] == ["1.jpg", "younger.jpg"]


def test_a_file_that_grows_slowly_is_taken_when_it_is_whole(tmp_path: Path, porch: Path) -> None:
    """Half of it was looked at and is waited for."""
    whole = jpeg(3)
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig, (porch / "slow.jpg").open("wb", buffering=0) as file:
        file.write(whole[:100])
        until(lambda: rig.box.offered)
        assert not rig.box.taken
        file.write(whole[100:])
        file.close()
        until(lambda: rig.box.taken)
    assert has(rig, 3)
    assert rig.left() == {}


def test_a_file_that_is_being_written_over_is_not_read(
    tmp_path: Path, porch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the new picture and half of the old one look like a whole one."""
    old, new = jpeg(1), jpeg(16**40)
    half = next(at for at in range(len(old)) if old[at] != new[at]) + 1
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        monkeypatch.setattr(pending, "STILL_S", 60.0)
        rig.box.full = True
        (porch / "1.jpg").write_bytes(old)
        until(lambda: rig.box.offered > 3)
        with (porch / "1.jpg").open("r+b", buffering=0) as file:
            file.write(new[:half])
            rig.box.full = False
            (porch / "2.jpg").write_bytes(jpeg(2))
            until(lambda: rig.box.taken)
            file.write(new[half:])
        until(lambda: len(rig.box.taken) == 2)
    assert rig.box.numbers() == [2, 16**40]


def test_a_file_that_is_closed_half_is_waited_for(tmp_path: Path, porch: Path) -> None:
    """A sender that lost its connection and goes on."""
    whole = jpeg(3)
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        (porch / "slow.jpg").write_bytes(whole[:100])
        until(lambda: rig.box.offered)
        with (porch / "slow.jpg").open("ab") as file:
            file.write(whole[100:])
        until(lambda: rig.box.taken)
    assert has(rig, 3)
    assert rig.left() == {}


def test_a_file_that_stays_half_is_left_and_taken_if_it_is_finished_after_all(tmp_path: Path, porch: Path) -> None:
    """It is tried twice, then counted; a change makes it a new one."""
    path = porch / "half.jpg"
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        path.write_bytes(jpeg(3)[:-2])
        until(lambda: rig.left() == {"cut-off": 1})
        assert rig.box.offered == 2
        assert path.exists()
        path.write_bytes(jpeg(3))
        until(lambda: rig.box.taken)
    assert rig.left() == {"cut-off": 1}


@pytest.mark.parametrize("name", [".door.jpg", ".door.jpg.Xy12", "door.jpg.part", "door.TMP", "door.jpg~"])
def test_what_is_not_finished_is_left_alone_until_it_is_renamed(tmp_path: Path, porch: Path, name: str) -> None:
    """Nobody even looks at it."""
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        (porch / name).write_bytes(jpeg(1))
        (porch / "other.jpg").write_bytes(jpeg(2))
        until(lambda: rig.box.taken)
        (porch / name).rename(porch / "door.jpg")
        until(lambda: len(rig.box.taken) == 2)
    assert rig.box.numbers() == [2, 1]
    assert rig.box.offered == 2


def test_a_file_that_is_moved_copied_or_linked_into_it_is_taken(tmp_path: Path, porch: Path) -> None:
    """From elsewhere on the same disk."""
    source = filled(tmp_path / "source", 3)
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        (source / "1.jpg").rename(porch / "a.jpg")
        shutil.copy(source / "2.jpg", porch / "b.jpg")
        (porch / "c.jpg").hardlink_to(source / "3.jpg")
        until(lambda: len(rig.box.taken) == 3)
    assert has(rig, 1, 2, 3)


def test_pictures_in_new_folders_are_taken(tmp_path: Path, porch: Path) -> None:
    """Made deep at once, copied as a whole, moved in as a whole; and what comes into them later."""
    source = filled(tmp_path / "source" / "a" / "b", 20).parents[1]
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        shutil.copytree(source, porch / "copied")
        filled(porch / "one" / "two" / "three", 20)
        (tmp_path / "source").rename(porch / "moved")
        until(lambda: len(rig.box.taken) >= 60)
        (porch / "moved" / "a" / "b" / "new.jpg").write_bytes(jpeg(99))
        until(lambda: 99 in rig.box.numbers())
    assert has(rig, 99, *(3 * list(range(1, 21))))


def test_a_folder_that_was_renamed_is_still_watched(tmp_path: Path, porch: Path) -> None:
    """Under its new name."""
    (porch / "old").mkdir()
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        (porch / "old").rename(porch / "new")
        (porch / "new" / "1.jpg").write_bytes(jpeg(1))
        until(lambda: rig.box.taken)
    assert rig.box.taken == [("porch", "new/1.jpg", 1)]


def test_a_folder_that_went_and_was_made_anew_is_watched(tmp_path: Path, porch: Path) -> None:
    """And what comes into the one that went is nobody's."""
    (porch / "day").mkdir()
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        (porch / "day").rename(tmp_path / "away")
        filled(porch / "day", 1)
        until(lambda: len(rig.box.taken) == 1)
        (tmp_path / "away" / "3.jpg").write_bytes(jpeg(3))
        (porch / "day" / "2.jpg").write_bytes(jpeg(2))
        until(lambda: len(rig.box.taken) == 2)
    assert rig.box.numbers() == [1, 2]


@pytest.mark.parametrize("poll_s", POLLS)
def test_a_thousand_files_at_once_arrive_each_once(tmp_path: Path, porch: Path, poll_s: float | None) -> None:
    """However they are told."""
    with watching(tmp_path, plan_of(f"porch={porch}", poll_s=poll_s)) as rig:
        filled(porch, 1000)
        until(lambda: len(rig.box.taken) >= 1000, 60)
    assert has(rig, *range(1, 1001))


def test_the_same_name_with_another_picture_is_a_new_one(tmp_path: Path, porch: Path) -> None:
    """As cameras do that know one name only."""
    with watching(tmp_path, plan_of(f"porch={porch}")) as rig:
        for number in (1, 2, 3):
            (porch / "now.jpg").write_bytes(jpeg(number))
            until(lambda number=number: len(rig.box.taken) == number)  # type: ignore[misc]
    assert rig.box.numbers() == [1, 2, 3]
