"""Wrong configurations: command, flags, what the one line must name. With variables or a file: see below."""

from typing import NamedTuple

SERVICES = ("producer", "detector", "redactor", "viewer")
LONG = "x" * 250
NUMBERS = ("x", "", "nan", "inf", "-inf", "1e999", "-1", "1,5", "0x10", "five")


class Wrong(NamedTuple):
    """`file` is the content of --config, or None for no file; `named` must be in the line."""

    command: str
    flags: tuple[str, ...]
    named: str
    variables: tuple[tuple[str, str], ...] = ()
    file: bytes | None = None


def flagged(command: str, named: str, *values: str) -> list[Wrong]:
    """The same flag with each of these values."""
    return [Wrong(command, (named, value), named) for value in values]


def in_file(command: str, named: str, *lines: str) -> list[Wrong]:
    """The same setting in the file, with each of these values."""
    return [Wrong(command, (), named, file=f"{named}: {line}\n".encode()) for line in lines]


def login(named: str, *flags: str, **variables: str) -> Wrong:
    """A login that is wrong as a whole."""
    return Wrong(
        "detector", flags, named, tuple((f"FRAMEBUS_{name.upper()}", text) for name, text in variables.items())
    )


SASL = ("--security-protocol", "SASL_SSL")
SCRAM = (*SASL, "--sasl-mechanism", "SCRAM-SHA-512")

FLAGS = [
    *flagged("detector", "--infer-fps", *NUMBERS, "1001"),
    *flagged("detector", "--max-age", *NUMBERS, "0", "1e12"),
    *flagged("detector", "--hang-timeout", *NUMBERS, "0", "86401"),
    *flagged("redactor", "--margin", *NUMBERS, "5.1"),
    *flagged("redactor", "--hold", *NUMBERS, "31"),
    *flagged("redactor", "--lookahead", *NUMBERS, "31"),
    *flagged("redactor", "--max-gap", *NUMBERS, "0"),
    *flagged("redactor", "--max-hold", *NUMBERS, "0"),
    *flagged("redactor", "--hold-mib", *NUMBERS, "3", "65537", "4.5"),
    *flagged("redactor", "--quality", *NUMBERS, "0", "101"),
    *flagged("redactor", "--cover", "", "mosaic", "Blur"),
    *flagged("redactor", "--masks", "", "/does/not/exist", "/", "/dev/null"),
    *flagged("producer", "--every", *NUMBERS, "0", "1.5"),
    *flagged("producer", "--fps", *NUMBERS, "0", "1001"),
    *flagged("producer", "--speed", *NUMBERS, "1001"),
    *flagged("producer", "--quality", *NUMBERS, "0", "101"),
    *flagged("viewer", "--port", *NUMBERS, "65536"),
    *flagged("demo", "--seconds", *NUMBERS, "0"),
    *flagged("demo", "--port", *NUMBERS, "0", "65536"),
    *flagged("broker", "--port", *NUMBERS, "0", "32768"),
    *flagged("broker", "--heap-mb", *NUMBERS, "127"),
    *flagged(
        "detector", "--bootstrap", "", "kafka", "kafka:", ":9092", "kafka:0", "kafka:99999", "kafka:x", "a:1,", "a b:1"
    ),
    *flagged("viewer", "--http", "", "8080", ":8080", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x", "127.0.0.1:-1"),
    *flagged("redactor", "--topic", "", ".", "..", "a b", "a/b", "ä", "a,b", LONG, "frames.detected"),
    *flagged("detector", "--input", "", ",", "..", "a b", "a/b", "$a", LONG, "x" * 245, "a,a", "a,-"),
    *flagged("producer", "--topic", "", "a:b", "a\nb"),
    *flagged("detector", "--cameras", "a b", "a/b", "{a,b}", "ä*", "x" * 129),
    *flagged("detector", "--group", "", "a b", "a\nb", LONG),
    *flagged("detector", "--instance", "", "a b", "a/b", "x" * 201),
    *flagged("detector", "--mode", "", "sometimes", "EVERY"),
    *flagged(
        "detector",
        "--from",
        "",
        "yesterday",
        "10m",
        "-10y",
        "-1.5m",
        "-99999999999d",
        "2026-13-01T00:00:00Z",
        "2026-01-31T12:00:00",
        "2026-01-31",
    ),
    *flagged("detector", "--log-level", "", "debug", "LOUD"),
    *flagged("detector", "--log-format", "", "xml"),
    *flagged("viewer", "--name", "x" * 65, "a\nb", "\x1b[31m"),
    *flagged("producer", "--name", "", "a b", "-a", ".a", "a/b", "ä", "x" * 65, "a\n"),
    *flagged("viewer", "--host", "", "a b", "http://a"),
    *flagged("viewer", "--origin", "cams.example", "ftp://cams.example", "https://cams.example/path", "https://"),
    *flagged("viewer", "--username", "", "x" * 65, "a\nb"),
    *flagged("detector", "--security-protocol", "", "TLS", "ssl"),
    *flagged("detector", "--sasl-mechanism", "", "GSSAPI", "SCRAM"),
    *flagged("detector", "--backend", "", "yolo", "python:", "python:ours", "python:ours.py:1", "rekognition"),
    *flagged("detector", "--detect-size", *NUMBERS, "63", "4097", "320.5"),
    *flagged("detector", "--cloud-budget", *NUMBERS, "1.5"),
    *flagged("detector", "--fallback", "", "none", "rekognition", "yolo"),
    *flagged("detector", "--max-labels", *NUMBERS, "0", "1001"),
    *flagged("detector", "--min-confidence", *NUMBERS, "101"),
    *flagged("broker", "--host", "", "a b"),
    *flagged("broker", "--advertise", "", "a b", "http://a"),
    *flagged("broker", "--mirror", "", "ftp://a", "https://", "maven.example"),
    *[
        Wrong("producer", ("webcam", "--resize", text), "resize")
        for text in ("", "0", "0x0", "640x", "9000x9000", "-1", "5.0")
    ],
    *[Wrong("redactor", (text,), "labels") for text in ("x" * 65, "a\nb", "all-but", "person,all-but,car")],
    *[
        Wrong("producer", (text,), "url")
        for text in ("", "srt://h/a", "rtsp://", "rtsp://h:x/", "webcam:../x", "concat:a")
    ],
    *[Wrong("producer", ("webcam", "--secondary-url", text), "--secondary-url") for text in ("", "a.mp4", "rtsp://")],
    Wrong("producer", ("a.mp4", "--secondary-url", "rtsp://me:canary@h/1"), "--secondary-url"),
    Wrong("producer", ("webcam", "--secondary-url-file", "/dev/null"), "--secondary-url-file"),
    *[Wrong("producer", ("webcam", "--video-url", text), "--video-url") for text in ("", "a.mp4", "rtsp://h/")],
    Wrong("producer", ("webcam", "--video-url-file", "/dev/null"), "--video-url-file"),
    *[Wrong(service, ("--nonsense",), "--nonsense") for service in (*SERVICES, "topics", "demo", "broker")],
    *[Wrong(service, ("--log-level",), "--log-level") for service in SERVICES],
    Wrong("producer", (), "url"),
    Wrong("producer", ("webcam", "webcam:1"), "webcam:1"),
    Wrong("detector", ("person",), "person"),
    Wrong("detector", ("--infer", "5"), "--infer"),
    Wrong("viewer", ("--raw=yes",), "--raw"),
    Wrong("viewer", ("--password", "canary"), "--password"),
    Wrong("viewer", ("--password=canary",), "--password"),
    Wrong("detector", ("--sasl-password", "canary"), "--sasl-password"),
    Wrong("producer", ("rtsp://me:canary@h:x/",), "url"),
    Wrong("topics", ("make",), "action"),
    Wrong("topics", ("create", "a b"), "names"),
    Wrong("topics", ("create", ".."), "names"),
    Wrong("topics", ("check", LONG), "names"),
    Wrong("dead", ("bury",), "action"),
    Wrong("demo", ("/does/not/exist.mp4",), "clip"),
    Wrong("demo", ("x" * 5000,), "clip"),
    Wrong("viewer", ("--tls-certfile", "/dev/null"), "--tls-keyfile"),
    Wrong("viewer", ("--tls-keyfile", "/dev/null"), "--tls-certfile"),
    Wrong("viewer", ("--tls-certfile", "/does/not/exist", "--tls-keyfile", "/dev/null"), "--tls-certfile"),
    Wrong("viewer", ("--password-file", "/does/not/exist"), "--password-file"),
    Wrong("viewer", ("--password-file", "/dev/null"), "--password-file"),
    Wrong("viewer", ("--password-file", "/"), "--password-file"),
    Wrong("producer", ("--url-file", "/does/not/exist"), "--url-file"),
    Wrong("producer", ("--url-file", "/dev/null"), "--url-file"),
]

LOGINS = [
    login("--sasl-mechanism", *SASL),
    login("--sasl-username", *SCRAM),
    login("--sasl-username", *SCRAM, sasl_password="canary"),
    login("--sasl-password-file", *SCRAM, "--sasl-username", "me"),
    login("--sasl-password-file", *SCRAM, "--sasl-username", "me", sasl_password=""),
    login("--sasl-password-file", *SCRAM, "--sasl-username", "me", "--sasl-password-file", "/does/not/exist"),
    login("--sasl-password-file", *SCRAM, "--sasl-username", "me", "--sasl-password-file", "/dev/null"),
    login("--sasl-mechanism", "--sasl-mechanism", "PLAIN"),
    login("--sasl-username", "--sasl-username", "me"),
    login("--sasl-password", sasl_password="canary"),
    login("--sasl-username", "--security-protocol", "SSL", "--sasl-username", "me"),
    login("--ssl-cafile", "--ssl-cafile", "/dev/null"),
    login("--ssl-certfile", "--security-protocol", "SASL_PLAINTEXT", "--ssl-certfile", "/dev/null"),
    login("--ssl-keyfile", "--security-protocol", "SSL", "--ssl-keyfile", "/dev/null"),
    login("--ssl-cafile", "--security-protocol", "SSL", "--ssl-cafile", "/does/not/exist"),
    login("--ssl-cafile", "--security-protocol", "SSL", "--ssl-cafile", "/dev/null"),
    login("--ssl-certfile", "--security-protocol", "SSL", "--ssl-certfile", "/does/not/exist"),
    login("--ssl-certfile", "--security-protocol", "SSL", "--ssl-certfile", "/dev/null"),
    login("--ssl-keyfile", "--security-protocol", "SSL", "--ssl-certfile", "/dev/null", "--ssl-keyfile", "/not/there"),
    login("FRAMEBUS_SECURITY_PROTOCOL", security_protocol="TLS"),
]

VARIABLES = [
    Wrong("detector", (), name, ((name, text),))
    for name, text in (
        ("FRAMEBUS_INFER_FPS", "x"),
        ("FRAMEBUS_INFER_FPS", ""),
        ("FRAMEBUS_MAX_AGE", "-1"),
        ("FRAMEBUS_MODE", "sometimes"),
        ("FRAMEBUS_FROM", "yesterday"),
        ("FRAMEBUS_INPUT", "a,a"),
        ("FRAMEBUS_TOPIC", "a b"),
        ("FRAMEBUS_HTTP", "99999"),
        ("FRAMEBUS_LOG_LEVEL", "5"),
        ("FRAMEBUS_CONFIG", "/does/not/exist"),
        ("FRAMEBUS_BOOTSTRAPS", "kafka:9092"),
        ("FRAMEBUS_INFERFPS", "5"),
        ("FRAMEBUS_SSL_CA_FILES", "ca.pem"),
        ("FRAMEBUS_SASL_PASSWORT", "canary"),
    )
] + [
    Wrong("producer", ("webcam",), "FRAMEBUS_LOOP", (("FRAMEBUS_LOOP", "maybe"),)),
    Wrong("viewer", (), "FRAMEBUS_PORT", (("FRAMEBUS_PORT", "tcp://10.0.0.1:5000"),)),
    Wrong("viewer", (), "FRAMEBUS_PASWORD", (("FRAMEBUS_PASWORD", "canary"),)),
    Wrong("redactor", (), "FRAMEBUS_BOXES", (("FRAMEBUS_BOXES", "sometimes"),)),
    Wrong("broker", (), "FRAMEBUS_BROKER_PORT", (("FRAMEBUS_BROKER_PORT", "40000"),)),
    Wrong("broker", (), "FRAMEBUS_BROKER_HEAPMB", (("FRAMEBUS_BROKER_HEAPMB", "512"),)),
    Wrong("demo", (), "FRAMEBUS_DEMO_SECOND", (("FRAMEBUS_DEMO_SECOND", "5"),)),
    Wrong("topics", (), "FRAMEBUS_TOPICS_NAMES", (("FRAMEBUS_TOPICS_NAMES", "a/b"),)),
]

FILES = [
    *in_file("detector", "infer-fps", "x", "true", "[5]", "{a: 1}", "null", ".nan", ".inf", "-1", "2026-01-31", "0x1G"),
    *in_file("detector", "topic", "5", "no", "null", "[a]", "5:00", "2026-01-31", "''", "a b"),
    *in_file("detector", "input", "5", "true", "null", "[1, 2]", "[no]", "[[a]]", "{a: b}", "[]", "[a, null]"),
    *in_file("detector", "from", "2026-01-31T12:00:00Z", "-10", "yesterday"),
    *in_file("detector", "mode", "on", "1", "[every]"),
    *in_file("detector", "group", "5", "''"),
    *in_file("detector", "sasl-username", "5", "[me]"),
    *in_file("detector", "sasl-password", "31337", "[canary]", "true"),
    *in_file("detector", "ssl-cafile", "5", "[a]"),
    *in_file("redactor", "boxes", "2", "sometimes", "[true]", "null"),
    *in_file("redactor", "quality", "true", "85.5", "'x'"),
    *in_file("producer", "name", "5:00", "no", "1", "null"),
    *in_file("producer", "loop", "5", "'x'"),
    *in_file("viewer", "port", "yes", "5000.5", "[5000]"),
    *in_file("viewer", "password", "12345", "[canary]"),
    *[
        Wrong("detector", (), "--config", file=content)
        for content in (
            b"",
            b"- input\n",
            b"detector\n",
            b"5\n",
            b"input: [\n",
            b"input: a\n\ttopic: b\n",
            b"\ttopic: b\n",
            b"topic: a\ntopic: b\n",
            b"infer-fps: 1\ninfer_fps: 2\n",
            b"--- \ntopic: a\n---\ntopic: b\n",
            b"\xff\xfe\x00",
            b"\x00\x01\x02",
            b"topic: !!python/object/apply:os.system [id]\n",
            b"topic: !!bool x\n",
            b"topic: !!timestamp x\n",
            b"from: 2026-13-45\n",
            b"topic: *nobody\n",
            b"topic: " + b"[" * 3000 + b"\n",
            b"#" * (1 << 20) + b"#\n",
            b"password: canary: canary\n",
        )
    ],
    *[
        Wrong("detector", (), key, file=f"{key}: 1\n".encode())
        for key in ("nonsense", "infer-fpss", "INPUT", "config", "check", "detector", "5")
    ],
    Wrong("detector", ("--config",), "--config"),
    Wrong("detector", ("--config", ""), "--config"),
    Wrong("detector", ("--config", "/"), "--config"),
    Wrong("detector", ("--config", "/does/not/exist.yaml"), "--config"),
    Wrong("detector", ("--config", "/dev/zero"), "--config"),
]

ALL = [*FLAGS, *LOGINS, *VARIABLES, *FILES]
