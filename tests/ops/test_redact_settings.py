"""The flags of framebus redact-check."""

import pytest

from libs.common.flags import read
from libs.ops import redact_check
from libs.ops.redact_settings import Settings
from tests.common.wrong.configuration import NUMBERS, Wrong, flagged

WRONG = [
    *flagged("redact-check", "--max-leak", *NUMBERS, "101"),
    *flagged("redact-check", "--lookahead", *NUMBERS, "31"),
    *flagged("redact-check", "--hold", *NUMBERS, "31"),
    *flagged("redact-check", "--margin", *NUMBERS, "5.1"),
    *flagged("redact-check", "--cover", "", "black"),
    *flagged("redact-check", "--video", "", "/does/not/exist", "/dev/null", "/", "x" * 5000, "rtsp://camera/stream"),
    *flagged("redact-check", "--truth", "/does/not/exist", "/dev/zero", "/"),
    *flagged("redact-check", "--detector-config", "/does/not/exist"),
    *flagged("redact-check", "--json", "/does/not/exist/found.json"),
    *flagged("redact-check", "--sheet", "/does/not/exist/worst.jpg"),
    Wrong("redact-check", (), "--video"),
    Wrong("redact-check", ("--video", __file__), "--truth"),
    Wrong("redact-check", ("--detections", __file__, "--backend", "hog"), "--detections"),
]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: " ".join(wrong.flags)[:40])
def test_a_wrong_setting_is_status_2_and_one_line(wrong: Wrong, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the setting; nothing was started."""
    assert redact_check.main(wrong.flags) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("framebus redact-check: ")
    assert wrong.named in err
    assert "expected" in err or "should" in err


def given(*flags: str) -> Settings:
    """What these flags mean; the files that they name need not be there."""
    return read(Settings, flags, "framebus redact-check", "").settings


def test_what_is_given_goes_to_the_services() -> None:
    """What is not, is left to their own defaults."""
    redactor = ("--labels", "person", "--hold", "2", "--cover", "blur", "--redactor-config", "r.yaml")
    found = given("--backend", "motion,hog", *redactor)
    assert found.detector_flags() == ["--backend", "motion", "--backend", "hog"]
    assert found.redactor_flags()[:7] == ["person", "--config", "r.yaml", "--hold", "2.0", "--cover", "blur"]
    assert given().detector_flags() == []
    assert not {"--hold", "--lookahead", "--margin", "--cover"} & set(given().redactor_flags())


def test_detections_are_persons_unless_other_labels_are_named() -> None:
    """Without them every label is covered that somebody looked for."""
    assert given("--detections", "found.txt").detector_flags() == ["--backend", "replay:found.txt"]
    assert given("--detections", "found.txt").redactor_flags()[0] == "person"
    assert given("--detections", "found.txt", "--labels", "face").redactor_flags()[0] == "face"
    assert given().redactor_flags()[0].startswith("--")
