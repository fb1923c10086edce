"""Files that flags name: readable YAML or one line that says what is wrong."""

from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from libs.common.settings_file import read_yaml

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


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_says_so(name: str, tmp_path: Path) -> None:
    """No file, or a folder."""
    with pytest.raises(SettingsError, match=r"No such file|Is a directory"):
        read_yaml(tmp_path / name, "--masks")
