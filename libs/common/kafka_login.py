"""Comes in at a broker: TCP, TLS, login and one question, so that what is wrong is known at once and by its name."""

import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import kafka.errors
from kafka.protocol.metadata import MetadataRequest

from libs.common.errors import SettingsError, TemporaryError
from libs.common.kafka_client import Client, common_config, probe
from libs.common.kafka_refusals import hang_up, no_tls, refusal
from libs.common.kafka_settings import KafkaSettings
from libs.common.tls_files import client_context

log = logging.getLogger(__name__)
T = TypeVar("T")

ANSWER_MS = 4000
RETRY_S = 0.5
REFUSED_RETRY_S = 2.0
"""A broker that refuses us is not asked as often as one that is away: logins cost it work, and look like an attack."""


def enter(settings: KafkaSettings) -> None:
    """Raise TemporaryError, with the reason, unless a broker lets us in and answers."""
    address = probe(settings.bootstrap)
    if settings.security_protocol.endswith("SSL"):
        _shake_hands(address, settings)
    client = Client(**common_config(replace(settings, bootstrap=address), "framebus-probe"))
    manager = client._manager
    (broker, *_) = manager.cluster.bootstrap_brokers()
    connection = manager.get_connection(broker.node_id, timeout_ms=ANSWER_MS, refresh_metadata_on_err=False)

    async def ask() -> Any:
        await connection
        return await connection.send_request(MetadataRequest(topics=[], max_version=1), request_timeout_ms=ANSWER_MS)

    # A Ctrl-C inside its loop is swallowed: the loop gets a thread of its own. One that comes while this begins leaves
    # a client that cannot be closed.
    client._net.start()
    try:
        client._net.run(lambda: manager.wait_for(manager.call_soon(ask), ANSWER_MS))
    except kafka.errors.KafkaTimeoutError:
        raise TemporaryError(f"no answer within {ANSWER_MS // 1000} s", RETRY_S) from None
    except Exception as error:
        greeted = connection.broker_version_data is not None
        reason = refusal(error) or hang_up(error, settings.security_protocol, greeted)
        raise TemporaryError(reason, REFUSED_RETRY_S) from None
    finally:
        client.close()


def _shake_hands(address: str, settings: KafkaSettings) -> None:
    """TLS alone, by Python itself: kafka-python 3.0.12 leaves the socket of every failed handshake open."""
    host, _, port = address.rpartition(":")
    files = (settings.ssl_cafile, settings.ssl_certfile, settings.ssl_keyfile)
    try:
        context = client_context(*(Path(file) if file else None for file in files))
        with socket.create_connection((host.strip("[]"), int(port)), ANSWER_MS / 1000) as plain:
            context.wrap_socket(plain, server_hostname=host.strip("[]").rstrip(".")).close()
    except TimeoutError:
        raise TemporaryError(f"no TLS handshake within {ANSWER_MS // 1000} s", RETRY_S) from None
    except (OSError, SettingsError) as error:
        reason = (
            str(error) if isinstance(error, SettingsError) else refusal(error) or no_tls(settings.security_protocol)
        )
        raise TemporaryError(reason, REFUSED_RETRY_S) from None


def wait_for(
    settings: KafkaSettings, connect: Callable[[], T], stop: threading.Event, waiting: Callable[[], None] = lambda: None
) -> T | None:
    """Enter and call `connect` until both work; says each reason once. None if stopped meanwhile.

    `waiting` is called before each try: whoever watches this process learns that it waits and does not hang.
    """
    said: set[str] = set()
    while not stop.is_set():
        waiting()
        try:
            enter(settings)
            return connect()
        except (kafka.errors.KafkaError, TemporaryError, OSError) as error:
            reason = str(error) or type(error).__name__
            if reason not in said:
                log.warning("waiting for the broker at %s: %s", settings.bootstrap, reason)
                said.add(reason)
            stop.wait(getattr(error, "delay_s", RETRY_S))
    return None
