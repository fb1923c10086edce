"""Which model files may be loaded: those whose SHA-256 the settings name. A model is code: a pickle runs what it likes,
and a file that was changed finds, or fails to find, what somebody else wants.
"""

import hashlib
from collections.abc import Collection
from pathlib import Path

from libs.common.errors import SettingsError

MOST_BYTES = 2 << 30
"""Of a model that is read into memory; more do not fit into one protobuf message."""

CHUNK_BYTES = 1 << 20


def sha256_of(path: Path) -> str:
    """64 hex digits; of a folder: over the lines that `sha256sum *` would say of its files, by name.

    Read in pieces. Raises SettingsError where it cannot be read, or a folder holds folders.
    """
    try:
        if not path.is_dir():
            return _sha256(path)
        names = sorted(each.name for each in path.iterdir())
        lines = "".join(f"{_sha256(path / name)}  {name}\n" for name in names)
    except OSError as error:
        raise _unreadable(path, error) from None
    return hashlib.sha256(lines.encode()).hexdigest()


def check_known(path: Path, known: Collection[str]) -> None:
    """Raises SettingsError, with the file's hash and what makes it known, unless that is among the `known`."""
    _check(path, sha256_of(path), known)


def read_known(path: Path, known: Collection[str]) -> bytes:
    """The very bytes whose hash is known, so that nobody can change them in between. Raises SettingsError."""
    try:
        size_bytes = path.stat().st_size
        if size_bytes > MOST_BYTES:
            raise SettingsError(f"{path}: expected a model of at most {MOST_BYTES} bytes, it has {size_bytes}")
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from None
    _check(path, hashlib.sha256(content).hexdigest(), known)
    return content


def _sha256(path: Path) -> str:
    made = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            made.update(chunk)
    return made.hexdigest()


def _check(path: Path, sha256: str, known: Collection[str]) -> None:
    if sha256 not in known:
        raise SettingsError(
            f"{path}: nobody said that this model may be loaded: its SHA-256 is {sha256}; if that is the model that "
            f"you want: framebus detector model add {path}, or --model-sha256 and that hash"
        )


def _unreadable(path: Path, error: OSError) -> SettingsError:
    return SettingsError(f"{path}: expected a readable model file ({type(error).__name__})")
