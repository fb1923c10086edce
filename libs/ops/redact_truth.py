"""Who is where in a labelled clip, as a file of MOTChallenge lines says it."""

from dataclasses import dataclass
from pathlib import Path

from libs.common.errors import SettingsError
from libs.common.mot import FORM, MotLine, read_line

LARGEST_BYTES = 32 << 20
MOST_IN_A_FRAME = 1000
HIDDEN = 0.1
"""Of whom the truth says that no more can be seen: they cannot leak by definition, and are left out."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One person in one frame; `box` is left, top, right, bottom in pixels, perhaps partly outside of the picture."""

    id: int
    box: tuple[float, float, float, float]


Truth = dict[int, list[Labelled]]
"""By seq. A frame that is missing is unlabelled; one with an empty list was looked at and shows nobody."""


def read_truth(path: Path) -> Truth:
    """Raises SettingsError, which names file and line and what was expected there."""
    truth: Truth = {}
    for number, text in enumerate(_text(path).split("\n"), 1):
        if not text.strip():
            continue
        try:
            line = read_line(text.strip())
            _add(truth.setdefault(line.seq, []), line)
        except ValueError as error:
            raise SettingsError(f"--truth {path}: line {number}: {error}") from None
    if not any(truth.values()):
        raise SettingsError(f"--truth {path}: it labels nobody, expected lines {FORM}")
    return truth


def _add(labelled: list[Labelled], line: MotLine) -> None:
    if not line.id.is_integer():
        raise ValueError("id: expected a whole number")
    if line.counts and line.visibility > HIDDEN:
        labelled.append(Labelled(int(line.id), line.box))
    if len(labelled) > MOST_IN_A_FRAME:
        raise ValueError(f"expected at most {MOST_IN_A_FRAME} people in a frame")


def _text(path: Path) -> str:
    try:
        if not path.is_file():
            raise FileNotFoundError
        with path.open("rb") as file:
            found = file.read(LARGEST_BYTES + 1)
        if len(found) > LARGEST_BYTES:
            raise SettingsError(f"--truth {path}: expected at most {LARGEST_BYTES >> 20} MiB")
        return found.decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise SettingsError(f"--truth {path}: expected a text file of lines {FORM} ({type(error).__name__})") from None
