"""Wrong environment variables."""

from tests.common.wrong.configuration import Wrong

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
