"""The pages as their tests read them: blocks of code, the commands in them, the prose around them."""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
GUIDES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES = [*GUIDES, ROOT / "CHANGELOG.md", *DECISIONS]

_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_BETWEEN_COMMANDS = {"|", "||", "&", "&&", ";"}
_REDIRECTIONS = {"<", ">", ">>"}


@dataclass(frozen=True)
class Block:
    """A fenced block; `kind` is what stands behind the fence."""

    page: str
    kind: str
    text: str


def blocks(*kinds: str) -> list[Block]:
    """All blocks of these kinds, on all pages."""
    found = [Block(page.name, kind, text) for page in PAGES for kind, text in _BLOCK.findall(page.read_text())]
    return [block for block in found if block.kind in kinds]


def prose(page: Path) -> str:
    """A page without its blocks."""
    return _BLOCK.sub("", page.read_text())


def code_in(text: str) -> list[str]:
    """What stands between single backticks."""
    return re.findall(r"`([^`\n]+)`", text)


def files(kind: str) -> dict[str, str]:
    """The files that blocks of this kind are: those whose first line is a comment with a file's name."""
    heads = [(block.text.partition("\n")[0], block.text.partition("\n")[2]) for block in blocks(kind)]
    return {head.removeprefix("# "): text for head, text in heads if re.fullmatch(r"# [\w./-]+\.\w+", head)}


def commands(script: str) -> list[list[str]]:
    """The words of every simple command, without variables before it and redirections behind it."""
    found: list[list[str]] = []
    for line in script.replace("\\\n", " ").splitlines():
        words: list[str] = []
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        for word in lexer:
            if word in _BETWEEN_COMMANDS:
                found.append(words)
                words = []
            elif word in _REDIRECTIONS:
                next(lexer)
            elif words or not re.match(r"[A-Z_]+=", word):
                words.append(word)
        found.append(words)
    return [words for words in found if words]


def framebus_calls() -> list[tuple[str, ...]]:
    """What follows the word framebus in every such command of every shell block."""
    calls = [words for block in blocks("sh", "sh run") for words in commands(block.text)]
    return sorted({tuple(words[1:]) for words in calls if words[0] in ("framebus", ".venv/bin/framebus")})
