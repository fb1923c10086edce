"""The runner: where it begins, and which messages it leaves out."""

from dataclasses import replace as replace_dataclass

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.memory_bus import MemoryReader
from libs.common.messages import End, Frame, replace
from libs.common.testing import frame
from tests.common.runner_rig import SOURCE, Recorder, Rig, seqs, turns


def test_repeats_are_dropped_and_counted() -> None:
    """The same frame twice, an older one, and a second end."""
    rig = Rig()
    end = End(camera="porch", boot="00000001", last_seq=1)
    rig.put(frame(seq=0), frame(seq=1), frame(seq=1), frame(seq=0), end, frame(seq=1), end)
    runner = rig.runner(Recorder())
    turns(runner)
    assert seqs(rig.out()) == [0, 1]
    assert len(rig.out()) == 3
    assert runner.metrics.values()["framebus_skipped_total{repeat}"] == 4


def test_a_partition_that_is_taken_away_is_forgotten() -> None:
    """Another member has it now; if it comes back, it is read from the commit again."""
    rig, stage = Rig(), Recorder()
    rig.put(frame(seq=0))
    runner = rig.runner(stage)
    turns(runner)
    place = Place(SOURCE, partition_of("porch", 6))
    assert isinstance(runner.reader, MemoryReader)
    runner.reader.revoke(place)
    turns(runner)
    assert stage.forgotten == ["porch"]
    assert not runner.places.is_open(place)


def test_latest_drops_all_but_the_newest_of_each_camera_and_never_a_still() -> None:
    """When behind; each dropped one is counted."""
    rig = Rig()
    stills = [replace(frame(seq=n), still=True) for n in (3, 6)]
    frames = {n: frame(seq=n) for n in range(9)} | {still.seq: still for still in stills}
    rig.put(frame(seq=99, boot="000000aa"))
    turns(rig.runner(Recorder(), mode="latest"))
    rig.put(*frames.values())
    runner = rig.runner(Recorder(), mode="latest")
    turns(runner)
    assert seqs(rig.out()) == [3, 6, 8] or seqs(rig.out()) == [99, 3, 6, 8]
    assert runner.metrics.values()["framebus_skipped_total{outdated}"] == 6


def test_old_frames_are_left_out_by_their_time_on_the_bus() -> None:
    """The operator's valve; a still is never too old."""
    rig = Rig()
    rig.put(frame(seq=0), replace(frame(seq=1), still=True))
    rig.clock.advance(60)
    rig.put(frame(seq=2))
    runner = rig.runner(Recorder(), max_age_s=30)
    turns(runner, 1)
    assert seqs(rig.out()) == [1, 2]
    assert runner.metrics.values()["framebus_skipped_total{old}"] == 1


def test_only_the_wanted_cameras_are_handled() -> None:
    """Globs of --cameras."""
    rig = Rig()
    rig.put(frame("porch"), frame("garden"), frame("porch-2"))
    turns(rig.runner(Recorder(), cameras=("porch*",)))
    assert {out.camera for out in rig.out() if isinstance(out, Frame)} == {"porch", "porch-2"}


def test_after_a_restart_history_is_remembered_and_not_published_again() -> None:
    """The stage learns what was before; repeats from before the restart are known too."""
    rig = Rig()
    for n in range(20):
        rig.put(frame(seq=n))
        rig.clock.advance(1)
    turns(rig.runner(Recorder()))
    stage = Recorder(history_s=5)
    rig.put(frame(seq=19), frame(seq=20))
    turns(rig.runner(stage))
    assert seqs(stage.remembered)[-1] == 19
    assert 4 <= len(stage.remembered) <= 7
    assert seqs(stage.handled) == [20]
    assert seqs(rig.out()) == list(range(21))


def test_from_seeks_once_at_the_start() -> None:
    """A time instead of the commit."""
    rig = Rig()
    for n in range(10):
        rig.put(frame(seq=n))
        rig.clock.advance(1)
    turns(rig.runner(Recorder(), from_ms=rig.clock.now_ns() // 1_000_000 - 3500))
    assert seqs(rig.out()) == [7, 8, 9]


def test_what_retention_took_is_counted() -> None:
    """The group was away for longer than the topic keeps."""
    rig = Rig()
    rig.put(*(frame(seq=n) for n in range(6)))
    turns(rig.runner(Recorder()))
    place = Place(SOURCE, partition_of("porch", 6))
    runner = rig.runner(Recorder())
    runner.reader.bounds = lambda p: (10, 12) if p == place else (0, 0)  # type: ignore[method-assign]
    rig.bus.logs[place] += [
        replace_dataclass(rig.bus.logs[place][0], offset=n, value=codec.encode(frame(seq=n))) for n in range(6, 12)
    ]
    turns(runner)
    assert runner.metrics.values()["framebus_skipped_total{overtaken}"] == 4
    assert seqs(rig.out())[-2:] == [10, 11]
