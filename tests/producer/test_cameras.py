"""Many cameras in one process: each in a thread of its own, and none disturbs another."""

import logging
import threading

import pytest

from libs.common.errors import FatalError
from libs.common.keyed import Gone
from libs.common.messages import End, Frame
from services.producer.fleet import camera as camera_module
from services.producer.fleet import cameras as cameras_module
from tests.producer.fleet_rig import plan, plans, running, until

NAMES = ("porch", "yard", "gate")


def test_all_cameras_send_their_frames_in_order() -> None:
    """Without a gap, in one boot each."""
    with running(True, *NAMES) as rig:
        for name in NAMES:
            rig.more(name, 5)
    for name in NAMES:
        frames = rig.frames(name)
        assert [frame.seq for frame in frames] == list(range(len(frames)))
        assert len({frame.boot for frame in frames}) == 1
    assert rig.left_out == []


def test_a_changed_camera_begins_anew_after_its_end_and_the_others_go_on() -> None:
    """Its old boot is over before the new one begins; the others have no gap, and the boot that they had."""
    with running(True, *NAMES) as rig:
        rig.more("porch")
        rig.cameras.follow({**plans(*NAMES), "porch": plan("porch", quality=50)})
        until(lambda: len({frame.boot for frame in rig.frames("porch")}) == 2)
        for name in NAMES:
            rig.more(name)
        kinds = [(type(message), message.boot) for message in rig.of("porch") if isinstance(message, Frame | End)]
        first, second = dict.fromkeys(boot for _, boot in kinds)
        assert [boot for _, boot in kinds] == sorted((boot for _, boot in kinds), key=[first, second].index)
        assert kinds[[boot for _, boot in kinds].index(second) - 1] == (End, first)
        for name in ("yard", "gate"):
            frames = rig.frames(name)
            assert [frame.seq for frame in frames] == list(range(len(frames)))
            assert len({frame.boot for frame in frames}) == 1
            assert rig.ends(name) == []
    assert rig.scripts.most_at_once == 1


def test_a_camera_that_is_taken_out_says_its_end_and_then_farewell() -> None:
    """Whoever looks at its state later must not find it connected."""
    with running(True, *NAMES) as rig:
        rig.more("yard")
        rig.cameras.follow(plans("porch", "gate"))
        until(lambda: any(isinstance(message, Gone) for message in rig.sent))
        (gone,) = (message for message in rig.sent if isinstance(message, Gone))
        assert gone.key == "yard"
        assert rig.sent.index(gone) > rig.sent.index(rig.ends("yard")[0])
        count = len(rig.of("yard"))
        rig.more("porch", 10)
        assert len(rig.of("yard")) == count


def test_a_camera_may_come_back_while_it_leaves() -> None:
    """Two changes at once: never two threads of it, and no farewell."""
    with running(True, *NAMES) as rig:
        rig.more("porch")
        for quality in (50, 60, 85):
            rig.cameras.follow({**plans(*NAMES), "porch": plan("porch", quality=quality)})
        rig.more("porch", 10)
        assert not any(isinstance(message, Gone) for message in rig.sent)
    assert rig.scripts.most_at_once == 1


def test_a_camera_that_does_not_stop_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Its boot is ended for it, its successor begins, and what it says later is lost: never two boots at a time."""
    monkeypatch.setattr(cameras_module, "GIVE_UP_S", 0.3)
    with running(True, "yard") as rig:
        rig.cameras.follow({"yard": plan("yard"), "porch": plan("porch", quality=1)})
        until(lambda: rig.frames("porch"))
        with caplog.at_level(logging.WARNING):
            rig.cameras.follow(plans("yard", "porch"))
            until(lambda: len({frame.boot for frame in rig.frames("porch")}) == 2)
        assert "porch: not stopped after 0 s, given up" in caplog.text
        first = rig.frames("porch")[0].boot
        assert [(end.boot, end.last_seq) for end in rig.ends("porch")] == [(first, 0)]
        rig.scripts.hangs.set()
        rig.more("porch", 10)
        assert len([frame for frame in rig.frames("porch") if frame.boot == first]) == 1
        until(lambda: rig.scripts.at_once["porch"] == 1)


def test_a_bug_in_one_camera_disturbs_no_other(caplog: pytest.LogCaptureFixture) -> None:
    """Its boot ends, it begins anew, the others do not notice."""
    with running(True, *NAMES) as rig:
        rig.more("porch")
        rig.scripts.trouble["porch"] = KeyError("surprise")
        until(lambda: len({frame.boot for frame in rig.frames("porch")}) == 2)
        assert [end.reason for end in rig.ends("porch")] == ["error"]
        rig.more("yard")
        assert len({frame.boot for frame in rig.frames("yard")}) == 1
    assert "porch: a bug: it begins anew" in caplog.text


def test_in_a_fleet_what_cannot_be_opened_is_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """A file on a share that is away, for instance; up to a minute lies between two attempts."""
    with running(True, *NAMES) as rig:
        rig.scripts.trouble["porch"] = FatalError("porch.mp4: No such file")
        until(lambda: len({frame.boot for frame in rig.frames("porch")}) == 2)
    assert rig.failure is None
    assert caplog.text.count("porch.mp4: No such file; trying again") == 1
    assert camera_module.LONGEST_S == 60


def test_a_single_camera_that_cannot_go_on_ends_the_service() -> None:
    """With the line that says why."""
    with running(False, "porch") as rig:
        rig.more("porch")
        rig.scripts.trouble["porch"] = FatalError("porch.mp4: No such file")
        rig.thread.join(5)
        assert str(rig.failure) == "porch.mp4: No such file"


def test_a_fleet_goes_on_without_cameras() -> None:
    """The next one may be in the file any time."""
    with running(True) as rig:
        rig.cameras.follow(plans("porch"))
        rig.more("porch")
        rig.cameras.follow({})
        until(lambda: any(isinstance(message, Gone) for message in rig.sent))
        rig.cameras.follow(plans("porch"))
        until(lambda: len({frame.boot for frame in rig.frames("porch")}) == 2)


def test_two_hundred_changes_leave_nothing_behind() -> None:
    """As many threads as cameras, however often they were changed."""
    with running(True, *NAMES) as rig:
        rig.more("porch")
        before = threading.active_count()
        for step in range(200):
            changed = NAMES[step % 3]
            rig.cameras.follow({**plans(*NAMES), changed: plan(changed, quality=2 + step % 90)})
        rig.cameras.follow(plans(*NAMES))
        for name in NAMES:
            rig.more(name)
        until(lambda: threading.active_count() == before)


def test_at_the_stop_every_boot_is_ended() -> None:
    """In the time that a stop may take."""
    with running(True, *NAMES) as rig:
        for name in NAMES:
            rig.more(name)
    assert [len(rig.ends(name)) for name in NAMES] == [1, 1, 1]
