"""Functions of the operator's own, named MODULE:FUNCTION: a flag says which, no message and no URL ever does.

The module is found as Python finds modules: installed, or in a folder named in PYTHONPATH.
"""

import inspect
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from importlib import import_module

from libs.common.errors import SettingsError

BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
OPEN = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

Function = Callable[..., object]


def find(path: str, named: str) -> Function:
    """The function MODULE:FUNCTION. Raises SettingsError where there is none; `named`: the flag as it was given."""
    module, _, name = path.partition(":")
    try:
        with redirect_stdout(sys.stderr):
            found: object = getattr(import_module(module), name, None)
    except (Exception, SystemExit) as error:
        raise SettingsError(
            f"{named}: expected a module {module}, installed or in PYTHONPATH; importing it failed: "
            f"{type(error).__name__}: {error}"
        ) from error
    if not callable(found):
        what = "nothing" if found is None else type(found).__name__
        raise SettingsError(f"{named}: expected a function {name} in {module}, found {what}")
    return found


def taken(function: Function, offered: Sequence[str], named: str) -> frozenset[str]:
    """Which of the offered arguments it takes, by their names. Raises SettingsError where it wants others."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        raise SettingsError(f"{named}: expected a function whose parameters can be read") from None
    found = frozenset(name for name in offered if name in parameters and parameters[name].kind in BY_NAME)
    for name, each in parameters.items():
        if name not in found and each.default is each.empty and each.kind not in OPEN:
            raise SettingsError(f"{named}: expected {_words(offered)}, got {each}")
    return found


def _words(names: Sequence[str]) -> str:
    return f"parameters {' and '.join(names)}, or fewer" if len(names) > 1 else f"no parameter but {names[0]}"
