"""Why a broker did not let us in, in words that say what to change; never with a secret."""

import logging
import re
from typing import Any

import kafka.errors

log = logging.getLogger(__name__)

LOGIN = "the login was refused: user name, password or --sasl-mechanism is wrong"


# A TLS port answers plain text with an alert, which reads as the length of a frame.
HUNG_UP = ("disconnected", "reset by peer", "ECONNRESET", "Broken pipe", "frame length")


def refusal(error: Exception) -> str | None:
    """What is wrong for certain: login or certificates. None for what may also be a broker that is going away."""
    text = str(error)
    if isinstance(error, kafka.errors.SaslAuthenticationFailedError):
        return LOGIN
    if isinstance(error, kafka.errors.UnsupportedSaslMechanismError):
        return "it does not offer this login: expected another --sasl-mechanism"
    if isinstance(error, kafka.errors.IllegalSaslStateError):
        return "it wants no login there: expected another port or --security-protocol"
    if found := re.search(r"certificate verify failed: ([^(]*)", text):
        return f"its certificate is not trusted: {found[1].strip()} (--ssl-cafile, the host in --bootstrap)"
    if "alert" in text.lower() and "certificate" in text.lower():
        return "it refuses our certificate: expected another --ssl-certfile"
    return None


def no_tls(protocol: str) -> str:
    """The handshake ended before certificates were looked at."""
    return f"no TLS there: expected another port or --security-protocol instead of {protocol}"


def hang_up(error: Exception, protocol: str, greeted: bool) -> str:
    """What it most likely means that the connection ended, before or after the broker's first answer."""
    if not any(word in str(error) for word in HUNG_UP):
        return str(error) or type(error).__name__
    if greeted:
        return LOGIN if protocol.startswith("SASL_") else f"it hangs up: does it want a login instead of {protocol}?"
    if protocol.endswith("SSL"):
        return "it hangs up: does it want a certificate of ours (--ssl-certfile)?"
    return f"it hangs up: does that port want TLS instead of {protocol}?"


def tell_refusals(manager: Any) -> None:
    """Log once why a broker no longer lets a running client in: kafka-python just tries for ever."""
    get_connection = manager.get_connection
    said: set[str] = set()

    def forget(_: object) -> None:
        said.clear()

    def tell(error: Exception) -> None:
        reason = refusal(error)
        if reason and reason not in said:
            log.warning("the broker lets us in no more: %s", reason)
            said.add(reason)

    def telling(*args: Any, **kwargs: Any) -> Any:
        connection = get_connection(*args, **kwargs)
        if not connection.init_future.is_done:
            connection.init_future.add_callback(forget).add_errback(tell)
        return connection

    manager.get_connection = telling
