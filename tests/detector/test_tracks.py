"""Tracks: the same thing keeps its name, whatever the camera and the backends do."""

from libs.common.messages import Box, Detection, Frame, Verdict, replace
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock, frame
from services.detector.counts import Counts
from services.detector.picture import Picture
from services.detector.step import Look, Sighting
from services.detector.tracker import MOST_TRACKS
from services.detector.tracks import Tracks
from tests.camera.people import Person, PixelBox
from tests.camera.scene import Scene

SEEN = 0.25
"""Of whom the camera sees less than that a detector finds nothing."""


def person(x: float, y: float = 0.4, confidence: float = 0.9, label: str = "person") -> Detection:
    return Detection(label=label, confidence=confidence, box=(x, y, x + 0.1, y + 0.4))


class Camera:
    """Hands looks to the step; the picture is never decoded."""

    def __init__(self, metrics: Metrics | None = None) -> None:
        self.metrics = metrics or Metrics()
        self.step = Tracks(FakeClock(), Counts(self.metrics))

    def look(
        self, at: int, *found: Detection, how: str = "full", model: str = "m", **fields: object
    ) -> list[str | int | None]:
        """The tracks that these findings get, at so many tenths of a second."""
        look = Look(model, ("person",), how, found)
        self.step.take(Sighting(Picture(replace(frame(image=b"-", seq=at), **fields)), [look]))
        assert [replace(each, track=None) for each in look.found] == list(found)
        return [each.track for each in look.found]


def test_a_track_is_named_after_the_frame_that_began_it() -> None:
    """Whoever reads the same frames again gives the same names."""
    for _ in range(2):
        camera = Camera()
        assert camera.look(41, person(0.1), person(0.5)) == ["00000001-41-0", "00000001-41-1"]
        assert camera.look(42, person(0.52), person(0.11)) == ["00000001-41-1", "00000001-41-0"]


def test_a_name_fits_into_32_characters_however_long_the_camera_runs() -> None:
    """At the highest number of a frame, and of a finding in it."""
    seq = 2**63 - 1
    names = Camera().look(0, *(person(0.0009 * n) for n in range(200)), seq=seq, captured_at=1, boot="ffffffff")
    assert names[-1] == f"ffffffff-{seq}-199"
    assert max(len(str(name)) for name in names) <= 32


def test_one_look_a_second_is_enough() -> None:
    """A walking person is a whole width away each time, then two."""
    camera = Camera()
    names = [camera.look(10 * second, person(0.05 + 0.12 * second)) for second in range(7)]
    assert names == [["00000001-0-0"]] * 7


def test_labels_are_not_mixed() -> None:
    """A car where a person was is another thing."""
    camera = Camera()
    assert camera.look(0, person(0.1)) != camera.look(1, person(0.1, label="car"))


def test_sure_findings_choose_first() -> None:
    """What may be a shadow takes the place only of somebody who is not found otherwise."""
    camera = Camera()
    (name,) = camera.look(0, person(0.3))
    assert camera.look(1, person(0.3, confidence=0.3), person(0.33, confidence=0.9))[1] == name
    assert camera.look(2, person(0.34, confidence=0.3)) == [name]


def test_somebody_hidden_for_less_than_two_seconds_is_the_same() -> None:
    """They walk on behind the pillar; after two seconds they are somebody new."""
    for missing, same in ((19, True), (25, False)):
        camera = Camera()
        names = [camera.look(seq, person(0.1 + 0.01 * seq)) for seq in range(20)]
        for seq in range(20, 20 + missing):
            camera.look(seq)
        back = 20 + missing
        assert (camera.look(back, person(0.1 + 0.01 * back)) == names[0]) is same


def test_a_look_at_a_part_makes_nobody_missing() -> None:
    """Regions are looked at for a minute; who is outside of them is there all the same."""
    camera = Camera()
    (name,) = camera.look(0, person(0.1))
    for seq in range(1, 300):
        camera.look(seq, person(0.8), how="carried")
    assert camera.look(300, person(0.1))[0] == name


def test_frames_that_nobody_looked_at_say_nothing() -> None:
    """One look in five seconds: who stands there is the same."""
    camera = Camera()
    (name,) = camera.look(0, person(0.1))
    for seq in range(1, 50):
        assert camera.look(seq, how="carried") == []
    assert camera.look(50, person(0.1)) == [name]


def test_who_stands_may_be_unseen_for_ten_seconds() -> None:
    """A parked car that the model finds now and then."""
    camera = Camera()
    (name,) = next(names for names in [camera.look(seq, person(0.1)) for seq in range(120)])
    for seq in range(120, 200):
        camera.look(seq)
    assert camera.look(200, person(0.1)) == [name]


def test_a_still_has_no_tracks() -> None:
    """It stands alone."""
    assert Camera().look(0, person(0.1), still=True) == [None]


def test_a_new_boot_begins_new_tracks() -> None:
    """The names say in which one."""
    camera = Camera()
    camera.look(0, person(0.1))
    assert camera.look(0, person(0.1), boot="00000002") == ["00000002-0-0"]


def test_backends_and_cameras_have_their_own() -> None:
    """Names are unique per backend."""
    camera = Camera()
    camera.look(0, person(0.1))
    assert camera.look(3, person(0.1), model="other") == ["00000001-3-0"]
    assert camera.look(4, person(0.1), camera="yard") == ["00000001-4-0"]


def test_a_clock_that_goes_back_ends_nothing() -> None:
    """By a second; by an hour all begins anew."""
    camera = Camera()
    (name,) = camera.look(50, person(0.1))
    assert camera.look(40, person(0.1)) == [name]
    hour_ns = 3600 * 10**9
    assert camera.look(51, person(0.1), captured_at=frame(image=b"-").captured_at - hour_ns) == ["00000001-51-0"]


def test_what_is_beyond_the_cap_is_found_but_has_no_track() -> None:
    """A thousand boxes stay a thousand boxes; those without a track are counted."""
    metrics = Metrics()
    camera = Camera(metrics)
    crowd = [person(0.03 * (n % 30), 0.015 * (n // 30)) for n in range(1000)]
    for seq in range(2):
        names = camera.look(seq, *crowd)
        assert len(names) == 1000
        assert names.count(None) == 1000 - MOST_TRACKS
    assert metrics.values()["framebus_capped_total{tracks}"] == 2 * (1000 - MOST_TRACKS)


def published(seq: int, *found: Detection) -> Frame:
    """As it went out."""
    verdict = Verdict(model="m", labels=("person",), how="full", image_crc=0)
    return frame(image=b"-", seq=seq, verdicts=(verdict,), detections=found)


def test_tracks_go_on_after_a_restart() -> None:
    """With what was published before: names, places and velocities."""
    before, after = Camera(), Camera()
    past = []
    for seq in range(10):
        found = [person(0.1 + 0.03 * seq), person(0.6)]
        names = before.look(seq, *found)
        past.append(published(seq, *(replace(each, track=n) for each, n in zip(found, names, strict=True))))
    after.step.recall("porch", past)
    assert after.look(12, person(0.46), person(0.6)) == names


def test_a_backend_that_tracks_by_itself_keeps_its_names() -> None:
    """It knows better."""
    look = Look("m", ("person",), "full", [replace(person(0.1), track="their own")])
    Camera().step.take(Sighting(Picture(frame(image=b"-")), [look]))
    assert look.found[0].track == "their own"


def test_people_who_cross_in_a_drawn_scene_keep_their_names() -> None:
    """Six people, four minutes: of those who pass each other at most 5 in 100 are taken for another, and who is seen
    without a gap of two seconds keeps one name for four fifths of the time, 9 times in 10.
    """
    walks = [Walk(Scene(seed)) for seed in range(4)]
    meetings, switches = sum(walk.meetings for walk in walks), sum(walk.switches for walk in walks)
    assert meetings > 100
    assert switches <= 0.05 * meetings
    stretches = [stretch for walk in walks for stretch in walk.stretches if len(stretch) >= 10]
    kept = [max(map(stretch.count, set(stretch))) >= 0.8 * len(stretch) for stretch in stretches]
    assert sum(kept) >= 0.9 * len(kept) > 50


class Walk:
    """A minute of a drawn scene. `stretches`: the names that one person had, while they were not hidden for long."""

    def __init__(self, scene: Scene) -> None:
        self.meetings = self.switches = 0
        self.stretches: list[list[object]] = []
        self._camera = Camera()
        self._now: dict[int, tuple[int, list[object]]] = {}
        together: set[tuple[int, int]] = set()
        for seq in range(round(60 * scene.fps)):
            people = [each for each in scene.people(seq) if each.visible >= SEEN]
            self._look(seq, scene, people)
            meet = {(a.id, b.id) for a in people for b in people if a.id < b.id and _touch(a.box, b.box)}
            self.meetings += len(meet - together)
            together = meet

    def _look(self, seq: int, scene: Scene, people: list[Person]) -> None:
        width, height = scene.width, scene.height
        boxes: list[Box] = [
            (max(0, x0 / width), y0 / height, min(1, x1 / width), y1 / height)
            for x0, y0, x1, y1 in (p.box for p in people)
        ]
        found = [Detection(label="person", confidence=0.9, box=box) for box in boxes]
        for each, name in zip(people, self._camera.look(seq, *found), strict=True):
            last, names = self._now.get(each.id, (-100, []))
            if seq - last > 2 * scene.fps:
                names = []
                self.stretches.append(names)
            self.switches += bool(names) and names[-1] != name
            names.append(name)
            self._now[each.id] = seq, names


def _touch(a: PixelBox, b: PixelBox) -> bool:
    return min(a[2], b[2]) > max(a[0], b[0]) and min(a[3], b[3]) > max(a[1], b[1])
