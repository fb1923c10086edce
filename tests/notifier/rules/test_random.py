"""Whatever stands in the file: a book, or one line; and whatever happens: a verdict of each rule."""

import os
import random
import time
from itertools import pairwise
from pathlib import Path

from libs.common.errors import SettingsError
from libs.common.testing import FakeClock
from services.notifier.book import Book
from services.notifier.rules.modes import not_alarm, not_new
from services.notifier.rules.read import read_book
from services.notifier.rules.rule import Rule
from tests.notifier.rules.happenings import NOON, SECOND_NS, happening, of
from tests.notifier.rules.judging import judge_of
from tests.notifier.rules.paper import rules_of
from tests.notifier.rules.test_read import WHOLE

SEED = int(os.environ.get("FRAMEBUS_TEST_SEED", "8"))
PIECES = (
    "null", "~", "[]", "{}", "yes", "0", "-1", "1e999", ".nan", "5:00", "2026-01-31", "'x'", '"\\0"', "*a", "&a x",
    "!!str 5", "!!binary aGk=", "<<: {a: b}", "? x", "- ", ": ", "\n", "\t", "#", "[", "{", "}", "]", ",", "ä", "\x00",
    "🙂", "canary", "password: canary", "type: paper", "name: a", "channels:", "rules:", "| ", "> ", "%", "@", "`",
)  # fmt: skip


def spoiled(text: str, chance: random.Random) -> str:
    """With a few pieces put in, taken out or doubled."""
    for _ in range(chance.randint(1, 4)):
        place, length = chance.randrange(len(text) + 1), chance.randint(0, 12)
        kept = chance.choice(("", text[place : place + length], text[place : place + length] * 2))
        text = text[:place] + chance.choice((chance.choice(PIECES), kept)) + text[place + length :]
    return text


def refusal(path: Path) -> str:
    """Why the file is refused; empty if it is a book."""
    try:
        read_book(path)
    except SettingsError as error:
        return str(error)
    return ""


def test_a_spoiled_file_is_a_book_or_one_line(tmp_path: Path) -> None:
    """Never another error, never what might be a secret."""
    chance, path = random.Random(SEED), tmp_path / "rules.yaml"
    books = 0
    for _ in range(120):
        path.write_text(spoiled(WHOLE, chance))
        line = refusal(path)
        assert line == "" or (line.startswith(f"--rules {path}: ") and line.isprintable()), SEED
        books += not line
    assert 0 < books < 120, f"FRAMEBUS_TEST_SEED={SEED}"


def test_modes_are_each_others_opposite() -> None:
    """Whatever is listed, whatever comes."""
    chance, names = random.Random(SEED), ["person", "cat", "dog", "animal", "car", "vehicle"]
    for _ in range(2000):
        listed = frozenset(chance.sample(names, chance.randint(0, 3)))
        label, parents = chance.choice(names), chance.sample(names, chance.randint(0, 3))
        spoken = [name.upper() if chance.random() < 0.5 else name for name in parents]
        is_listed = bool(listed & {label, *parents})
        assert (not_alarm(listed, label, spoken) == "") == is_listed
        assert (not_new(listed, label, spoken) == "") == (not is_listed)


def test_within_one_boot_no_two_told_ones_are_nearer_than_the_cooldown(tmp_path: Path) -> None:
    """And none is lost: it is told, or counted in one that is. In any order in which they come."""
    book = rules_of(tmp_path, "cooldown: 60")
    for round_ in range(50):
        chance, clock = random.Random(f"{SEED}/{round_}"), FakeClock()
        judge, times = judge_of(clock), sorted(chance.uniform(0, 600) for _ in range(60))
        told: list[float] = []
        beside = 0
        for number, at_s in enumerate([*times, 10_000.0]):
            clock.wall_ns += chance.choice((0, 10**15, -(10**15)))
            (verdict,) = judge.judge(book, happening(id=str(number), at=NOON + round(at_s * SECOND_NS)))
            if verdict.fires:
                told.append(at_s)
                beside += verdict.meanwhile
        assert all(later - earlier >= 59.999 for earlier, later in pairwise(told)), round_
        assert len(told) + beside == len(times) + 1


def test_every_rule_says_something_about_everything(tmp_path: Path) -> None:
    """It fires, or says why not."""
    chance = random.Random(SEED)
    book = rules_of(
        tmp_path,
        "kinds: '*'",
        "alarm: person, confidence: 0.5",
        "new_label: cat, count: 2",
        "zones: [a, b], kinds: '*'",
        "cameras: 'p*', active: '22:00-06:00', cooldown: 0",
    )
    judge = judge_of()
    for number in range(500):
        label = chance.choice((None, "person", "cat", "hot dog", "", "x" * 1024))
        what = of(
            label,
            id=str(number),
            kind=chance.choice(("detection.started", "mark", "camera.dark", "x")),
            camera=chance.choice(("porch", "yard")),
            at=chance.randrange(2**62),
            boot=chance.choice(("", "00000001")),
            zones=chance.choice(((), ("a",), ("c",))),
            paused=chance.random() < 0.1,
        )
        verdicts = judge.judge(book, what, early=chance.random() < 0.5)
        assert [verdict.rule for verdict in verdicts] == list(book.rules)
        assert all(verdict.fires == (verdict.why == "") for verdict in verdicts)


def test_a_thousand_rules_are_judged_quickly() -> None:
    """No pattern is made anew for each event: with as many rules as may be, an event takes a few milliseconds."""
    alarm = frozenset({"person"})
    rules = [Rule(f"r{n}", ("paper",), cameras=(f"c{n}*", f"d?{n}"), alarm=alarm) for n in range(1000)]
    judge, book, what = judge_of(), Book(tuple(rules), {}), happening(camera="c9")
    judge.judge(book, what)
    began_s = time.process_time()
    for _ in range(5):
        judge.judge(book, what)
    assert (time.process_time() - began_s) / 5 < 0.05
