"""What a right rules.yaml becomes."""

from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from libs.common.hours import hours
from services.notifier.book import Book
from services.notifier.rules.read import read_book
from services.notifier.rules.rule import Rule
from tests.notifier.rules.paper import PaperSettings, book_of, rules_of

WHOLE = """
timezone: Europe/Berlin
site: Corner shop
viewer: https://cams.example.org
texts: {subject: "{{ camera }}"}
channels:
  desk: {type: paper, limit: 5, per: 30, quiet: ["22:00-06:00"], names: [a, b], text: hello}
  hall: {type: paper}
rules:
  - name: somebody at night
    cameras: ["porch*", yard]
    alarm: [Person, CAR]
    zones: [drive]
    count: 2
    confidence: 0.5
    active: ["22:00-06:00", "Sat,Sun 00:00-24:00"]
    cooldown: 30
    channels: [desk, hall]
    urgent: true
    raw: true
    picture: false
    boxes: true
    clip: true
  - {name: anything new, new-label: [cat], channels: hall}
  - {name: cameras, kinds: ["camera.*"], channels: [hall], active: "08:00-12:00", timezone: UTC}
"""


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    """Labels in small letters; what it does not say is as the rule itself says."""
    book = book_of(tmp_path, WHOLE)
    night, new, cameras = book.rules
    assert night == Rule(
        name="somebody at night",
        channels=("desk", "hall"),
        cameras=("porch*", "yard"),
        alarm=frozenset({"person", "car"}),
        zones=frozenset({"drive"}),
        count=2,
        confidence=0.5,
        active=hours(["22:00-06:00", "Sat,Sun 00:00-24:00"], "Europe/Berlin", ""),
        cooldown_s=30.0,
        urgent=True,
        raw=True,
        picture=False,
        boxes=True,
        clip=True,
    )
    assert new == Rule(name="anything new", channels=("hall",), new_label=frozenset({"cat"}))
    assert cameras.active == hours(["08:00-12:00"], "UTC", "")
    assert (book.timezone, book.site, book.viewer) == ("Europe/Berlin", "Corner shop", "https://cams.example.org")
    assert book.texts == {"subject": "{{ camera }}"}
    assert book.channels == {
        "desk": PaperSettings(limit=5, per=30, quiet=("22:00-06:00",), names=("a", "b"), text="hello"),
        "hall": PaperSettings(),
    }


def test_the_defaults_of_a_file_are_those_of_a_rule(tmp_path: Path) -> None:
    """One truth: what an empty rule asks for."""
    (rule,) = rules_of(tmp_path, "name: a").rules
    assert rule == Rule(name="a", channels=("paper",))


@pytest.mark.parametrize("key", ["channels", "cameras", "alarm", "new_label", "zones", "kinds", "active"])
def test_one_value_needs_no_list(key: str, tmp_path: Path) -> None:
    """`alarm: person` is `alarm: [person]`."""
    value = {"channels": "paper", "active": "'22:00-06:00'"}.get(key, "person")
    others = "name: a" if key == "channels" else "name: a, channels: paper"
    text = "timezone: UTC\nchannels: {{paper: {{type: paper}}}}\nrules: [{{{0}, {1}: {2}}}]\n"
    alone, listed = (book_of(tmp_path, text.format(others, key, form)) for form in (value, f"[{value}]"))
    assert alone == listed


def test_one_value_needs_no_list_in_channels_either(tmp_path: Path) -> None:
    """Numbers too."""
    text = "channels: {{desk: {{type: paper, names: {0}, chats: {1}}}}}\nrules: [{{name: a, channels: desk}}]\n"
    alone, listed = (book_of(tmp_path, text.format(*each)) for each in (("a", "12"), ("[a]", "[12]")))
    assert alone == listed
    assert alone.channels["desk"] == PaperSettings(names=("a",), chats=(12,))


def test_null_says_none_where_there_is_something_to_be_left_out(tmp_path: Path) -> None:
    """Elsewhere it is a line that somebody began."""
    book = book_of(tmp_path, "channels: {d: {type: paper, form: null}}\nrules: [{name: a, channels: d}]\n")
    assert book.channels["d"] == PaperSettings(form=None)


def test_anchors_and_merges_spare_repeating(tmp_path: Path) -> None:
    """YAML's own way to say the same of several rules."""
    book = book_of(
        tmp_path,
        "channels: {d: {type: paper}}\n"
        "rules:\n"
        "  - &night {name: a, channels: [d], alarm: [person], cooldown: 5}\n"
        "  - {<<: *night, name: b, cooldown: 7}\n",
    )
    assert [(rule.name, rule.cooldown_s, rule.alarm) for rule in book.rules] == [
        ("a", 5.0, frozenset({"person"})),
        ("b", 7.0, frozenset({"person"})),
    ]


def test_templates_are_checked_by_who_knows_them(tmp_path: Path) -> None:
    """What it says is said of the file."""
    seen: list[Book] = []

    def check(book: Book) -> None:
        seen.append(book)
        raise SettingsError("texts, subject: line 1:\nexpected '}}'")

    (tmp_path / "rules.yaml").write_text(WHOLE)
    with pytest.raises(SettingsError, match=r"^--rules \S+/rules.yaml: texts, subject: line 1: expected '}}'$"):
        read_book(tmp_path / "rules.yaml", check)
    assert [book.site for book in seen] == ["Corner shop"]


def test_what_others_say_of_the_file_holds_no_secret_either(tmp_path: Path) -> None:
    """Somebody wrote the password into a template."""

    def check(book: Book) -> None:
        raise SettingsError("channel d, text: hunter2canary")

    (tmp_path / "rules.yaml").write_text(
        "channels: {d: {type: paper, password: hunter2canary}}\nrules: [{name: a, channels: d}]\n"
    )
    with pytest.raises(SettingsError, match=r"channel d, text: \*\*\*$"):
        read_book(tmp_path / "rules.yaml", check)


def test_as_many_as_are_allowed_are_read(tmp_path: Path) -> None:
    """1000 rules, 64 channels."""
    channels = ", ".join(f"c{number}: {{type: paper}}" for number in range(64))
    rules = "".join(f"  - {{name: r{number}, channels: c{number % 64}}}\n" for number in range(1000))
    book = book_of(tmp_path, f"channels: {{{channels}}}\nrules:\n{rules}")
    assert (len(book.rules), len(book.channels)) == (1000, 64)


def test_a_channel_that_shows_how_things_are_needs_no_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Like MQTT with Home Assistant's discovery."""
    monkeypatch.setattr(PaperSettings, "watches", True)
    assert book_of(tmp_path, "channels: {d: {type: paper}}\n").rules == ()


@pytest.mark.parametrize("name", ["gone.yaml", "folder", "/dev/null"])
def test_what_is_no_file_is_refused(name: str, tmp_path: Path) -> None:
    """At once, not after waiting for somebody to write into it."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(SettingsError, match=r"^--rules \S+: expected (a file|readable YAML \(No such file.*)$"):
        read_book(tmp_path / name)
