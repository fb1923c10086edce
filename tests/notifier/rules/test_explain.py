"""What rules would do about what has happened, as people read it."""

from pathlib import Path

from services.notifier.happening import Happening
from services.notifier.rules.explain import explained, lines
from tests.notifier.rules.happenings import NOON, SECOND_NS, happening, of, seen
from tests.notifier.rules.paper import book_of, rules_of

RULES = """
timezone: Europe/Berlin
channels: {phone: {type: paper}, office: {type: paper}}
rules:
  - {name: somebody, cameras: "porch*", alarm: person, confidence: 0.5, channels: [phone, office]}
  - {name: anything new, new_label: [person, cat], cameras: "porch*", channels: office}
  - {name: cameras, kinds: "camera.*", channels: office}
"""


def later(seconds: float, what: Happening) -> Happening:
    return happening(
        **{name: getattr(what, name) for name in ("camera", "kind", "label", "seen", "counts", "paused")},
        id=f"e{seconds}",
        at=NOON + round(seconds * SECOND_NS),
    )


HAPPENED = (
    later(0, of("person")),
    later(5, of("person")),
    later(6, of("cat")),
    later(7, of("dog")),
    later(8, happening(seen=(seen("person", 0.3),), camera="porch2")),
    later(9, happening(kind="camera.connected", label=None)),
    later(10, of("person", camera="yard")),
    later(11, of("person", paused=True)),
    later(12, happening(kind="recording.finished", label=None)),
    later(65, of("person")),
)

TABLE = """
when                 camera  kind                label   what
2026-01-14 12:00:00  porch   detection.started   person  somebody -> phone, office
2026-01-14 12:00:05  porch   detection.started   person  nobody is told: somebody: cooldown: 55 s more; \
anything new: person is in new_label; and 1 rule more
2026-01-14 12:00:06  porch   detection.started   cat     nobody is told: somebody: cat is not in alarm: person; \
anything new: cat is in new_label; and 1 rule more
2026-01-14 12:00:07  porch   detection.started   dog     anything new -> office
2026-01-14 12:00:08  porch2  detection.started   person  nobody is told: somebody: confidence 0.30, 0.5 is asked for; \
anything new: person is in new_label; and 1 rule more
2026-01-14 12:00:09  porch   camera.connected    -       cameras -> office
2026-01-14 12:00:10  yard    detection.started   person  nobody is told: somebody: yard is not in cameras: porch*; \
anything new: yard is not in cameras: porch*; and 1 rule more
2026-01-14 12:00:11  porch   detection.started   person  nobody is told: alerts are paused
2026-01-14 12:00:12  porch   recording.finished  -       nobody is told: somebody: recording.finished is not in kinds: \
detection.started; anything new: recording.finished is not in kinds: detection.started; and 1 rule more
2026-01-14 12:01:05  porch   detection.started   person  somebody -> phone, office (and 1 before it)
"""


def test_each_happening_is_a_line_with_the_rule_that_fires_or_why_none(tmp_path: Path) -> None:
    """Those rules first that came nearest to it."""
    book = book_of(tmp_path, RULES)
    assert "\n".join(["", *lines(book, HAPPENED), ""]) == TABLE


def test_nothing_happened(tmp_path: Path) -> None:
    """Then there is no table."""
    assert list(lines(book_of(tmp_path, RULES), ())) == []


def test_cooldowns_are_those_of_the_time_when_it_happened(tmp_path: Path) -> None:
    """Across boots, too: it is played back, not judged now."""
    book = rules_of(tmp_path, "cooldown: 60")
    happened = [happening(id=str(n), at=NOON + n * 45 * SECOND_NS, boot=f"{n:08x}") for n in range(5)]
    found = [verdict.fires for _, (verdict,) in explained(book, happened)]
    assert found == [True, False, True, False, True]


def test_a_clock_that_went_back_meanwhile_is_no_reason_to_fail(tmp_path: Path) -> None:
    """Events are given in the order of the log."""
    book = rules_of(tmp_path, "cooldown: 60")
    happened = [happening(id=str(n), at=NOON + s * SECOND_NS, boot=f"{n:08x}") for n, s in enumerate((0, -900, 61))]
    assert [verdict.fires for _, (verdict,) in explained(book, happened)] == [True, False, True]


def test_a_label_steers_no_terminal(tmp_path: Path) -> None:
    """Another program may write anything into an event."""
    book = rules_of(tmp_path, "name: a", "name: b, alarm: person")
    found = list(lines(book, [of("\x1b[2Jcanary\n", kind="detection.ended"), of("x" * 1000)]))
    assert all(line.isprintable() for line in found)
    assert max(map(len, found)) < 400
