"""A template, of whichever kind: with Jinja2's marks it is one of Jinja2's, else `$camera $list $image`."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from string import Template as Simple

from markupsafe import Markup, escape

from services.notifier.text.fields import FIELDS
from services.notifier.text.sandbox import compiled
from services.notifier.text.sandbox_rules import WrongTemplateError

MARKS = ("{{", "{%", "{#")
LONGEST = 65_536
MOST_WRITTEN = 262_144
"""Characters that a template may make of itself and its fields."""
PIECES = frozenset({"labels", "counts", "groups"})
"""Lists and maps: nothing that stands in a text by itself."""
_IMAGE = Markup(
    '<img src="cid:picture" alt="{}" width="568" style="display:block;width:100%;max-width:568px;height:auto;border:0">'
)

Render = Callable[[Mapping[str, object], int], str]


@lru_cache(maxsize=256)
def template(source: str, html: bool) -> Render:
    """A function of the fields and of the most that it may write. It and this raise WrongTemplateError."""
    if len(source) > LONGEST:
        raise WrongTemplateError(1, f"{len(source)} characters, expected at most {LONGEST}")
    if any(mark in source for mark in MARKS):
        _refuse_both(source)
        return compiled(source, html, FIELDS)
    return _simple(source, html)


def image(what: str) -> str:
    """The picture in HTML: it comes in the same mail under this name."""
    return _IMAGE.format(what)


def _refuse_both(source: str) -> None:
    """In Jinja's form a $name would be told as it stands there."""
    named = (found["named"] or found["braced"] for found in Simple.pattern.finditer(source))
    if name := next((name for name in named if name in FIELDS), None):
        raise WrongTemplateError(_line_of(source, name), f"expected {{{{ {name} }}}}, not ${name}: one form alone")


def _simple(source: str, html: bool) -> Render:
    simple = Simple(source)
    if not simple.is_valid():
        raise WrongTemplateError(_line_of_dollar(source), "after $ a name is expected; write $$ for the sign itself")
    for name in simple.get_identifiers():
        if name not in FIELDS or name in PIECES:
            hint = f"; {{{{ {name} }}}} has it" if name in PIECES else ""
            raise WrongTemplateError(_line_of(source, name), f"no such name: ${name[:64]}{hint}")

    def render(fields: Mapping[str, object], most: int) -> str:
        said = {name: _said(value) for name, value in fields.items() if name not in PIECES}
        written = simple.substitute({name: escape(value) for name, value in said.items()} if html else said)
        if len(written) > most:
            raise WrongTemplateError(1, f"it writes more than {most} characters")
        return written

    return render


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else str(value)


def _line_of(source: str, name: str) -> int:
    places = (source.find(f"${name}"), source.find(f"${{{name}"))
    return source.count("\n", 0, max(places)) + 1


def _line_of_dollar(source: str) -> int:
    bad = next(found for found in Simple.pattern.finditer(source) if found["invalid"] is not None)
    return source.count("\n", 0, bad.start()) + 1
