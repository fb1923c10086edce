"""The framebus command: a table of names, each loaded only when it is called."""

import sys
from importlib import import_module
from importlib.metadata import version

COMMANDS = {
    "producer": ("services.producer.__main__", "a camera, file or webcam -> frames"),
    "detector": ("services.detector.__main__", "frames -> the same frames with detections"),
    "redactor": ("services.redactor.__main__", "frames with detections -> frames with people covered"),
    "viewer": ("services.viewer.__main__", "frames -> a browser"),
    "broker": ("libs.ops.broker", "a Kafka broker on this machine"),
    "topics": ("libs.ops.topics_command", "create, list and check the topics"),
    "demo": ("libs.ops.demo", "all of it on a street clip, in a browser"),
}


def usage() -> str:
    """The menu."""
    lines = [f"  {name:<10} {text}" for name, (_, text) in COMMANDS.items()]
    return "\n".join(["usage: framebus COMMAND [--help] ... | --version", "", *lines, ""])


def main() -> int:
    """Run the command named first; 2 if there is none of that name."""
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help", "help"):
        sys.stdout.write(usage())
        return 0
    if sys.argv[1] == "--version":
        sys.stdout.write(f"framebus {version('framebus')}\n")
        return 0
    if sys.argv[1] not in COMMANDS:
        sys.stderr.write(f"framebus: no command {sys.argv[1]!r}: expected one of {', '.join(COMMANDS)}\n")
        return 2
    name = sys.argv[1]
    try:
        return int(import_module(COMMANDS[name][0]).main(sys.argv[2:]))
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] in ("services", "libs"):
            raise
        sys.stderr.write(f"framebus {name}: the package {error.name} is missing: pip install 'framebus[{name}]'\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
