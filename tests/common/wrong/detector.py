"""Wrong flags of the detector."""

from tests.common.wrong.configuration import NUMBERS, Wrong, flagged

FLAGS = [
    *flagged("detector", "--infer-fps", *NUMBERS, "1001"),
    *flagged("detector", "--hang-timeout", *NUMBERS, "0", "86401"),
    *flagged("detector", "--backend", "", "yolo", "python:", "python:ours", "python:ours.py:1", "rekognition"),
    *flagged("detector", "--detect-size", *NUMBERS, "63", "4097", "320.5"),
    *flagged("detector", "--cloud-budget", *NUMBERS, "1.5"),
    *flagged("detector", "--fallback", "", "none", "rekognition", "yolo"),
    *flagged("detector", "--max-labels", *NUMBERS, "0", "1001"),
    *flagged("detector", "--min-confidence", *NUMBERS, "101"),
    Wrong("detector", ("person",), "person"),
    Wrong("detector", ("--infer", "5"), "--infer"),
]
