"""Only files whose SHA-256 is known are loaded."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from services.detector import models
from services.detector.models import check_known, read_known, sha256_of

CONTENT = bytes(range(256)) * 5000
EACH = pytest.mark.parametrize("use", [check_known, read_known])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of more than one piece."""
    made = tmp_path / "model.pt"
    made.write_bytes(CONTENT)
    return made


def test_the_hash_is_that_of_sha256sum(path: Path) -> None:
    """Though the file is read in pieces."""
    assert len(CONTENT) > models.CHUNK_BYTES
    assert sha256_of(path) == hashlib.sha256(CONTENT).hexdigest()


@EACH
def test_a_known_file_passes(path: Path, use: Callable[..., object]) -> None:
    """Among others that are known."""
    assert use(path, ("0" * 64, sha256_of(path))) in (None, CONTENT)


@EACH
@pytest.mark.parametrize("known", [(), ("0" * 64,)])
def test_an_unknown_file_is_refused_with_its_hash(path: Path, use: Callable[..., object], known: tuple[str]) -> None:
    """And with the command that makes it known."""
    with pytest.raises(SettingsError) as caught:
        use(path, known)
    assert sha256_of(path) in str(caught.value)
    assert f"framebus detector model add {path}" in str(caught.value)


@EACH
def test_what_cannot_be_read_is_a_wrong_setting(tmp_path: Path, use: Callable[..., object]) -> None:
    """A file that is not there, and a folder of folders."""
    (tmp_path / "inner").mkdir()
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(SettingsError, match="expected a readable model file"):
            use(path, ())


def test_a_file_too_large_for_memory_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its size."""
    monkeypatch.setattr(models, "MOST_BYTES", 1000)
    with pytest.raises(SettingsError, match=f"at most 1000 bytes, it has {len(CONTENT)}"):
        read_known(path, (sha256_of(path),))
