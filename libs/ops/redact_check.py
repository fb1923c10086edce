"""framebus redact-check: runs the services over a labelled clip and says how well they cover the people in it."""

import json
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

from libs.common.errors import FatalError, SettingsError
from libs.common.flags import load
from libs.common.service import complain
from libs.ops.redact_pipe import check
from libs.ops.redact_report import Result, document, table
from libs.ops.redact_settings import Settings
from libs.ops.redact_truth import read_truth

NAME = "redact-check"
TEXT = (
    "Runs producer, detector and redactor over a labelled clip, as a pipe, and says how much of the people in it can "
    "still be seen, how much is covered, how long a frame waits and what it costs; with look-ahead and without."
)


def main(argv: Sequence[str]) -> int:
    """0 if all is well, 1 if a limit is exceeded or a part fails, 2 for wrong settings."""
    # What passes through this memory shows people.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        settings, only_check = load(Settings, argv, f"framebus {NAME}", TEXT)
        return _check(settings) if only_check else _run(settings)
    except SettingsError as error:
        return complain(NAME, error, 2)
    except FatalError as error:
        return complain(NAME, error, 1)
    except KeyboardInterrupt:
        return complain(NAME, FatalError("interrupted"), 1)


def _check(settings: Settings) -> int:
    clip, truth = settings.file("video"), read_truth(settings.file("truth"))
    lines = [f"{clip}: {sum(map(len, truth.values()))} boxes in {len(truth)} labelled frames\n"]
    lines += [check("detector", settings.detector_flags()), check("redactor", settings.redactor_flags())]
    sys.stdout.write("".join(lines))
    return 0


def _run(settings: Settings) -> int:
    try:
        # Here, so that `framebus redact-check --help` answers at once, and on a machine that has no services.
        from libs.ops.redact_measure import measure
        from libs.ops.redact_sheet import save
    except ModuleNotFoundError as error:
        raise FatalError(f"no package {error.name}: pip install 'framebus[producer,detector,redactor]'") from None
    result, tiles = measure(settings)
    if settings.sheet:
        save(settings.sheet, tiles)
    text = json.dumps(document(result), indent=1) + "\n"
    if settings.json_ and settings.json_ != "-":
        _write(Path(settings.json_), text)
    sys.stdout.write(text if settings.json_ == "-" else table(result))
    if settings.sheet and settings.json_ != "-":
        sys.stdout.write(f"{settings.sheet}: {len(tiles)} frames, the worst first; people can be seen in it: raw\n")
    return _verdict(settings, result)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except (OSError, ValueError) as error:
        raise FatalError(f"--json {path}: it cannot be written ({type(error).__name__})") from None


def _verdict(settings: Settings, result: Result) -> int:
    """Raises FatalError where the way that was asked for is not good enough."""
    figures = result.ways[0].figures
    if figures.dishonest_frames:
        raise FatalError(f"{figures.dishonest_frames} frames are not black where their message says so")
    if not figures.shown_frames:
        raise FatalError(f"no frame was shown, so nothing was measured (withheld: {', '.join(figures.withheld)})")
    percent = 100 * figures.leak_rate
    if settings.max_leak is not None and percent > settings.max_leak:
        raise FatalError(f"{percent:.2f} % of the labelled boxes can be seen, expected at most {settings.max_leak:g} %")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
