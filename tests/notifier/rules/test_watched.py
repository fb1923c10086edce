"""rules.yaml while the service runs: a right one counts, a wrong one changes nothing, however it is written."""

import logging
import os
from pathlib import Path

import pytest

from libs.common.testing import FakeClock
from services.notifier.book import Book
from services.notifier.rules.read import read_book
from services.notifier.rules.watched import AGAIN_S, LOOK_S, Watched
from tests.notifier.rules.paper import PAPER


def text(*names: str, channels: str = PAPER) -> str:
    return channels + "rules:\n" + "".join(f"  - {{name: {name}, channels: paper}}\n" for name in names)


class Desk:
    """A file of rules that is followed, and a clock that is told to go on."""

    def __init__(self, folder: Path, content: str = "") -> None:
        self.path = folder / "rules.yaml"
        if content:
            self.path.write_text(content)
        self.clock = FakeClock()
        self.reads = 0
        self.watched = Watched(self.path, read_book(self.path), self.clock, self._read)

    def _read(self, path: Path) -> Book:
        self.reads += 1
        return read_book(path)

    def look(self, times: int = 2) -> bool:
        """After as much time as it takes; whether anything changed."""
        found = []
        for _ in range(times):
            self.clock.advance(LOOK_S)
            found.append(self.watched.look())
        return any(found)

    @property
    def names(self) -> list[str]:
        return [rule.name for rule in self.watched.book.rules]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """With one rule, read and settled."""
    made = Desk(tmp_path, text("a"))
    assert not made.look()
    made.reads = 0
    return made


def test_a_new_file_counts_once_it_stays_the_same(desk: Desk) -> None:
    """Two looks apart: some editors empty it before they write."""
    desk.path.write_text(text("a", "b"))
    assert not desk.look(1)
    assert desk.look(1)
    assert desk.names == ["a", "b"]


def test_nothing_is_read_while_nothing_changes(desk: Desk) -> None:
    """An idle service takes no share of a core."""
    assert not desk.look(50)
    assert desk.reads == 0


def test_it_is_not_looked_at_more_often_than_needed(desk: Desk) -> None:
    """The stage asks a few times a second."""
    desk.path.write_text(text("b"))
    for _ in range(19):
        desk.clock.advance(LOOK_S / 10)
        assert not desk.watched.look()


def test_what_was_written_before_the_first_look_is_not_missed(tmp_path: Path) -> None:
    """Between the reading of the file and the beginning of this."""
    (tmp_path / "rules.yaml").write_text(text("a"))
    book = read_book(tmp_path / "rules.yaml")
    (tmp_path / "rules.yaml").write_text(text("b"))
    clock = FakeClock()
    watched = Watched(tmp_path / "rules.yaml", book, clock)
    for _ in range(2):
        clock.advance(LOOK_S)
        watched.look()
    assert [rule.name for rule in watched.book.rules] == ["b"]


def test_a_wrong_file_is_refused_in_one_line_and_the_old_one_goes_on(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """Said once, however often it is looked at; and that it is right again."""
    caplog.set_level(logging.INFO)
    desk.path.write_text(text("a").replace("name: a", "name: a, cooldown: x"))
    assert not desk.look(40)
    line = f"--rules {desk.path}: rule a, cooldown 'x': expected a number"
    assert (desk.names, desk.watched.refused) == (["a"], line)
    desk.path.write_text(text("a", "b"))
    assert desk.look()
    assert (desk.names, desk.watched.refused) == (["a", "b"], "")
    assert [record.getMessage() for record in caplog.records] == [
        f"nothing changed: {line}",
        f"{desk.path} is right again",
        f"{desk.path}: rules: new: b",
    ]


def test_a_file_that_is_replaced_by_renaming_is_read(desk: Desk) -> None:
    """Even with the size and the time of the old one."""
    other = desk.path.with_name("new")
    other.write_text(text("b"))
    before = desk.path.stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(desk.path)
    assert desk.look()
    assert desk.names == ["b"]


def test_a_file_behind_a_link_that_is_swapped_is_read(tmp_path: Path) -> None:
    """As Kubernetes does with config maps: rules.yaml -> ..data/rules.yaml, ..data -> ..2026_01."""
    for number, name in enumerate(("a", "b"), 1):
        (tmp_path / f"..2026_0{number}").mkdir()
        (tmp_path / f"..2026_0{number}" / "rules.yaml").write_text(text(name))
    (tmp_path / "..data").symlink_to("..2026_01")
    (tmp_path / "rules.yaml").symlink_to("..data/rules.yaml")
    desk = Desk(tmp_path)
    assert not desk.look()
    (tmp_path / "..data_tmp").symlink_to("..2026_02")
    (tmp_path / "..data_tmp").replace(tmp_path / "..data")
    assert desk.look()
    assert desk.names == ["b"]


def test_a_file_that_is_gone_for_a_moment_changes_nothing(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """Some editors move the old one away first."""
    content = desk.path.read_text()
    desk.path.unlink()
    assert not desk.look(1)
    desk.path.write_text(content)
    assert not desk.look()
    assert (desk.names, caplog.messages) == (["a"], [])


def test_a_file_that_stays_away_is_said_once_and_the_old_one_goes_on(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """It counts again as soon as it is back."""
    desk.path.unlink()
    assert not desk.look(100)
    assert desk.names == ["a"]
    (line,) = caplog.messages
    assert line == f"nothing changed: --rules {desk.path}: expected readable YAML (No such file or directory)"
    desk.path.write_text(text("b"))
    assert desk.look()
    assert desk.names == ["b"]


def test_a_half_written_file_is_not_read_while_it_grows(desk: Desk) -> None:
    """Not even where each half of it would be right."""
    names = [f"r{number}" for number in range(10)]
    for count in range(1, 11):
        desk.path.write_text(text(*names[:count]))
        assert not desk.look(1)
    assert desk.reads == 0
    assert desk.look(1)
    assert desk.names == names


def test_another_order_of_rules_counts(tmp_path: Path) -> None:
    """Of two rules with the same channel the first one tells."""
    desk = Desk(tmp_path, text("a", "b"))
    desk.path.write_text(text("b", "a"))
    assert desk.look()
    assert desk.names == ["b", "a"]


SECRET = "channels: {paper: {type: paper, password_file: pw}, other: {type: paper}}\n"


def test_another_secret_in_its_file_is_another_channel(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its settings are no longer equal: who has the channel open opens it anew."""
    caplog.set_level(logging.INFO)
    (tmp_path / "pw").write_text("canary-old")
    desk = Desk(tmp_path, text("a", channels=SECRET))
    assert not desk.look()
    before = desk.watched.book.channels
    (tmp_path / "pw").write_text("canary-new")
    assert desk.look()
    after = desk.watched.book.channels
    assert after["paper"] != before["paper"]
    assert after["other"] == before["other"]
    assert caplog.messages[-1] == f"{desk.path}: channels: changed: paper"


def test_a_secret_that_comes_later_is_waited_for(tmp_path: Path) -> None:
    """The file of rules was there first: it is tried again."""
    desk = Desk(tmp_path, text("a"))
    desk.path.write_text(text("b", channels=SECRET))
    assert not desk.look()
    assert "password_file" in desk.watched.refused
    (tmp_path / "pw").write_text("canary")
    assert desk.look(round(AGAIN_S / LOOK_S) + 1)
    assert (desk.names, desk.watched.refused) == (["b"], "")


def test_a_refused_file_is_not_tried_all_the_time(desk: Desk) -> None:
    """A large one takes seconds."""
    desk.path.write_text("rules: 5")
    desk.look(2)
    assert desk.reads == 1
    desk.look(round(AGAIN_S / LOOK_S) * 3)
    assert desk.reads == 4
