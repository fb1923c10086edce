"""Templates in Jinja2, which may come from whoever writes rules.yaml: they see what they are given and end soon."""

import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
from jinja2.runtime import LoopContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from services.notifier.text.sandbox_filters import counted_steps, filters
from services.notifier.text.sandbox_rules import WrongTemplateError, check, meter

TESTS = ("defined", "undefined", "none", "odd", "even", "string", "number", "mapping", "in", "eq", "ne")
LOOP = frozenset({"index", "index0", "revindex", "revindex0", "first", "last", "length"})
BROKEN = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
"""What the compiler raises for a template that is nested too deep, or has a number too long."""


class Sandbox(ImmutableSandboxedEnvironment):
    """A name gives what it stands for, and a map what it holds: no object has attributes here, nothing is called."""

    def __init__(self, html: bool) -> None:
        super().__init__(
            autoescape=html, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, optimized=False
        )
        self.globals = {}
        self.tests = {name: self.tests[name] for name in TESTS}
        self.filters = filters()

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if isinstance(obj, LoopContext) and argument in LOOP:
            return getattr(obj, argument)
        if isinstance(obj, Mapping | list | tuple | str):
            try:
                return obj[argument]
            except (LookupError, TypeError):
                pass
        return self.undefined(obj=obj, name=argument)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        return False

    def is_safe_callable(self, obj: Any) -> bool:
        return False


_SANDBOXES = {html: Sandbox(html) for html in (False, True)}


def compiled(source: str, html: bool, names: Iterable[str]) -> Callable[[Mapping[str, object], int], str]:
    """A function of the fields and of how many characters it may write. Both raise WrongTemplateError."""
    sandbox = _SANDBOXES[html]
    try:
        tree = sandbox.parse(source)
        check(tree, names)
        meter(tree)
        code = sandbox.compile(tree)
    except TemplateSyntaxError as error:
        raise WrongTemplateError(error.lineno, _short(error)) from None
    except WrongTemplateError:
        raise
    except BROKEN as error:
        raise WrongTemplateError(1, f"too long or nested too deep ({type(error).__name__})") from None
    template = sandbox.template_class.from_code(sandbox, code, {})

    def render(fields: Mapping[str, object], most: int) -> str:
        try:
            with counted_steps():
                return _gathered(template.generate(fields), most)
        except WrongTemplateError as error:
            raise WrongTemplateError(_line(error), str(error)) from None
        except Exception as error:  # whatever an expression of somebody else does with our values
            raise WrongTemplateError(_line(error), _short(error)) from None

    return render


def _gathered(pieces: Iterable[str], most: int) -> str:
    written, size = [], 0
    for piece in pieces:
        written.append(piece)
        size += len(piece)
        if size > most:
            raise WrongTemplateError(1, f"it writes more than {most} characters")
    return "".join(written)


def _line(error: Exception) -> int:
    """Where in the template it was raised; Jinja2 writes the template's lines into the traceback."""
    found = [at.lineno for at in traceback.extract_tb(error.__traceback__) if at.filename == "<template>"]
    return (found[-1] if found else None) or 1


def _short(error: Exception) -> str:
    said = error.message if isinstance(error, TemplateError) else str(error)
    return f"{(said or type(error).__name__)[:200]}"
