"""Wrong files of --config."""

from tests.common.wrong.configuration import Wrong, in_file

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
