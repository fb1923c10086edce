"""The backend `rekognition` against a server that knows the API: what is asked, and what is made of each answer."""

import logging
import os

import numpy as np
import pytest

from libs.common import images
from libs.common.errors import FramebusError, SettingsError, TemporaryError
from libs.common.messages import Detection, Frame
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock, frame, picture
from services.detector.backends import rekognition as api
from services.detector.backends.rekognition import Rekognition
from services.detector.choose import Kit, backends
from services.detector.cloud import ThrottledError
from services.detector.counts import Counts
from services.detector.picture import Picture
from services.detector.settings import Settings
from tests.detector.stage import stage_of
from tests.models.rekognition_stub import PERSON, PHONE, Answer, error, labels, rekognition
from tests.pipeline.chain import CLIP, framebus, frames_of, messages

SECRET = "canary-of-a-key"


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of this machine's own login; no search for one in the network."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/does/not/exist")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/does/not/exist")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


class Looking:
    """The backend as the flags make it, asking at this address."""

    def __init__(self, url: str, monkeypatch: pytest.MonkeyPatch, **flags: object) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", url)
        self.clock, self.metrics = FakeClock(), Metrics()
        given = {"backend": ("rekognition",), "send_raw_to_cloud": True, "labels": ("person", "mobile phone"), **flags}
        kit = Kit(Settings.model_validate(given), Counts(self.metrics), self.clock)
        (self.backend,) = backends(kit)

    def look(self, message: Frame | None = None) -> tuple[Detection, ...] | None:
        return self.backend.look(Picture(message or frame()))

    def calls(self) -> dict[str, float]:
        values = self.metrics.values()
        return {word: values.get(f"framebus_cloud_calls_total{{{word}}}", 0) for word in ("ok", "throttled", "failed")}


def test_what_the_flags_say_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The labels with capitals, as the API has them; the frame's own bytes, if they are small and ours."""
    with rekognition(labels()) as stub:
        assert Looking(stub.url, monkeypatch, max_labels=7, min_confidence=81.5).look() == ()
    (asked,) = stub.seen
    assert asked["Image"]["Bytes"] == frame().image
    assert (asked["MaxLabels"], asked["MinConfidence"], asked["Features"]) == (7, 81.5, ["GENERAL_LABELS"])
    assert asked["Settings"] == {"GeneralLabels": {"LabelInclusionFilters": ["Person", "Mobile Phone"]}}


def test_each_place_of_a_label_becomes_a_detection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower case, with parents, inside the picture; what has no place may be anywhere in it, so it is all of it."""
    with rekognition(labels(PERSON, PHONE)) as stub:
        found = Looking(stub.url, monkeypatch).look()
    assert found == (
        Detection(label="person", confidence=0.985, box=(0.25, 0.125, 0.5, 0.625)),
        Detection(label="person", confidence=0.6, box=(0.0, 0.5, -0.01 + 0.11, 1.0)),
        Detection(label="mobile phone", confidence=0.8, box=(0, 0, 1, 1), parents=("phone", "electronics")),
    )


def test_what_was_not_asked_for_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict says what was looked for; a scene over the whole picture would black it."""
    with rekognition(labels(PERSON, PHONE)) as stub:
        looking = Looking(stub.url, monkeypatch, labels=("person",))
        assert {each.label for each in looking.look() or ()} == {"person"}
    assert looking.backend.labels == ("person",)


def test_a_large_picture_is_sent_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the smallest of 1/2, 1/4, 1/8 that is not below the size asked for."""
    large = frame(image=images.encode(picture(3000, 1500)), width=3000, height=1500)
    with rekognition(labels()) as stub:
        Looking(stub.url, monkeypatch).look(large)
        Looking(stub.url, monkeypatch, detect_size=700).look(large)
    assert [asked["image"].shape for asked in stub.seen] == [(750, 1500, 3), (375, 750, 3)]


def test_a_picture_too_large_for_a_call_is_sent_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    """Noise takes more bytes than any camera's picture; here with a limit that it passes."""
    monkeypatch.setattr(api, "MAX_BYTES", 100_000)
    noise = images.encode(np.random.default_rng(1).integers(0, 256, (600, 800, 3), np.uint8))
    with rekognition(labels()) as stub:
        Looking(stub.url, monkeypatch, detect_size=800).look(frame(image=noise, width=800, height=600))
    assert len(noise) > 200_000
    assert len(stub.seen[0]["Image"]["Bytes"]) <= 100_000


def test_a_foreign_file_is_not_sent_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may say where and by whom it was made."""
    comment = b"\xff\xfe\x00\x0acanary!!"
    jpeg = frame().image[:2] + comment + frame().image[2:]
    with rekognition(labels()) as stub:
        Looking(stub.url, monkeypatch).look(frame(image=jpeg, image_by="foreign"))
    assert b"canary" not in stub.seen[0]["Image"]["Bytes"]


@pytest.mark.parametrize(
    ("answer", "kind", "counted"),
    [
        (error(400, "ThrottlingException"), ThrottledError, "throttled"),
        (error(400, "ProvisionedThroughputExceededException"), ThrottledError, "throttled"),
        (error(500, "InternalServerError"), TemporaryError, "failed"),
        (error(503, "ServiceUnavailable"), TemporaryError, "failed"),
        (Answer(502, b"<html>bad gateway</html>"), TemporaryError, "failed"),
        (Answer(200, b"<html>log in to this network</html>"), TemporaryError, "failed"),
        (Answer(200, b"{}"), TemporaryError, "failed"),
        (Answer(hangs=True), TemporaryError, "failed"),
        (error(400, "AccessDeniedException"), FramebusError, "failed"),
        (error(400, "UnrecognizedClientException"), FramebusError, "failed"),
        (error(400, "InvalidParameterException"), FramebusError, "failed"),
        (error(400, "InvalidImageFormatException"), FramebusError, "failed"),
    ],
)
def test_a_failure_is_what_it_is(
    answer: Answer,
    kind: type[FramebusError],
    counted: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What passes is temporary; one request for one look; no account, user or key is told."""
    caplog.set_level(logging.DEBUG)
    if answer.hangs:
        monkeypatch.setattr(api, "READ_S", 0.5)
    with rekognition(answer) as stub:
        looking = Looking(stub.url, monkeypatch)
        with pytest.raises(kind) as failed:
            looking.look()
    assert type(failed.value) is kind
    assert len(stub.seen) == 1
    assert looking.calls() == {"ok": 0, "throttled": 0, "failed": 0, counted: 1}
    for said in (str(failed.value), caplog.text):
        assert "canary" not in said
        assert "AKIATEST" not in said


def test_nobody_at_the_address_is_temporary(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network is down, or the name is not known."""
    with pytest.raises(TemporaryError, match="EndpointConnectionError"):
        Looking("http://127.0.0.1:1", monkeypatch).look()


def test_stream_frames_go_on_unlooked_and_a_still_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What must not be skipped comes again when the cloud is back."""
    with rekognition(error(400, "ThrottlingException"), labels(PERSON)) as stub:
        looking = Looking(stub.url, monkeypatch)
        stage = stage_of(looking.backend, clock=looking.clock)
        (out,) = list(stage.handle(frame()))
        assert isinstance(out.message, Frame)
        assert out.message.verdicts is None
        with pytest.raises(TemporaryError) as waits:
            list(stage.handle(frame(seq=1, still=True)))
        looking.clock.advance(waits.value.delay_s)
        (out,) = list(stage.handle(frame(seq=1, still=True)))
        assert isinstance(out.message, Frame)
        assert len(out.message.detections) == 2


def test_the_budget_of_a_day_is_kept(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Then the fallback looks, under its own name, until the next day (UTC); said once."""
    with rekognition(labels(PERSON)) as stub:
        looking = Looking(stub.url, monkeypatch, cloud_budget=2, fallback="haar")
        stage, said = stage_of(looking.backend, clock=looking.clock), []
        for seq in range(4):
            (out,) = list(stage.handle(frame(seq=seq)))
            assert isinstance(out.message, Frame)
            (verdict,) = out.message.verdicts or ()
            said.append((verdict.model, verdict.labels))
        assert said == [("rekognition", ("person", "mobile phone"))] * 2 + [("haar", ("face",))] * 2
        assert len(stub.seen) == 2
        looking.clock.advance(86_400)
        assert len(looking.look() or ()) == 2
    assert looking.metrics.values()["framebus_cloud_calls_total{budget}"] == 2
    assert [record.message for record in caplog.records if "budget" in record.message] == [
        "the budget of 2 calls to the cloud is spent until midnight UTC"
    ]


def test_two_inputs_share_one_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """It belongs to the process."""
    with rekognition(labels()) as stub:
        monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", stub.url)
        given = {"backend": ("rekognition",), "send_raw_to_cloud": True, "labels": ("person",), "cloud_budget": 1}
        kit = Kit(Settings.model_validate(given), Counts(Metrics()), FakeClock())
        ((one,), (other,)) = backends(kit), backends(kit)
        assert one.look(Picture(frame())) == ()
        assert other.look(Picture(frame())) is None


def test_the_service_itself_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the flags and variables that an operator sets; each frame was looked at."""
    clip = framebus("producer", str(CLIP), "-n", "street", "-t", "-", "--speed", "0", "-f", "200")
    flags = ("--backend", "rekognition", "--send-raw-to-cloud", "--labels", "person", "-i", "-", "-t", "-")
    with rekognition(labels(PERSON)) as stub:
        monkeypatch.setenv("AWS_ENDPOINT_URL_REKOGNITION", stub.url)
        frames = frames_of(messages(framebus("detector", *flags, stdin=clip)))
    assert len(frames) == len(stub.seen) == 4
    for each in frames:
        assert [(verdict.model, verdict.labels, verdict.how) for verdict in each.verdicts or ()] == [
            ("rekognition", ("person",), "full")
        ]
        assert [found.label for found in each.detections] == ["person", "person"]


@pytest.mark.parametrize(
    ("missing", "expected"), [("AWS_DEFAULT_REGION", "AWS_DEFAULT_REGION"), ("AWS_ACCESS_KEY_ID", "a login to AWS")]
)
def test_without_region_or_login_it_does_not_start(
    missing: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line, before any picture was read."""
    monkeypatch.delenv(missing)
    if missing == "AWS_ACCESS_KEY_ID":
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(SettingsError, match=expected) as refused:
        Looking("http://127.0.0.1:1", monkeypatch)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(("count", "most"), [(0, 100), (3, 2), (101, 1000)])
def test_it_wants_as_many_labels_as_an_answer_may_hold(count: int, most: int) -> None:
    """With more of them some could be cut off, and the verdict would promise too much."""
    with pytest.raises(SettingsError, match=f"expected 1 to {min(most, 100)} --labels"):
        Rekognition([f"label {number}" for number in range(count)], cloud=None, max_labels=most)  # type: ignore[arg-type]


def test_a_call_that_hangs_is_given_up_in_time_to_stop() -> None:
    """A service has 10 s to stop, and cannot while it waits."""
    assert api.CONNECT_S + api.READ_S < 10
