"""A password is told to a service that cannot start: it says why, and nowhere the password."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.privacy.canary import CANARY, IN_URL, LOGIN, assert_nowhere, run

AWAY = {"FRAMEBUS_BOOTSTRAP": "127.0.0.1:1"}
TLS = LOGIN | {"FRAMEBUS_SECURITY_PROTOCOL": "SASL_SSL"}
ADDRESS = f"rtsp://me:{IN_URL}@127.0.0.1"


@dataclass(frozen=True)
class Failure:
    """What is started, what it says and with which status it ends. {} is a folder with the files below."""

    words: str
    status: int
    line: str
    given: dict[str, str] = field(default_factory=lambda: LOGIN | AWAY)


FILES = {
    "pw": CANARY,
    "url": f"{ADDRESS}:1/cam\n",
    "bad.url": f"{ADDRESS}:99999/cam\n",
    "broken.yaml": f"fps: 5\nsasl-password: [{CANARY}\n",
    "no-colon.yaml": f"sasl-password {CANARY}: 5\n",
    "listed.yaml": f"sasl-password: ['{CANARY}']\n",
    "misspelt.yaml": f"sasl-pasword: '{CANARY}'\n",
    "twice.yaml": f"sasl-password: '{CANARY}'\ninfer-fps: '{CANARY}'\n",
    "login.yaml": "security-protocol: SASL_PLAINTEXT\nsasl-mechanism: PLAIN\nsasl-username: me\n"
    f"sasl-password: '{CANARY}'\n",
    "no.pem": f"-----BEGIN CERTIFICATE-----\n{CANARY}\n",
}

FAILURES = {
    "broker away": Failure("detector --check", 1, "127.0.0.1:1"),
    "broker away, by file": Failure("redactor --check --config {}/login.yaml", 1, "127.0.0.1:1", AWAY),
    "broker away, topics": Failure("topics check", 1, "127.0.0.1:1"),
    "broker away, dead letters": Failure("dead list", 1, "127.0.0.1:1"),
    "unreadable file": Failure("producer --url-file {} --check", 2, "--url-file"),
    "unreadable password": Failure("detector --sasl-password-file {}/none", 2, "--sasl-password-file"),
    "wrong value of another flag": Failure("redactor --quality 999", 2, "--quality"),
    "password as another flag's value": Failure(f"detector --infer-fps '{CANARY}'", 2, "--infer-fps"),
    "password as a flag": Failure(f"detector --sasl-password '{CANARY}'", 2, "--sasl-password", {}),
    "password as a flag with =": Failure(f"viewer '--password={CANARY}'", 2, "--password", {}),
    "password as a word": Failure(f"detector '{CANARY}'", 2, "unrecognized"),
    "broken YAML": Failure("detector --config {}/broken.yaml", 2, "expected readable YAML", {}),
    "YAML without its colon": Failure("detector --config {}/no-colon.yaml", 2, "unknown setting", {}),
    "YAML with a list": Failure("detector --config {}/listed.yaml", 2, "sasl-password", {}),
    "YAML with a misspelt key": Failure("detector --config {}/misspelt.yaml", 2, "sasl-pasword", {}),
    "password twice in YAML": Failure("detector --config {}/twice.yaml", 2, "infer-fps", {}),
    "broken TLS file": Failure("detector --check --ssl-cafile {}/no.pem", 2, "--ssl-cafile", TLS | AWAY),
    "broken TLS file of the viewer": Failure(
        "viewer --tls-certfile {0}/no.pem --tls-keyfile {0}/pw --password-file {0}/pw", 1, "no.pem", AWAY
    ),
    "log file": Failure(f"detector '--log-file=/no/{CANARY}/log'", 2, "--log-file"),
    "camera away": Failure("producer --url-file {}/url --check -t -", 1, "rtsp://127.0.0.1:1", {}),
    "camera away, by word": Failure(f"producer {ADDRESS}:1/cam --check -t -", 1, "rtsp://127.0.0.1:1", {}),
    "camera away, by variable": Failure(
        "producer --check -t -", 1, "rtsp://127.0.0.1:1", {"FRAMEBUS_URL": f"{ADDRESS}:1/cam?x=1"}
    ),
    "broken address": Failure("producer --url-file {}/bad.url", 2, "url: ", {}),
    "address of another kind": Failure(f"producer gopher://me:{IN_URL}@127.0.0.1/1", 2, "gopher", {}),
    "help": Failure("producer --help", 0, "--url-file", LOGIN | {"FRAMEBUS_URL": f"{ADDRESS}/cam"}),
    "config": Failure("config producer --url-file {}/url", 0, "***", LOGIN),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("canary")
    for name, text in FILES.items():
        (made / name).write_text(text)
    return made


@pytest.fixture(scope="module")
def words_of(folder: Path) -> Callable[[str], list[str]]:
    """The words of a command, as a shell would split them."""
    return lambda text: shlex.split(text.format(folder))


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
def test_it_says_what_is_wrong_and_not_the_password(failure: Failure, words_of: Callable[[str], list[str]]) -> None:
    """The status and the line show that it really failed in this way."""
    done = run(words_of(failure.words), failure.given)
    assert (done.returncode, failure.line in done.stdout.decode()) == (failure.status, True), done.stdout.decode()
    assert_nowhere(done.stdout)
