"""Files that flags name: readable YAML or one line that says what is wrong."""

from pathlib import Path

import pytest
from pydantic_settings import BaseSettings

from libs.common.errors import SettingsError
from libs.common.settings_file import read_file, read_yaml

BROKEN = [
    b"a: [\n",
    b"a: 1\na: 2\n",
    b"a: !!python/object/apply:os.system [id]\n",
    b"a: !!bool x\n",
    b"\xff\xfe\x00",
    b"--- \na: 1\n---\na: 2\n",
    b"#" * (1 << 20) + b"#\n",
    b"a: " + b"[" * 3000 + b"\n",
]


def test_what_stands_in_a_file_comes_back(tmp_path: Path) -> None:
    """Unchecked: who asked knows what it should be. Names of cameras may differ in one sign."""
    (tmp_path / "x.yaml").write_text("a_b: [1, 2.5]\na-b: {c: text}\n")
    assert read_yaml(tmp_path / "x.yaml", "--masks") == {"a_b": [1, 2.5], "a-b": {"c": "text"}}


@pytest.mark.parametrize("content", BROKEN)
def test_a_broken_file_is_one_line_that_names_flag_and_file(content: bytes, tmp_path: Path) -> None:
    """Twice the same name counts as broken: one of the two would be lost."""
    (tmp_path / "x.yaml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"^--masks .*x\.yaml: expected readable YAML \([^\n]*\)$"):
        read_yaml(tmp_path / "x.yaml", "--masks")


BOMBS = [
    "a0: &a0 {k: 1, l: 2}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 40)),
    "m: &m {" + ", ".join(f"k{n}: 1" for n in range(2000)) + "}\nx:\n" + "- {<<: *m}\n" * 60,
    "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)) + "? *a39\n: 1\n",
]


@pytest.mark.parametrize("content", BOMBS, ids=["merges of merges", "many merges", "a key of aliases"])
def test_what_stands_for_gigabytes_is_refused_at_once(content: str, tmp_path: Path) -> None:
    """Whoever checks the values comes too late for these: PyYAML itself would make them."""
    (tmp_path / "x.yaml").write_text(content)
    with pytest.raises(SettingsError, match=r"expected readable YAML \((too much by <<|a key that is no text)\)$"):
        read_yaml(tmp_path / "x.yaml", "--masks")


def test_a_few_merges_and_a_large_map_are_taken(tmp_path: Path) -> None:
    """As fleets have them."""
    lines = ["base: &base {fps: 1}\n", *(f"c{n}: {{<<: *base, name: c{n}}}\n" for n in range(300))]
    (tmp_path / "x.yaml").write_text("".join(lines))
    assert read_yaml(tmp_path / "x.yaml", "--masks")["c299"] == {"fps": 1, "name": "c299"}


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_says_so(name: str, tmp_path: Path) -> None:
    """No file, or a folder."""
    with pytest.raises(SettingsError, match=r"No such file|Is a directory"):
        read_yaml(tmp_path / name, "--masks")


class Timed(BaseSettings):
    """Settings that a time could be meant for."""

    max_age: float | None = None
    count: int = 1
    since: str | None = None
    windows: tuple[str, ...] = ()


@pytest.mark.parametrize("line", ["max-age: 1:30", "count: 5:00", "since: 22:30", "windows: [5:00]", "count: 1:30.5"])
def test_a_time_without_quotes_is_refused_wherever_it_stands(line: str, tmp_path: Path) -> None:
    """YAML makes 300 of 5:00: it would be taken for seconds, or for nothing that anybody meant."""
    (tmp_path / "x.yaml").write_text(line)
    with pytest.raises(SettingsError, match=rf"^--config .*x\.yaml: {line.partition(':')[0]} .*in quotes"):
        read_file(tmp_path / "x.yaml", Timed)


def test_numbers_and_quoted_times_stay_what_they_are(tmp_path: Path) -> None:
    """Underscores, signs and other bases, too, as far as YAML knows them."""
    (tmp_path / "x.yaml").write_text("max-age: -1.5\ncount: 1_000\nsince: '22:30'\nwindows: ['5:00']\n")
    assert read_file(tmp_path / "x.yaml", Timed) == {
        "max_age": -1.5,
        "count": 1000,
        "since": "22:30",
        "windows": ["5:00"],
    }


def test_a_setting_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    """Also where one has an underscore."""
    (tmp_path / "x.yaml").write_text("max-age: 1\nmax_age: 2\n")
    with pytest.raises(SettingsError, match="'max-age' is there twice"):
        read_file(tmp_path / "x.yaml", Timed)
