"""Wrong flags that every service has, shown with one of them."""

from tests.common.wrong.configuration import LONG, NUMBERS, Wrong, flagged

SERVICES = ("producer", "ftp-ingest", "detector", "redactor", "notifier", "viewer")

FLAGS = [
    *flagged("detector", "--max-age", *NUMBERS, "0", "1e12"),
    *flagged(
        "detector", "--bootstrap", "", "kafka", "kafka:", ":9092", "kafka:0", "kafka:99999", "kafka:x", "a:1,", "a b:1"
    ),
    *flagged("viewer", "--http", "", "8080", ":8080", "127.0.0.1:", "127.0.0.1:99999", "127.0.0.1:x", "127.0.0.1:-1"),
    *flagged("detector", "--input", "", ",", "..", "a b", "a/b", "$a", LONG, "x" * 245, "a,a", "a,-"),
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
    *flagged("detector", "--security-protocol", "", "TLS", "ssl"),
    *flagged("detector", "--sasl-mechanism", "", "GSSAPI", "SCRAM"),
    *[Wrong(service, ("--nonsense",), "--nonsense") for service in (*SERVICES, "topics", "demo", "broker")],
    *[Wrong(service, ("--log-level",), "--log-level") for service in SERVICES],
    Wrong("detector", ("--sasl-password", "canary"), "--sasl-password"),
]
