"""Wrong flags of ftp-ingest."""

from tests.common.wrong.configuration import NUMBERS, Wrong, flagged


def named(*patterns: str) -> list[Wrong]:
    """--name-time, which has --timezone beside it."""
    return [Wrong("ftp-ingest", ("--timezone", "UTC", "--name-time", text), "--name-time") for text in patterns]


FLAGS = [
    *flagged("ftp-ingest", "--port", *NUMBERS, "65536"),
    *flagged("ftp-ingest", "--silent-after", *NUMBERS, "0"),
    *flagged("ftp-ingest", "--host", "", "a b", "http://a"),
    *flagged("ftp-ingest", "--users", "", "/", "~", "/tmp", "/etc/passwd"),
    *flagged(
        "ftp-ingest", "--passive-ports", *NUMBERS, "30000", "30010-30000", "80-90", "60000-70000", "30000-30063,1"
    ),
    *flagged("ftp-ingest", "--masquerade-address", "", "x", "cams.example", "::1", "1.2.3", "1.2.3.4:5"),
    *flagged("ftp-ingest", "--max-file", *NUMBERS, "0", "65", "1.5"),
    *flagged("ftp-ingest", "--idle-timeout", *NUMBERS, "0", "86401"),
    *flagged("ftp-ingest", "--stall-timeout", *NUMBERS, "0", "86401"),
    *flagged("ftp-ingest", "--transfer-timeout", *NUMBERS, "0", "86401"),
    *flagged("ftp-ingest", "--session-timeout", *NUMBERS, "0", "604801"),
    *flagged("ftp-ingest", "--max-connections", *NUMBERS, "0", "1025"),
    *flagged("ftp-ingest", "--max-per-address", *NUMBERS, "0", "1025"),
    *flagged("ftp-ingest", "--max-per-user", *NUMBERS, "0", "1025"),
    *flagged("ftp-ingest", "--spool", "", "/", "~", "/etc/passwd"),
    *flagged("ftp-ingest", "--keep", "", "/", "/etc/passwd"),
    *flagged("ftp-ingest", "--spool-max", *NUMBERS, "7", "1.5"),
    *flagged("ftp-ingest", "--quota", *NUMBERS, "3", "1.5"),
    *flagged("ftp-ingest", "--min-free", *NUMBERS, "1.5"),
    *flagged("ftp-ingest", "--timezone", "", "Berlin", "../../etc/passwd", "+02:00"),
    *named("", "photo", "%H%M", "%Y%m%d", "%Y%m%d%H%M%S%Q", "%Y%m%d%H%M%", "%" * 300),
    Wrong("ftp-ingest", ("--name-time", "%Y%m%d%H%M%S"), "--timezone"),
    Wrong("ftp-ingest", ("--timezone", "UTC"), "--name-time"),
    Wrong("ftp-ingest", ("--spool", "/tmp/spool", "--keep", "/tmp/spool/kept"), "--keep"),
    Wrong("ftp-ingest", ("--spool", "/tmp/spool", "--keep", "/tmp/spool"), "--keep"),
    Wrong("ftp-ingest", ("--require-tls",), "--tls-certfile"),
    Wrong("ftp-ingest", ("--implicit-tls",), "--tls-certfile"),
    Wrong("ftp-ingest", ("--no-ftp",), "--watch"),
    *flagged("ftp-ingest", "--watch", "por ch=/srv", "=/srv", "porch=", "ä=/srv", "-x=/srv"),
    *flagged("ftp-ingest", "--poll", *NUMBERS, "0", "0.4", "86401"),
    *flagged("ftp-ingest", "--after", "", "remove", "Delete"),
    Wrong("ftp-ingest", ("--no-ftp", "--watch", "a=/srv/x", "--watch", "b=/srv/x"), "--watch"),
    Wrong("ftp-ingest", ("--no-ftp", "--watch", "a=/srv/x", "--watch", "/srv/y/../x"), "--watch"),
    Wrong("ftp-ingest", ("--no-ftp", "--watch", "a=/srv/x", "--spool", "/srv"), "--watch"),
    Wrong("ftp-ingest", ("--no-ftp", "--watch", "a=/srv/x", "--keep", "/srv/x"), "--watch"),
    Wrong("ftp-ingest", ("--after", "move"), "--move-to"),
    Wrong("ftp-ingest", ("--move-to", "/srv/x"), "--move-to"),
    Wrong("ftp-ingest", ("--no-ftp", "--watch", "/srv/x", "--after", "move", "--move-to", "/srv/x"), "--move-to"),
    Wrong(
        "ftp-ingest",
        ("--no-ftp", "--watch", "/srv/x", "--after", "move", "--move-to", "/srv/s/y", "--spool", "/srv/s"),
        "--move-to",
    ),
]
