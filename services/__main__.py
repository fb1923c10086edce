"""The framebus command: a table of names, each loaded only when it is called."""

import sys
from importlib import import_module
from importlib.metadata import version

COMMANDS = {
    "producer": ("services.producer.__main__", "a camera, file or webcam -> frames"),
    "ftp-ingest": ("services.ftp_ingest.__main__", "uploads by FTP and watched folders -> frames"),
    "detector": ("services.detector.__main__", "frames -> the same frames with detections"),
    "redactor": ("services.redactor.__main__", "frames with detections -> frames with people covered"),
    "notifier": ("services.notifier.__main__", "frames and events -> people are told"),
    "viewer": ("services.viewer.__main__", "frames -> a browser"),
    "broker": ("libs.ops.broker", "a Kafka broker on this machine"),
    "status": ("libs.ops.status_command", "what state each camera is in, and which producer has it"),
    "trigger": ("libs.ops.trigger_command", "a picture now, a burst, a mark, alerts or detection paused and resumed"),
    "topics": ("libs.ops.topics_command", "create, list and check the topics"),
    "dead": ("libs.ops.dead_command", "look at refused messages, send them again, delete them"),
    "redact-check": ("libs.ops.redact_check", "how well people are covered, measured on a labelled clip"),
    "demo": ("libs.ops.demo", "all of it on a street clip, in a browser"),
}


def usage() -> str:
    """The menu."""
    lines = [f"  {name:<13} {text}" for name, (_, text) in COMMANDS.items()]
    config = "  config [--json] COMMAND ...: its settings and where each comes from"
    return "\n".join(["usage: framebus COMMAND [--help] ... | --version", "", *lines, config, ""])


def main() -> int:
    """Run the command named first; 2 if there is none of that name."""
    words = sys.argv[1:]
    if words[:1] == ["config"]:
        words = shown(words[1:])
    if not words or words[0] in ("-h", "--help", "help"):
        sys.stdout.write(usage())
        return 0
    if words[0] == "--version":
        sys.stdout.write(f"framebus {version('framebus')}\n")
        return 0
    if words[0] not in COMMANDS:
        sys.stderr.write(f"framebus: no command {words[0]!r}: expected one of {', '.join(COMMANDS)}, config\n")
        return 2
    return run(words[0], words[1:])


def shown(words: list[str]) -> list[str]:
    """What follows `framebus config`, as the call that shows the settings instead of using them."""
    form, command = ("json", words[1:]) if words[:1] == ["--json"] else ("text", words)
    return [*command[:1], "--show-settings", form, *command[1:]] if command else []


def run(name: str, flags: list[str]) -> int:
    """Load one command and run it; its exit status."""
    try:
        return int(import_module(COMMANDS[name][0]).main(flags))
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] in ("services", "libs"):
            raise
        sys.stderr.write(f"framebus {name}: the package {error.name} is missing: pip install 'framebus[{name}]'\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
