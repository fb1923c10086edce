"""pyftpdlib: the commands and answers of FTP, without its own servers, its files and its TLS."""

import sys

_ABSENT = object()
_openssl = sys.modules.get("OpenSSL", _ABSENT)
sys.modules["OpenSSL"] = None  # type: ignore[assignment]
try:
    # Where pyOpenSSL happens to be installed, pyftpdlib loads it and all of cryptography: nothing here needs them.
    from pyftpdlib.ioloop import Acceptor, AsyncChat, IOLoop, _Scheduler, timer  # isort: skip
    from pyftpdlib.exceptions import FilesystemError, _RetryError
    from pyftpdlib.handlers import DTPHandler, FTPHandler
    from pyftpdlib.handlers.ftp.dispatchers import PassiveDTP
finally:
    if _openssl is _ABSENT:
        del sys.modules["OpenSSL"]
    else:
        sys.modules["OpenSSL"] = _openssl  # type: ignore[assignment]

RetryError, Scheduler = _RetryError, _Scheduler

__all__ = [
    "Acceptor",
    "AsyncChat",
    "DTPHandler",
    "FTPHandler",
    "FilesystemError",
    "IOLoop",
    "PassiveDTP",
    "RetryError",
    "Scheduler",
    "timer",
]
