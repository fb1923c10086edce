"""The stage: what it adds to a frame and what it leaves alone."""

from dataclasses import dataclass, field

import pytest

from libs.common import images
from libs.common.errors import PermanentError
from libs.common.message_part import Unknown
from libs.common.messages import Detection, End, Frame, Message, Verdict
from libs.common.testing import FakeClock, frame
from services.detector.backend import Backend
from services.detector.backends.hog import Hog
from services.detector.backends.motion import Motion
from services.detector.detect import Detect
from services.detector.picture import Picture
from tests.detector.clip import frame_of, room, with_blocks
from tests.detector.stage import stage_of

BOX = (0.1, 0.2, 0.3, 0.4)


@dataclass
class Scripted:
    """A backend that finds one box, takes its time, and knows nothing where it is told so."""

    clock: FakeClock = field(default_factory=FakeClock)
    cost_s: float = 0.0
    knows: bool = True
    model: str = "scripted"
    labels: tuple[str, ...] = ("cat", "dog")
    learned: list[Frame] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def look(self, picture: Picture) -> tuple[Detection, ...] | None:
        self.clock.advance(self.cost_s)
        return (Detection(label="cat", confidence=0.7, box=BOX),) if self.knows else None

    def learn(self, picture: Picture) -> None:
        self.learned.append(picture.frame)

    def forget(self, camera: str) -> None:
        self.forgotten.append(camera)


def one(stage: Detect, message: Message) -> Frame:
    (out,) = stage.handle(message)
    assert isinstance(out.message, Frame)
    return out.message


def test_a_look_adds_a_verdict_about_these_very_bytes() -> None:
    """Model, what it can find, and the checksum of the picture that passes through unchanged."""
    source = frame()
    judged = one(stage_of(Scripted()), source)
    assert judged.image == source.image
    assert judged.verdicts == (
        Verdict(model="scripted", labels=("cat", "dog"), how="full", image_crc=images.image_crc(source.image)),
    )
    assert judged.detections == (Detection(label="cat", confidence=0.7, box=BOX, by=0),)


def test_a_second_detector_adds() -> None:
    """Earlier verdicts and detections keep their place and their `by`."""
    once = one(stage_of(Scripted()), frame())
    twice = one(stage_of(Scripted(model="second")), once)
    assert [verdict.model for verdict in twice.verdicts or ()] == ["scripted", "second"]
    assert [each.by for each in twice.detections] == [0, 1]
    assert twice.detections[:1] == once.detections


def test_frames_in_between_are_carried() -> None:
    """A look of 300 ms at ten frames a second: the video is not thinned, every fourth frame is looked at."""
    clock = FakeClock()
    stage = stage_of(Scripted(clock, cost_s=0.3), clock=clock)
    judged = [one(stage, frame(seq=seq)) for seq in range(9)]
    hows = [verdict.how for each in judged for verdict in each.verdicts or ()]
    assert hows == ["full", "carried", "carried", "carried", "full", "carried", "carried", "carried", "full"]
    assert [len(each.detections) for each in judged] == [1, 0, 0, 0, 1, 0, 0, 0, 1]
    assert judged[1].verdicts[0].image_crc == images.image_crc(judged[1].image)  # type: ignore[index]


def test_infer_fps_limits_the_looks() -> None:
    """Two a second of ten."""
    stage = stage_of(Scripted(), infer_fps=2)
    judged = [one(stage, frame(seq=seq)) for seq in range(20)]
    assert sum(verdict.how == "full" for each in judged for verdict in each.verdicts or ()) == 4


def test_a_backend_that_cannot_tell_leaves_the_frame_as_it_was() -> None:
    """Nil stays nil: nobody has looked."""
    source = frame()
    assert one(stage_of(Scripted(knows=False)), source) == source


def test_what_a_backend_cannot_tell_leaves_earlier_verdicts() -> None:
    """The first detector's word stands."""
    once = one(stage_of(Scripted()), frame())
    assert one(stage_of(Scripted(knows=False)), once) == once


def test_unknown_fields_pass_on() -> None:
    """A later version's fields survive at both levels."""
    verdict = Verdict(model="m", labels=("x",), how="full", image_crc=1, unknown=Unknown(mood="fine"))
    source = frame(unknown=Unknown(weather="rain"), verdicts=(verdict,))
    judged = one(stage_of(Scripted()), source)
    assert judged.unknown == Unknown(weather="rain")
    assert (judged.verdicts or ())[0] == verdict


def test_other_messages_pass_on() -> None:
    """The end of a boot releases what later stages hold."""
    end = End(camera="porch", boot="00000001", last_seq=9)
    assert [out.message for out in stage_of(Scripted()).handle(end)] == [end]


def test_a_picture_of_another_size_than_the_frame_says_is_refused() -> None:
    """Boxes would lie elsewhere."""
    with pytest.raises(PermanentError) as refused:
        one(stage_of(Scripted()), frame(width=640))
    assert refused.value.reason == "size-mismatch"


@pytest.mark.parametrize("backend", [Motion(), Hog(), Scripted()])
@pytest.mark.parametrize("image", [b"no picture", b"\xff\xd8\xff\xe0 torn"])
def test_bytes_that_are_no_picture_are_refused(backend: Backend, image: bytes) -> None:
    """They go to the dead letters, whichever backend."""
    with pytest.raises(PermanentError) as refused:
        one(stage_of(backend), frame(image=image))
    assert refused.value.reason == "bad-picture"


def test_a_frame_without_room_for_another_verdict_is_refused() -> None:
    """Leaving somebody out would uncover them."""
    full = frame(detections=(Detection(label="dog", confidence=1, box=BOX),) * 1000)
    with pytest.raises(PermanentError) as refused:
        one(stage_of(Scripted()), full)
    assert refused.value.reason == "too-many-detections"


def test_history_is_learned_and_a_bad_picture_in_it_passed_over() -> None:
    """It was refused when it first came by."""
    backend = Scripted()
    stage = stage_of(backend)
    for message in (frame(), frame(image=b"no picture"), End(camera="porch", boot="00000001", last_seq=0)):
        stage.remember(message)
    assert backend.learned == [frame()]


def test_a_forgotten_camera_is_forgotten_by_the_backend_and_looked_at_again() -> None:
    """Its partition went to another process, or there is a gap."""
    backend = Scripted()
    stage = stage_of(backend, infer_fps=1)
    one(stage, frame())
    stage.forget("porch")
    assert backend.forgotten == ["porch"]
    assert (one(stage, frame(seq=1)).verdicts or ())[0].how == "full"


def test_motion_then_boxes_end_to_end() -> None:
    """Unlooked while the background is learned, then full, with the moving block inside a box."""
    stage = stage_of(Motion())
    judged = [one(stage, frame_of(room(), seq)) for seq in range(25)]
    assert judged[0].verdicts is None
    assert (judged[-1].verdicts or ())[0].labels == ("moving",)
    (found,) = one(stage, frame_of(with_blocks(room(), (100, 80, 24, 60)), 25)).detections
    assert found.label == "moving"
