"""Amazon Rekognition's DetectLabels as a server of our own: it checks each request, and answers as it is told.

What a request and an answer may hold is read from the API's own description, which botocore brings.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from libs.common import images

TARGET = "RekognitionService.DetectLabels"
LOGIN = "AWS4-HMAC-SHA256 Credential=AKIATEST/"
PERSON = {
    "Name": "Person",
    "Confidence": 99.0,
    "Parents": [],
    "Instances": [
        {"BoundingBox": {"Left": 0.25, "Top": 0.125, "Width": 0.25, "Height": 0.5}, "Confidence": 98.5},
        {"BoundingBox": {"Left": -0.01, "Top": 0.5, "Width": 0.11, "Height": 0.505}, "Confidence": 60.0},
    ],
}
PHONE = {
    "Name": "Mobile Phone",
    "Confidence": 80.0,
    "Parents": [{"Name": "Phone"}, {"Name": "Electronics"}],
    "Instances": [],
}


@dataclass
class Answer:
    """`hangs`: nothing is sent until the client has gone."""

    status: int = 200
    body: bytes = b'{"Labels": []}'
    hangs: bool = False


def labels(*found: dict[str, Any]) -> Answer:
    """A good answer; fails where the API could not give it."""
    said = {"Labels": list(found), "LabelModelVersion": "3.0"}
    _check(said, _operation().output_shape)
    return Answer(body=json.dumps(said).encode())


def error(status: int, code: str) -> Answer:
    """As the API says no; the text names what must not get into a log."""
    text = "User: arn:aws:iam::123456789012:user/canary is not authorized"
    return Answer(status, json.dumps({"__type": code, "message": text}).encode())


@dataclass
class Rekognition:
    """`answers` in turn, the last one again and again; `seen` is what was asked, its picture decoded."""

    answers: list[Answer]
    seen: list[dict[str, Any]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    url: str = ""
    gone: threading.Event = field(default_factory=threading.Event)

    def take(self, path: str, headers: dict[str, str], body: bytes) -> Answer:
        request = json.loads(body)
        self._expect(path == "/" and headers.get("x-amz-target") == TARGET, f"asked for {path} {headers}")
        self._expect(headers.get("content-type") == "application/x-amz-json-1.1", "not the content type")
        self._expect(headers.get("authorization", "").startswith(LOGIN), "not signed")
        jpeg = base64.b64decode(request["Image"]["Bytes"], validate=True)
        self._expect(len(jpeg) <= 5_242_880, f"{len(jpeg)} bytes")
        request["Image"]["Bytes"] = jpeg
        _check(request, _operation().input_shape)
        self.seen.append({**request, "image": images.decode(jpeg)})
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _expect(self, right: bool, wrong: str) -> None:
        if not right:
            self.wrong.append(wrong)


@contextmanager
def rekognition(*answers: Answer) -> Iterator[Rekognition]:
    """A server on a free port; fails at the end where a request was not as the API wants it."""
    stub = Rekognition(list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                answer = stub.take(self.path, {key.lower(): value for key, value in self.headers.items()}, body)
            except Exception as failure:
                stub.wrong.append(repr(failure))
                raise
            if answer.hangs:
                stub.gone.wait(30)
                return
            self.send_response(answer.status)
            self.send_header("content-type", "application/x-amz-json-1.1")
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        stub.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        try:
            yield stub
        finally:
            stub.gone.set()
            server.shutdown()
            thread.join()
    assert stub.wrong == []


def _operation() -> Any:
    return botocore.session.get_session().get_service_model("rekognition").operation_model("DetectLabels")


def _check(said: dict[str, Any], shape: Any) -> None:
    report = ParamValidator().validate(said, shape)
    if report.has_errors():
        raise ValueError(report.generate_report())
