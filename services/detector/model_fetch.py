"""Fetches a model from a URL that the operator named; nothing else in the detector goes to a network by itself."""

import hashlib
import os
import re
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from libs.common.errors import SettingsError
from libs.common.scrub import scrub
from services.detector.models import CHUNK_BYTES, MOST_BYTES

TIMEOUT_S = 30.0
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def is_url(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def fetch(url: str, into: Path, sha256: str | None) -> Path:
    """The file, in the folder `into`, under its own name; one that lies there already is not fetched again.

    Without a `sha256` only https is taken, also behind redirections. Raises SettingsError.
    """
    name = unquote(urlsplit(url).path).rpartition("/")[2]
    if not FILE_NAME.fullmatch(name):
        raise SettingsError(f"{scrub(url)}: expected a URL that ends with the name of a file")
    target = (into / name).absolute()
    if target.exists():
        raise SettingsError(f"{target} is there already: framebus detector model add {target}")
    part = target.with_name(target.name + ".part")
    try:
        into.mkdir(parents=True, exist_ok=True)
        found = _download(url, part, https_only=sha256 is None)
        if sha256 not in (None, found):
            raise SettingsError(f"{scrub(url)}: expected SHA-256 {sha256}, what came has {found}")
        os.replace(part, target)
    except (OSError, HTTPException, ValueError) as error:
        raise SettingsError(f"{scrub(url)}: expected a file to be fetched ({scrub(str(error))[:200]})") from None
    finally:
        part.unlink(missing_ok=True)
    return target


def _download(url: str, part: Path, https_only: bool) -> str:
    """Its SHA-256."""
    if https_only and not url.startswith("https://"):
        raise ValueError("https, or --sha256 of its makers")
    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer, part.open("wb") as file:  # noqa: S310 - http(s) only
        if https_only and not answer.url.startswith("https://"):
            raise ValueError("https all the way, or --sha256 of its makers")
        return _copied(answer, file)


def _copied(answer: IO[bytes], file: IO[bytes]) -> str:
    made, size_bytes = hashlib.sha256(), 0
    while chunk := answer.read(CHUNK_BYTES):
        size_bytes += len(chunk)
        if size_bytes > MOST_BYTES:
            raise ValueError(f"at most {MOST_BYTES} bytes")
        made.update(chunk)
        file.write(chunk)
    return made.hexdigest()
