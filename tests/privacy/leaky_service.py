"""A service whose stage says its password in every way it can, and hangs in the end: for test_canary_running."""

import logging
import sys
import threading
import warnings
from base64 import b64encode
from collections.abc import Callable, Iterable
from typing import Annotated
from urllib.parse import quote

from pydantic import SecretStr

from libs.common import service
from libs.common.errors import PermanentError, TemporaryError
from libs.common.flags import Flag
from libs.common.messages import Frame, Message
from libs.common.settings import StageSettings, secret
from libs.common.stage import Out, Stage

log = logging.getLogger(__name__)


class Settings(StageSettings):
    token: Annotated[SecretStr | None, Flag(hidden=True)] = None


class Leaky(Stage):
    """The `seq` of a frame says in which way."""

    history_s = 0.0

    def __init__(self, token: str) -> None:
        self._token = token
        self._tried = False
        self._ways: list[Callable[[], None]] = [
            self._bug,
            self._refuse,
            self._refuse_by_reason,
            self._log,
            self._warn,
            self._break_a_thread,
            self._wait,
            self._hang,
        ]

    def handle(self, message: Message) -> Iterable[Out]:
        if isinstance(message, Frame):
            self._ways[message.seq]()
        return (Out(message),)

    def _bug(self) -> None:
        raise ValueError(f"cannot log in as me:{self._token}")

    def _refuse(self) -> None:
        raise PermanentError(f"GET /cam?auth={quote(self._token, safe='')}: 401")

    def _refuse_by_reason(self) -> None:
        raise PermanentError("refused", f"{self._token} is wrong")

    def _log(self) -> None:
        log.warning("sent Authorization: Basic %s", b64encode(f"me:{self._token}".encode()).decode())

    def _warn(self) -> None:
        warnings.warn(f"{self._token} is weak", stacklevel=1)

    def _break_a_thread(self) -> None:
        thread = threading.Thread(target=self._bug)
        thread.start()
        thread.join()

    def _wait(self) -> None:
        if not self._tried:
            self._tried = True
            raise TemporaryError(f"the login {self._token} does not work yet", 0.1)

    def _hang(self) -> None:
        threading.Event().wait()


def serve(settings: Settings, process: service.Service) -> None:
    token = secret(settings.token, None, "token") or ""
    process.run_stages(settings, {topic: Leaky(token) for topic in settings.input})


if __name__ == "__main__":
    sys.exit(service.main(Settings, "leaky", "Says its password.", sys.argv[1:], serve, lambda settings: []))
