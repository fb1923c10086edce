"""Why a file is not taken: a few fixed words for counting, each with its text."""

from libs.common.errors import PermanentError

EMPTY, NO_PICTURE, CUT_OFF, TOO_LARGE = "empty", "not-a-picture", "cut-off", "too-large"
TOO_MANY_PIXELS, BAD, NEEDS_PILLOW = "picture-too-large", "bad-picture", "needs-pillow"
REASONS = (EMPTY, NO_PICTURE, CUT_OFF, TOO_LARGE, TOO_MANY_PIXELS, BAD, NEEDS_PILLOW)


def empty() -> PermanentError:
    """No byte came."""
    return PermanentError("an empty file", EMPTY)


def no_picture() -> PermanentError:
    """Neither of the two begins like that."""
    return PermanentError("expected a JPEG or a PNG, its first bytes are neither's", NO_PICTURE)


def cut_off(kind: str) -> PermanentError:
    """Its end did not come."""
    return PermanentError(f"a {kind} without its end: it was cut off", CUT_OFF)


def too_large(most_bytes: int) -> PermanentError:
    """The file."""
    return PermanentError(f"expected at most {most_bytes} bytes", TOO_LARGE)


def too_many_pixels(width: int, height: int, most: int) -> PermanentError:
    """The picture, however small its file is."""
    return PermanentError(f"a picture of {width}x{height}, at most {most} pixels are taken", TOO_MANY_PIXELS)


def bad(kind: str, why: str) -> PermanentError:
    """It begins like a picture and is none."""
    return PermanentError(f"not a usable {kind}: {why}", BAD)


def needs_pillow(what: str) -> PermanentError:
    """Only Pillow can make of it what a frame may carry."""
    return PermanentError(f"{what} needs Pillow here: pip install 'framebus[png]'", NEEDS_PILLOW)
