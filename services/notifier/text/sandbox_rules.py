"""The part of Jinja2's language that a template may use: names, if, for and some filters.

Nothing in it calls, assigns, multiplies or gets at an attribute of an object; so the work that a template makes is
bounded by its own length and by the steps that the sandbox counts.
"""

from collections.abc import Iterable

from jinja2 import nodes

MOST_NODES = 1000
"""Expressions and statements; text between them does not count."""
PARTS: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Slice,
    nodes.If,
    nodes.For,
    nodes.Filter,
    nodes.Test,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
    nodes.List,
    nodes.Tuple,
    nodes.Keyword,
)
METERED = "metered"
"""The filter through which everything goes that a loop runs over."""


class WrongTemplateError(ValueError):
    """What is wrong with a template, and in which of its lines."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line = line


def check(tree: nodes.Template, names: Iterable[str]) -> None:
    """Raises WrongTemplateError for anything beyond PARTS, a name that is none of these, or more than MOST_NODES."""
    every = list(tree.find_all(nodes.Node))
    known = {*names, *_targets(tree)}
    if sum(not isinstance(node, nodes.TemplateData) for node in every) > MOST_NODES:
        raise WrongTemplateError(1, f"more than {MOST_NODES} names, filters and conditions")
    for node in every:
        if type(node) not in PARTS:
            raise WrongTemplateError(
                node.lineno or 1, f"only names, if, for and filters are allowed, not {type(node).__name__}"
            )
        if isinstance(node, nodes.Name) and node.ctx == "load" and node.name not in known:
            raise WrongTemplateError(node.lineno, f"no such name: {node.name[:64]!r}")


def meter(tree: nodes.Template) -> None:
    """Every loop counts what it runs over, and how much is done in each turn."""
    for loop in list(tree.find_all(nodes.For)):
        each = nodes.Const(sum(1 for _ in loop.find_all(nodes.Node)), lineno=loop.lineno)
        loop.iter = nodes.Filter(loop.iter, METERED, [each], [], None, None, lineno=loop.lineno)


def _targets(tree: nodes.Template) -> set[str]:
    """The names that loops give."""
    given = {name.name for name in tree.find_all(nodes.Name) if name.ctx == "store"}
    return given | ({"loop"} if given else set())
