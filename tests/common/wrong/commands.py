"""Wrong flags of the operator's commands."""

from tests.common.wrong.configuration import LONG, NUMBERS, Wrong, flagged

FLAGS = [
    *flagged("demo", "--seconds", *NUMBERS, "0"),
    *flagged("demo", "--port", *NUMBERS, "0", "65536"),
    *flagged("broker", "--port", *NUMBERS, "0", "32768"),
    *flagged("broker", "--heap-mb", *NUMBERS, "127"),
    *flagged("broker", "--host", "", "a b"),
    *flagged("broker", "--advertise", "", "a b", "http://a"),
    *flagged("broker", "--mirror", "", "ftp://a", "https://", "maven.example"),
    Wrong("topics", ("make",), "action"),
    Wrong("topics", ("create", "a b"), "names"),
    Wrong("topics", ("create", ".."), "names"),
    Wrong("topics", ("check", LONG), "names"),
    Wrong("dead", ("bury",), "action"),
    Wrong("demo", ("/does/not/exist.mp4",), "clip"),
    Wrong("demo", ("x" * 5000,), "clip"),
]
