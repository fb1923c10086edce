"""Files that are made to take the memory, the time or the secrets of who reads them."""

import os
import resource
import time
from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from services.notifier.rules.read import read_book

LAUGHS = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
MAPS = "".join(f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}\n" for n in range(1, 40))
MERGES = "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 30))
LONG = "channels: {paper: {type: paper}}\nrules: [{name: a, channels: paper}]\n"

BOMBS = {
    "a billion laughs": f"a0: &a0 [lol]\n{LAUGHS}channels: *a29\n",
    "of maps": f"a0: &a0 {{x: lol}}\n{MAPS}channels: *a39\n",
    "of merges": f"a0: &a0 {{k: 1, l: 2}}\n{MERGES}channels: *a29\n",
    "in a list of rules": f"a0: &a0 [lol]\n{LAUGHS}{LONG}site: *a29\n",
    "in a key": f"a0: &a0 [lol]\n{LAUGHS}? *a29\n: 1\n",
    "one long text, often": f"a: &a {'x' * 20_000}\nchannels: {{{', '.join(f'c{n}: *a' for n in range(3000))}}}\n",
    "one long list, often": f"a: &a [{', '.join(['x'] * 2000)}]\nrules: [{', '.join(['*a'] * 3000)}]\n",
    "a list in itself": "channels: &a [*a]\n",
    "a map in itself": "channels: &a {x: *a}\n",
    "a rule in itself": "channels: {paper: {type: paper}}\nrules: &a [{name: a, channels: *a}]\n",
    "a merge of itself": "channels: &a {<<: *a}\n",
    "deep": f"channels: {'[' * 900}{']' * 900}\n",
    "many of the same key": "".join("a: 1\n" for _ in range(2000)),
    "a number as long as a book": f"{LONG}count: {'9' * 20_000}\n",
    "a number with a great exponent": f"{LONG}site: 1.0e+999999999\n",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_in_little_time_and_memory(bomb: str, tmp_path: Path) -> None:
    """In one line that does not repeat it."""
    path = tmp_path / "rules.yaml"
    path.write_text(BOMBS[bomb])
    began_s, before_kib = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(SettingsError, match=r"^--rules [^\n]{1,400}$"):
        read_book(path)
    assert time.process_time() - began_s < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 100 << 10


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.mkdir [MADE]",
        "!!python/object/new:os.mkdir [MADE]",
        "!!python/object/apply:subprocess.run [[mkdir, MADE]]",
        "!!python/module:antigravity",
        "!!python/name:os.mkdir",
        "!<tag:yaml.org,2002:python/object/apply:os.mkdir> [MADE]",
    ],
)
def test_a_tag_runs_nothing(tag: str, tmp_path: Path) -> None:
    """It is refused like any other that YAML itself does not know."""
    (tmp_path / "rules.yaml").write_text(f"channels: {tag.replace('MADE', str(tmp_path / 'made'))}\n")
    with pytest.raises(SettingsError, match="expected readable YAML"):
        read_book(tmp_path / "rules.yaml")
    assert os.listdir(tmp_path) == ["rules.yaml"]


def test_more_than_a_mebibyte_is_not_even_read(tmp_path: Path) -> None:
    """All of it would be kept."""
    with (tmp_path / "rules.yaml").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(SettingsError, match=r"expected readable YAML \(ValueError\)"):
        read_book(tmp_path / "rules.yaml")


def test_a_fifo_is_refused_at_once(tmp_path: Path) -> None:
    """Nobody may ever write into it."""
    os.mkfifo(tmp_path / "rules.yaml")
    with pytest.raises(SettingsError, match="expected a file"):
        read_book(tmp_path / "rules.yaml")
