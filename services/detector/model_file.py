"""Writes a model into a file of settings: its own keys anew, everything else as it stood."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from libs.common.errors import SettingsError
from libs.common.settings_file import as_yaml, dashed, read_yaml


def write_settings(path: Path, backend: str, sha256: str, given: Mapping[str, object]) -> None:
    """`given`: what else belongs to the model, by the names of settings. Raises SettingsError.

    A gate that stands before other backends stays before this one; another model is replaced, its hash stays known.
    """
    text, before = _read(path)
    keys = {
        "backend": [*_kept(before.get("backend")), backend],
        "model-sha256": list(dict.fromkeys([*_words(before.get("model-sha256")), sha256])),
        **{dashed(name): list(value) if isinstance(value, tuple) else value for name, value in given.items()},
    }
    for key in keys:
        text = re.sub(rf"(?m)^{key.replace('-', '[-_]')}\s*:.*\n?(?:[ \t-].*\n?)*", "", text)
    whole = (text.rstrip() + "\n" if text.strip() else "") + as_yaml(keys)
    _replace(path, whole)


def _read(path: Path) -> tuple[str, Mapping[str, object]]:
    if not path.exists():
        return "", {}
    found = read_yaml(path, "--settings") or {}
    if not isinstance(found, dict):
        raise SettingsError(f"--settings {path}: expected a map of settings")
    return path.read_text(), {str(key).replace("_", "-"): value for key, value in found.items()}


def _kept(backends: object) -> list[str]:
    """The gate, if there is one."""
    names = _words(backends)
    return names[:1] if len(names) > 1 else []


def _words(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value] if isinstance(value, list) else []


def _replace(path: Path, text: str) -> None:
    """All of it or nothing."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text)
        if path.exists():
            part.chmod(path.stat().st_mode & 0o777)
        os.replace(part, path)
    except OSError as error:
        raise SettingsError(f"--settings {path}: expected a file that can be written ({error.strerror})") from None
