"""Wrong flags of the notifier."""

from tests.common.wrong.configuration import LONG, NUMBERS, Wrong, flagged

TO = (("FRAMEBUS_TO", "kafka:alerts"),)


def beside(named: str, *values: str) -> list[Wrong]:
    """The same flag with each of these values, where somebody is to be told."""
    return [Wrong("notifier", (named, value), named, TO) for value in values]


def told(named: str, *addresses: str) -> list[Wrong]:
    """Wrong addresses; none of them is repeated."""
    return [Wrong("notifier", (), named, (("FRAMEBUS_TO", address),)) for address in addresses]


FLAGS = [
    *flagged("notifier", "--wait", *NUMBERS, "301"),
    *flagged("notifier", "--cooldown", *NUMBERS, "604801"),
    *flagged("notifier", "--since", "", "yesterday", "10m", "-1y"),
    *flagged("notifier", "--rules", "", "/does/not/exist", "/", "/dev/null"),
    *flagged("notifier", "--to-file", "", "/does/not/exist", "/", "/dev/null"),
    *flagged("notifier", "--topic", "", ".", "a b", "a/b", LONG, "-", "events"),
    *flagged("notifier", "--input", "", "-", "a,a", "a,-", "a b"),
    *[wrong for name in ("--events", "--status", "--control") for wrong in flagged("notifier", name, "", "a b", "-")],
    *beside("--mode", "latest"),
    *beside("--timezone", "", "Berlin", "../../etc/passwd", "+02:00"),
    *beside("--viewer-url", "cams.example", "https://me:canary@x.org", "ftp://x.org"),
    *beside("--recordings", "/does/not/exist", "/dev/null"),
    *told(
        "FRAMEBUS_TO", "", " ", "canary", "smtp:", "smtp://?to=canary@x", "tg://canary", "https://canary", "mqtt://:1"
    ),
    *told("FRAMEBUS_TO, address 2", "kafka:alerts canary", "kafka:alerts smtp://h:99999/canary"),
    *told("channel kafka", "kafka:events", "kafka:a/b", "kafka:x.dead"),
    Wrong("notifier", ("--topic", "mine"), "channel kafka", (("FRAMEBUS_TO", "kafka:mine"),)),
    *told("channel mail", "smtps://me:canary@x.org/", "smtp://me:canary@x.org/?from=a@x.org&to=b@x.org&tls=none"),
    *told("channel telegram", "tg://31337:canary@1"),
    Wrong("notifier", (), "--rules"),
    Wrong("notifier", ("--active", "22:00-06:00"), "timezone", TO),
    Wrong("notifier", ("--active", "22-6", "--timezone", "UTC"), "active", TO),
    Wrong("notifier", ("--alarm", "a", "--new-label", "b"), "--new-label", TO),
    Wrong("notifier", ("--test", "--explain"), "--test", TO),
    Wrong("notifier", ("--to", "canary"), "--to"),
    Wrong("notifier", ("--raw=yes",), "--raw"),
]
