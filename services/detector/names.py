"""What a backend may be called on the command line: a kind, and for some kinds what comes after a colon."""

import re

REST = {
    "motion": "",
    "hog": "",
    "haar": "",
    "onnx": "FILE",
    "ultralytics": "FILE",
    "replay": "FILE",
    "python": "MODULE:FUNCTION",
    "rekognition": "",
    "none": "",
}
"""Kind -> what must follow it."""

_FORMS = {"": re.compile(""), "FILE": re.compile(".+"), "MODULE:FUNCTION": re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")}


def is_backend(name: str) -> bool:
    """Whether such a backend can exist; a file or function that it names is not looked for."""
    kind, colon, rest = name.partition(":")
    return kind in REST and bool(colon) == bool(REST[kind]) and _FORMS[REST[kind]].fullmatch(rest) is not None


def all_backends() -> str:
    """For people who gave a wrong one."""
    names = [f"{kind}:{rest}" if rest else kind for kind, rest in REST.items()]
    return f"{', '.join(names[:-1])} or {names[-1]}"
