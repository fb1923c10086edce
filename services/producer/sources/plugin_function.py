"""`--plugin MODULE:FUNCTION`: a camera that a function of the operator's own reads, such as a Pi camera (libcamera).

    def pictures(camera): ...     # or (); `camera` is the camera's name

It gives pictures for as long as it is asked, best as a generator: a JPEG as bytes, passed on as it is; an array
(H, W, 3) uint8 BGR; or None where there is none now, which keeps a stop quick if it says so every second. It is run in
the camera's own thread and closed (GeneratorExit) at a stop. An exception, or an end, costs the camera: it is called
anew after a while. With `-t -` it must not print: stdout belongs to the messages.
"""

from collections.abc import Callable

from libs.common import own_function

CAMERA = "camera"


def check(path: str) -> None:
    """Raises SettingsError where MODULE:FUNCTION is none that can be called."""
    called(path, "")


def called(path: str, camera: str) -> Callable[[], object]:
    """The function, with the camera's name where it takes one. Raises SettingsError."""
    named = f"--plugin {path}"
    function = own_function.find(path, named)
    if own_function.taken(function, (CAMERA,), named):
        return lambda: function(**{CAMERA: camera})
    return function
