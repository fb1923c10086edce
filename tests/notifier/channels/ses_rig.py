"""An API that answers as Amazon's does when something is wrong; moto's when nothing is."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from services.notifier.channels.ses import Ses, SesSettings
from tests.notifier.channels.mail_rig import TO
from tests.notifier.channels.notes import tools

ACCESS, SECRET = "AKIACANARYCANARY", "canary-secret-key"


def channel(port: int | None, folder: Path, **fields: Any) -> Ses:
    """To an API on this machine, to Amazon's without a port."""
    endpoint = None if port is None else f"http://127.0.0.1:{port}"
    (folder / "aws-secret").write_text(f"{SECRET}\n")
    keys = {"access_key": ACCESS, "secret_key_file": "aws-secret"}
    given = {"type": "ses", "region": "eu-west-1", "endpoint": endpoint, **keys, **TO, **fields}
    return SesSettings.model_validate(given).open(tools(folder))


@dataclass
class Api:
    """Every request gets this answer."""

    port: int = 0
    status: int = 200
    code: str = ""
    body: bytes = b"{}"


@contextmanager
def answering() -> Iterator[Api]:
    """Its answer may change while it runs."""
    api = Api()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(api.status)
            self.send_header("x-amzn-ErrorType", api.code)
            self.send_header("Content-Length", str(len(api.body)))
            self.end_headers()
            self.wfile.write(api.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        api.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield api
        finally:
            server.shutdown()
            thread.join()
