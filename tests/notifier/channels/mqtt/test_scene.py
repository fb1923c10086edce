"""Of what several processes say of a camera, the newest counts."""

import itertools
import json

import pytest

from services.notifier.channels.mqtt.scene import MOST_BYTES, MOST_LABELS, Scene, Sight, left_state, moment
from tests.notifier.channels.mqtt.rig import NOW_NS, SECOND_NS


def sight(label: str = "person", state: str = "ON", at_s: float = 0) -> Sight:
    return Sight(label=label, state=state, since=moment(NOW_NS + round(at_s * SECOND_NS)))


def state(scene: Scene) -> dict[str, object]:
    found: dict[str, object] = json.loads(scene.payload("edge"))
    return found


def test_a_moment_has_milliseconds_that_are_not_rounded_up() -> None:
    """UTC; later ones are greater as texts."""
    assert moment(1_700_000_000_999_999_999) == "2023-11-14T22:13:20.999Z"
    assert moment(0) == "1970-01-01T00:00:00.000Z"
    assert moment(9 * SECOND_NS) < moment(10 * SECOND_NS)


def test_something_is_in_sight_until_all_have_gone() -> None:
    """`motion` is any of the labels."""
    scene = Scene()
    assert state(scene)["motion"] == "OFF"
    scene.saw(sight("person", "ON", 0))
    scene.saw(sight("dog", "ON", 1))
    scene.saw(sight("person", "OFF", 2))
    assert state(scene)["motion"] == "ON"
    scene.saw(sight("dog", "OFF", 3))
    assert state(scene)["motion"] == "OFF"


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_order_in_which_it_is_told_does_not_matter(order: tuple[int, ...]) -> None:
    """A beginning may wait for its picture while the end goes on."""
    sights = [
        sight(state="ON", at_s=0),
        sight(state="OFF", at_s=1),
        sight(state="ON", at_s=2),
        sight(state="OFF", at_s=2),
    ]
    scene = Scene()
    for number in order:
        scene.saw(sights[number])
    assert scene.sights["person"] == sights[3]


def test_only_so_many_labels_are_kept() -> None:
    """Those that came first; they go on as before."""
    scene = Scene()
    news = [scene.saw(sight(f"label {number}")) for number in range(1000)]
    assert sum(news) == len(scene.sights) == MOST_LABELS
    assert scene.saw(sight("label 0", "OFF", 1))
    assert len(scene.payload("edge")) < MOST_BYTES


def test_the_longest_labels_can_be_read_back() -> None:
    """64 labels of 64 signs of four bytes each are still a state."""
    scene = Scene()
    for number in range(MOST_LABELS):
        scene.saw(sight(chr(0x1F600 + number) * 64))
    found = left_state(scene.payload("edge"), NOW_NS)
    assert found is not None
    assert {each.label for each in found.labels.values()} == scene.sights.keys()


def test_a_state_is_read_as_it_was_written() -> None:
    """So another process knows what this one knew."""
    scene = Scene()
    scene.saw(sight("person", "ON", 0))
    scene.saw(sight('人/+#"\\', "OFF", 1))
    found = left_state(scene.payload("edge"), NOW_NS)
    assert found is not None
    assert found.by == "edge"
    assert {each.label: each for each in found.labels.values()} == scene.sights
    assert not scene.ahead_of(found)


def test_who_knows_more_is_ahead() -> None:
    """A newer sight, or one that the other does not have."""
    scene = Scene()
    scene.saw(sight("person", "ON", 0))
    older = left_state(scene.payload("edge"), NOW_NS)
    assert older is not None
    scene.saw(sight("person", "OFF", 1))
    assert scene.ahead_of(older)
    newer = left_state(scene.payload("edge"), NOW_NS)
    assert newer is not None
    scene.saw(sight("dog"))
    assert scene.ahead_of(newer)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"ON",
        b"null",
        b"[]",
        b'{"labels": 1}',
        b'{"labels": {"a": {"label": "a", "state": "MAYBE", "since": "2023-11-14T22:13:20.123Z"}}}',
        b'{"labels": {"a": {"label": "A", "state": "ON", "since": "2023-11-14T22:13:20.123Z"}}}',
        b'{"labels": {"a": {"label": "a", "state": "ON", "since": "zzzz"}}}',
        b'{"labels": {"a": {"label": "", "state": "ON", "since": "2023-11-14T22:13:20.123Z"}}}',
        b'{"by": ' + b'"' + b"x" * 300 + b'"}',
        b"[" * 100_000,
        b"[" * 60_000,
        b'{"labels": {' + b",".join(b'"%d": {}' % number for number in range(1000)) + b"}}",
        b"\xff\xfe",
    ],
)
def test_what_is_no_state_of_ours_is_not_believed(payload: bytes) -> None:
    """Anybody may write to the broker."""
    assert left_state(payload, NOW_NS) is None


def test_nobody_can_say_what_will_be() -> None:
    """It would be the newest for ever."""
    scene = Scene()
    scene.saw(sight("person", "ON", 3600))
    found = left_state(scene.payload("edge"), NOW_NS)
    assert found is not None
    assert found.labels == {}
