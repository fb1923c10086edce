"""The filters of templates: those that cannot make much out of little, each use of them counted."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any

from jinja2 import pass_eval_context
from jinja2.filters import FILTERS, do_join
from jinja2.nodes import EvalContext

from services.notifier.text.sandbox_rules import METERED, WrongTemplateError

MOST_STEPS = 20_000
"""In one rendering: of all loops the turns, each as often as there are expressions inside, and the uses of filters."""
FILTER_STEPS = 10
MOST_CHARACTERS = 16_384
"""What a filter may make."""
SHAPES = ("capitalize", "e", "escape", "lower", "title", "trim", "truncate", "upper", "urlencode")
PICKS = ("count", "d", "default", "dictsort", "first", "last", "length")
"""None of them makes more than some times what it gets; `join` is measured before it begins."""

_left: ContextVar[list[int]] = ContextVar("steps left")


@contextmanager
def counted_steps() -> Iterator[None]:
    """Inside, loops and filters raise WrongTemplateError after MOST_STEPS; each thread has its own count."""
    token = _left.set([MOST_STEPS])
    try:
        yield
    finally:
        _left.reset(token)


def filters() -> dict[str, Callable[..., Any]]:
    """All that there are, by name."""
    known = {name: _counted(FILTERS[name]) for name in SHAPES + PICKS}
    return known | {"join": _counted(_join), METERED: _metered}


def _spend(steps: int) -> None:
    left = _left.get()
    left[0] -= steps
    if left[0] < 0:
        raise WrongTemplateError(1, f"more than {MOST_STEPS} steps: too much in loops")


def _metered(value: Iterable[Any], each: int = 1) -> list[Any]:
    """`each`: the steps of one turn."""
    items = list(value)
    _spend(len(items) * each + 1)
    return items


def _counted(make: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(make)
    def counted(*args: Any, **kwargs: Any) -> Any:
        _spend(FILTER_STEPS)
        made = make(*args, **kwargs)
        if isinstance(made, str) and len(made) > MOST_CHARACTERS:
            raise WrongTemplateError(1, f"a filter makes more than {MOST_CHARACTERS} characters")
        return made

    return counted


@pass_eval_context
def _join(context: EvalContext, value: Iterable[Any], d: str = "", attribute: str | None = None) -> Any:
    items = _metered(value)
    if len(items) * len(str(d)) > MOST_CHARACTERS:
        raise WrongTemplateError(1, f"join makes more than {MOST_CHARACTERS} characters")
    return do_join(context, items, d, attribute)
