"""Wrong flags of the viewer."""

from tests.common.wrong.configuration import NUMBERS, Wrong, flagged

FLAGS = [
    *flagged("viewer", "--port", *NUMBERS, "65536"),
    *flagged("viewer", "--name", "x" * 65, "a\nb", "\x1b[31m"),
    *flagged("viewer", "--host", "", "a b", "http://a"),
    *flagged(
        "viewer", "--origin", "cams.example", "ftp://cams.example", "https://cams.example/path", "https://", "https://["
    ),
    *flagged("viewer", "--username", "", "x" * 65, "a\nb"),
    Wrong("viewer", ("--raw=yes",), "--raw"),
    Wrong("viewer", ("--password", "canary"), "--password"),
    Wrong("viewer", ("--password=canary",), "--password"),
    Wrong("viewer", ("--tls-certfile", "/dev/null"), "--tls-keyfile"),
    Wrong("viewer", ("--tls-keyfile", "/dev/null"), "--tls-certfile"),
    Wrong("viewer", ("--tls-certfile", "/does/not/exist", "--tls-keyfile", "/dev/null"), "--tls-certfile"),
    Wrong("viewer", ("--password-file", "/does/not/exist"), "--password-file"),
    Wrong("viewer", ("--password-file", "/dev/null"), "--password-file"),
    Wrong("viewer", ("--password-file", "/"), "--password-file"),
]
