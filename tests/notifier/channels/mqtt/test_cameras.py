"""Which cameras there are, and what the broker is told of them: no thread, no broker."""

import json

from services.notifier.channels.mqtt.cameras import GONE_AFTER_S, MOST
from services.notifier.channels.mqtt.client import Post
from tests.notifier.channels.mqtt.camera_rig import PORCH, cameras, shown, sight, state, state_of, topics
from tests.notifier.channels.mqtt.rig import NOW_NS, SECOND_NS, status

CONFIG, STATE = "homeassistant/device/framebus__porch/config", "framebus/porch/state"
NOTHING = [Post(topic, b"", retain=True) for topic in (CONFIG, STATE, "framebus/porch/picture")]


def test_a_new_camera_is_told_all() -> None:
    """Its entities first, then how it is; retained."""
    made = cameras()
    made.look(PORCH, 0)
    told = made.take(10)
    assert topics(told) == [CONFIG, STATE]
    assert all(post.retain for post in told["porch"])
    assert (state(told)["connectivity"], state(told)["alerts"], state(told)["motion"]) == ("ON", "ON", "OFF")
    assert not made.waiting


def test_only_what_changed_is_told() -> None:
    """The same statuses again are no news."""
    made = shown()
    made.look(PORCH, 1)
    assert not made.waiting
    made.look({"porch": status(state="disconnected")}, 2)
    told = made.take(10)
    assert topics(told) == [STATE]
    assert state(told)["connectivity"] == "OFF"


def test_paused_alerts_are_a_switch_that_is_off() -> None:
    """Detection that is paused is another matter."""
    made = shown()
    made.look({"porch": status(paused=("detection",))}, 1)
    assert not made.waiting
    made.look({"porch": status(paused=("alerts", "detection"))}, 2)
    assert state(made.take(10))["alerts"] == "OFF"


def test_nothing_is_in_sight_of_a_camera_that_is_gone() -> None:
    """Nobody may tell of the end of it any more; what comes later counts again."""
    made = shown()
    made.saw("porch", sight(at_s=1))
    assert state(made.take(1))["motion"] == "ON"
    gone = {"porch": status(state="disconnected", since=NOW_NS + 5 * SECOND_NS)}
    made.look(gone, 5)
    told = state(made.take(1))
    assert (told["connectivity"], told["motion"]) == ("OFF", "OFF")
    made.look(gone, 6)
    assert not made.waiting
    made.saw("porch", sight(at_s=9))
    assert state(made.take(1))["motion"] == "ON"


def test_a_new_label_gets_a_sensor() -> None:
    """Once; then only its state is told."""
    made = shown()
    assert made.saw("porch", sight())
    assert topics(made.take(10)) == [CONFIG, STATE]
    assert made.saw("porch", sight(state="OFF", at_s=1))
    assert topics(made.take(10)) == [STATE]
    assert not made.saw("porch", sight(state="OFF", at_s=1))
    assert not made.waiting


def test_more_labels_than_asked_for_get_no_sensor() -> None:
    """They still count as something in sight."""
    made = shown(labels=1)
    made.saw("porch", sight("person", "OFF"))
    made.take(10)
    made.saw("porch", sight("dog"))
    told = made.take(10)
    assert topics(told) == [STATE]
    assert state(told)["motion"] == "ON"


def test_what_is_seen_before_its_status_came_is_not_lost() -> None:
    """It is told with it."""
    made = cameras()
    made.saw("porch", sight())
    assert not made.waiting
    made.look(PORCH, 0)
    assert state(made.take(10))["motion"] == "ON"


def test_a_camera_that_is_gone_is_taken_back() -> None:
    """After half a minute: entities, state and last picture, with empty messages."""
    made = shown()
    made.look({}, 100)
    made.look({}, 100 + GONE_AFTER_S - 1)
    assert not made.waiting
    made.look({}, 100 + GONE_AFTER_S)
    assert made.take(10) == {"porch": NOTHING}
    assert "porch" not in made
    made.look({}, 1000)
    assert not made.waiting


def test_one_that_comes_back_in_time_stays() -> None:
    """A producer was started anew."""
    made = shown()
    made.look({}, 100)
    made.look(PORCH, 101)
    made.look({}, 100 + GONE_AFTER_S)
    assert not made.waiting


def test_nothing_is_taken_back_before_statuses_were_read() -> None:
    """None at all is what they look like at a start."""
    made = cameras()
    made.heard("porch", state_of(sight()), True, NOW_NS, 0)
    made.look({}, 1000)
    assert not made.waiting


def test_what_an_earlier_life_has_left_is_taken_back() -> None:
    """The camera was taken out while nobody was here."""
    made = cameras()
    made.heard("porch", state_of(sight(), by="edge"), True, NOW_NS, 0)
    made.look({"garage": status("garage")}, 1)
    made.take(10)
    made.look({"garage": status("garage")}, GONE_AFTER_S)
    assert made.take(10) == {"porch": NOTHING}


def test_what_somebody_else_keeps_up_to_date_stays() -> None:
    """Another framebus with the same base topic, by mistake."""
    made = cameras()
    made.heard("porch", state_of(sight()), True, NOW_NS, 0)
    made.heard("porch", state_of(sight()), False, NOW_NS, 5)
    made.look({"garage": status("garage")}, 6)
    made.take(10)
    made.look({"garage": status("garage")}, 1000)
    assert not made.waiting


def test_an_earlier_life_is_remembered() -> None:
    """After a start the broker has what was in sight, and it is told again as it was."""
    made = cameras()
    made.look(PORCH, 0)
    made.heard("porch", state_of(sight("person", "ON"), sight("dog", "OFF"), by="edge"), True, NOW_NS, 0)
    told = made.take(10)
    assert state(told)["motion"] == "ON"
    assert "label__dog" in json.loads(told["porch"][0].payload)["components"]


def test_two_copies_agree_and_then_are_silent() -> None:
    """Each tells the other what it knows; nobody says anything twice."""
    made = {by: shown(by) for by in ("a", "b")}
    made["a"].saw("porch", sight("person", "ON", 0))
    made["b"].saw("porch", sight("dog", "ON", 1))
    made["b"].saw("porch", sight("person", "OFF", 2))
    said = 0
    while any(each.waiting for each in made.values()):
        for speaker in made.values():
            for post in (post for posts in speaker.take(10).values() for post in posts if post.topic == STATE):
                said += 1
                for listener in made.values():
                    listener.heard("porch", post.payload, False, NOW_NS, 0)
    assert said <= 4
    for each in made.values():
        each.tell("porch")
        found = state(each.take(10))
        assert found["motion"] == "ON"
        assert found["labels"]["person"]["state"] == "OFF"  # type: ignore[index]


def test_an_older_state_of_another_copy_is_put_right() -> None:
    """It had lost its connection, and told what it knew then."""
    made = shown()
    made.saw("porch", sight("person", "OFF", 2))
    made.take(10)
    made.heard("porch", state_of(sight("person", "ON", 1)), False, NOW_NS, 0)
    assert state(made.take(10))["labels"]["person"]["state"] == "OFF"  # type: ignore[index]


def test_our_own_words_are_no_news() -> None:
    """The broker sends us what we tell it."""
    made = shown()
    made.saw("porch", sight())
    (_, told) = made.take(10)["porch"]
    made.saw("porch", sight("person", "OFF", 1))
    made.take(10)
    made.heard("porch", told.payload, False, NOW_NS, 0)
    assert not made.waiting


def test_what_somebody_takes_back_is_told_again() -> None:
    """As long as there is such a camera."""
    made = shown()
    made.heard("porch", b"", False, NOW_NS, 0)
    assert topics(made.take(10)) == [CONFIG, STATE]
    made.heard("garage", b"", False, NOW_NS, 0)
    assert not made.waiting


def test_what_was_not_told_is_told_again() -> None:
    """The connection broke: of cameras, and of those that are gone."""
    made = cameras()
    made.look(PORCH, 0)
    made.take(10)
    made.again("porch")
    assert topics(made.take(10)) == [CONFIG, STATE]
    made.look({}, 1)
    made.look({}, 1000)
    made.take(10)
    made.again("porch")
    assert made.take(10) == {"porch": NOTHING}


def test_names_cannot_fill_the_memory() -> None:
    """Whoever writes to the broker, or to the bus, may make up cameras: a thousand are kept, real ones first."""
    made, person = cameras(), sight()
    for number in range(3 * MOST):
        made.saw(f"a{number}", person)
        made.heard(f"b{number}", state_of(person), True, NOW_NS, 0)
    made.look({f"c{number}": status(f"c{number}") for number in range(3 * MOST)}, 1)
    assert [f"c{number}" in made for number in (0, MOST - 1, MOST)] == [True, True, False]
    assert len(made._scenes) == MOST
    assert len(made._missing) <= MOST
