"""`--plugin MODULE:FUNCTION`: a camera that a function of the operator's own reads, such as a Pi camera (libcamera).

    def pictures(camera): ...     # or (); `camera` is the camera's name

It gives pictures for as long as it is asked, best as a generator: a JPEG as bytes, passed on as it is; an array
(H, W, 3) uint8 BGR; or None where there is none now, which keeps a stop quick if it says so every second. It is run in
the camera's own thread and closed (GeneratorExit) at a stop. An exception, or an end, costs the camera: it is called
anew after a while. The module is found as Python finds modules: installed, or in a folder named in PYTHONPATH; no URL
can name one. With `-t -` it must not print: stdout belongs to the messages.
"""

import inspect
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import import_module

from libs.common.errors import SettingsError

CAMERA = "camera"
BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
OPEN = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def find(path: str) -> Callable[..., object]:
    """The function MODULE:FUNCTION. Raises SettingsError where there is none that can be called."""
    module, _, name = path.partition(":")
    try:
        with redirect_stdout(sys.stderr):
            found: object = getattr(import_module(module), name, None)
    except (Exception, SystemExit) as error:
        raise SettingsError(
            f"--plugin {path}: expected a module {module}, installed or in PYTHONPATH; importing it failed: "
            f"{type(error).__name__}: {error}"
        ) from error
    if not callable(found):
        what = "nothing" if found is None else type(found).__name__
        raise SettingsError(f"--plugin {path}: expected a function {name} in {module}, found {what}")
    _takes_camera(found, path)
    return found


def called(path: str, camera: str) -> Callable[[], object]:
    """The function, with the camera's name where it takes one."""
    function = find(path)
    return (lambda: function(**{CAMERA: camera})) if _takes_camera(function, path) else function


def _takes_camera(function: Callable[..., object], path: str) -> bool:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        raise SettingsError(f"--plugin {path}: expected a function whose parameters can be read") from None
    taken = CAMERA in parameters and parameters[CAMERA].kind in BY_NAME
    for name, each in parameters.items():
        if not (taken and name == CAMERA) and each.default is each.empty and each.kind not in OPEN:
            raise SettingsError(f"--plugin {path}: expected no parameter but camera, got {each}")
    return taken
