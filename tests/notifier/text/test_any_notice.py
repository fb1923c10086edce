"""Whatever a notice holds, somebody is told of it."""

import random

from libs.common.messages import Notice
from services.notifier.text.texts import LONGEST_SUBJECT
from tests.notifier.text.notices import HOSTILE, notice, person, told
from tests.notifier.text.test_sentences import SAID

KINDS = [*(kind for kind, *_ in SAID), "summary", "x.y", "\u202e", "<b>"]
TEXTS = ("line", "direction", "reason", "producer", "other", "channel", "error", "service", "backend", "topic", "url")
KEYS = (*TEXTS, "duration_ns", "count", "start_at", "end_at", "bytes", "picture", "clip")
COUNT = 200


def test_any_notice_is_told() -> None:
    """Of made-up ones with anything in every place: never a fault, never nothing, never a second line of subject."""
    chance = random.Random(8)
    for _ in range(COUNT):
        note = told(_any(chance), jpeg=chance.choice([None, b"x"]), members=[person()] * chance.randrange(3))
        assert 0 < len(note.subject) <= LONGEST_SUBJECT
        assert "\n" not in note.subject
        assert note.text
        assert note.html
        assert (note.subject + note.text + note.html).encode()


def _any(chance: random.Random) -> Notice:
    data = {key: _thing(chance) for key in KEYS if chance.random() < 0.4}
    if chance.random() < 0.3:
        data["clip"] = {key: _thing(chance) for key in ("path", "url", "bytes")}
    return notice(
        chance.choice(KINDS),
        label=chance.choice([None, str(_thing(chance))]),
        labels={str(_thing(chance)): chance.choice([None, chance.random()]) for _ in range(chance.randrange(5))},
        counts={str(_thing(chance)): chance.randrange(2**63) for _ in range(3)},
        zones=tuple(str(_thing(chance)) for _ in range(chance.randrange(4))),
        text=str(_thing(chance)),
        data=data,
        meanwhile=chance.randrange(2**63),
        at=chance.randrange(2**63),
        frame_id=chance.choice([None, "porch/0a1b2c3d/1"]),
        members=("a",) * chance.randrange(4),
    )


def _thing(chance: random.Random) -> object:
    """What a map may hold: a text that nobody would write among them."""
    text = "".join(chr(chance.choice([chance.randrange(32), 0x2000 + chance.randrange(256)])) for _ in range(20))
    things: list[object] = [
        None,
        True,
        chance.randrange(-(2**63), 2**63),
        chance.random() * 1e9,
        text,
        b"x",
        [1],
        {"a": 1},
    ]
    return chance.choice([*things, chance.choice(HOSTILE)])
