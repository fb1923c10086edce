"""A model in ONNX Runtime: on which device, with how many threads, what goes in and what comes out."""

import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from libs.common.errors import SettingsError

log = logging.getLogger(__name__)

CPU = "CPUExecutionProvider"
SUFFIX = "ExecutionProvider"
NOT_HERE = {"AzureExecutionProvider"}
"""Sends pictures to somebody else's computer."""

AUTO = ("CUDAExecutionProvider", CPU)
"""What `auto` takes, the first that is there. The others want a word: TensorRT builds for minutes at each start."""

NOWHERE = "/dev/null"
"""Where parts of a model that lie in other files are looked for: nobody has hashed those."""

Feeds = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output; a side that is not fixed is None."""

    name: str
    type: str
    shape: tuple[int | None, ...]


class Session:
    """One for the process; it is used by one thread at a time.

    `device`: the one it runs on; `inputs`; `outputs`: their names; `metadata`: what the model's maker wrote into it.
    """

    def __init__(self, content: bytes, device: str = "auto", threads: int = 2) -> None:
        """`content`: the whole model; `device`: auto, or one of `devices`, `cuda:1` for the second of a kind.

        Raises SettingsError where it cannot be loaded there.
        """
        ort.disable_telemetry_events()
        if b"EPContext" in content:
            raise SettingsError("expected a model that is not compiled for a device: its code lies in other files")
        name, _, number = device.partition(":")
        wanted = _provider(name)
        self._session = _opened(content, wanted, {"device_id": number} if number else {}, threads)
        self._session.disable_fallback()
        self.device = _device(self._session.get_providers()[0])
        if self.device != _device(wanted):
            if name != "auto":
                raise SettingsError(f"--device {device}: expected one that works here, only {self.device} does")
            log.warning("no %s although it is installed, so the model runs on %s", _device(wanted), self.device)
        try:
            self.inputs = tuple(map(_port, self._session.get_inputs()))
            self.outputs = tuple(port.name for port in self._session.get_outputs())
            self.metadata: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        except UnicodeDecodeError:
            raise SettingsError("expected names and metadata in UTF-8") from None

    def run(self, feeds: Feeds, outputs: Sequence[str]) -> dict[str, NDArray[np.generic]]:
        """The outputs of these names, in their order. Raises what ONNX Runtime raises."""
        return dict(zip(outputs, self._session.run(list(outputs), dict(feeds)), strict=True))


def devices() -> list[str]:
    """Those that the installed ONNX Runtime knows, as --device names them."""
    return [_device(provider) for provider in ort.get_available_providers() if provider not in NOT_HERE]


def _device(provider: str) -> str:
    return provider.removesuffix(SUFFIX).lower()


def _provider(device: str) -> str:
    there: list[str] = [each for each in ort.get_available_providers() if each not in NOT_HERE]
    if device == "auto":
        return next(provider for provider in AUTO if provider in there)
    if found := next((provider for provider in there if _device(provider) == device), None):
        return found
    raise SettingsError(f"--device {device}: expected auto or one of those that are here: {', '.join(devices())}")


def _opened(content: bytes, wanted: str, wishes: dict[str, str], threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = min(threads, len(os.sched_getaffinity(0)))
    options.inter_op_num_threads = 1
    options.log_severity_level = 4  # What goes wrong comes as an exception; stderr is for our lines.
    # Between two frames a thread that waits by turning in circles takes a core from everybody else.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", NOWHERE)
    after = [each for each in AUTO if wanted not in (each, CPU) and each in ort.get_available_providers()]
    try:
        # Its own fallback prints on stdout, where messages may be.
        return ort.InferenceSession(content, options, providers=[(wanted, wishes), *after], enable_fallback=0)
    except Exception as error:
        raise SettingsError(f"ONNX Runtime does not load it: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "xternal" in text and NOWHERE in text:
        return "its weights lie in other files, which have no known hash: export it as one file"
    return text[:300]


def _port(port: "ort.NodeArg") -> Port:
    return Port(port.name, port.type, tuple(side if isinstance(side, int) else None for side in port.shape))
