"""One connection to an MQTT broker: the only home of paho-mqtt.

A client of the library is used for one connection and then thrown away: left to itself it would send again, at some
later time, what we have been told to be lost and have tried once more ourselves.
"""

import logging
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.exception import MQTTException
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from libs.common.errors import FramebusError, PermanentError, TemporaryError
from services.notifier.channels.mqtt.answers import (
    connection_lost,
    no_connection,
    refused_login,
    refused_message,
    too_large,
)

log = logging.getLogger(__name__)

KEEPALIVE_S = 30
ANSWER_S = 10.0
"""For the broker's answer to our login, and to a message: half of the time that a note has."""
LOOK_S, LOOK_BEFORE_S = 5.0, 0.5
AT_ONCE = 16
"""Messages on the way that the broker has not acknowledged."""
MOST_BYTES = 1 << 17
"""Of a message that the broker may send us. Only MQTT 5 can say it, and nobody must keep to it."""
HEAD_BYTES = 64
"""More than a message has beside topic and payload."""


@dataclass(frozen=True)
class Broker:
    """Where it is and who we are there. `will`: the topic that says `offline` when we are gone without a word."""

    host: str
    port: int
    client_id: str
    will: str
    mqtt5: bool = True
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = None

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Post:
    """A message; one that is retained and empty takes back what was retained."""

    topic: str
    payload: bytes
    retain: bool = False


class Line:
    """From login to the end. `up` is called when the broker has let us in and knows what we listen to, `heard` with
    topic, payload and whether it was retained; both in the thread of `run`, both must not block.
    """

    def __init__(
        self,
        broker: Broker,
        topics: Sequence[str],
        up: Callable[["Line"], None],
        heard: Callable[[str, bytes, bool], None],
    ) -> None:
        self._broker, self._topics, self._up, self._heard = broker, topics, up, heard
        self._changed = threading.Condition()
        self._answers: dict[int, ReasonCode] = {}
        self._logged_in = self._over = self._closing = False
        self._why: FramebusError | None = None
        self._room_bytes: int | None = None
        self._client = self._made()

    def __str__(self) -> str:
        return str(self._broker)

    def run(self) -> FramebusError:
        """Returns when the connection is over, or there is none: why."""
        try:
            self._serve()
        except (OSError, ValueError, MQTTException) as error:
            self._why = self._why or no_connection(self._broker, error)
        finally:
            self._end()
        return self._why or connection_lost(self._broker)

    def publish(self, posts: Sequence[Post], until_s: float) -> None:
        """Returns when the broker has all of them; `until_s` by time.monotonic.

        Raises TemporaryError or PermanentError. What it did not acknowledge in time ends the connection.
        """
        for start in range(0, len(posts), AT_ONCE):
            numbers = [self._sent(post) for post in posts[start : start + AT_ONCE]]
            for number in numbers:
                self._acknowledged(number, until_s)

    def close(self) -> None:
        """Says that we are gone, as our will would. At any time, from any thread."""
        self._closing = True
        if self._logged_in:
            self._client.publish(self._broker.will, b"offline", qos=1, retain=True)
        self._client.disconnect()

    def _made(self) -> Client:
        protocol = MQTTProtocolVersion.MQTTv5 if self._broker.mqtt5 else MQTTProtocolVersion.MQTTv311
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._broker.client_id,
            clean_session=None if self._broker.mqtt5 else True,
            protocol=protocol,
            reconnect_on_failure=False,
        )
        client.connect_timeout = ANSWER_S
        client.max_queued_messages_set(4 * AT_ONCE)
        client.username_pw_set(self._broker.username, self._broker.password)
        client.will_set(self._broker.will, b"offline", qos=1, retain=True)
        if self._broker.tls is not None:
            self._broker.tls.sslsocket_class = _Handshaking
            client.tls_set_context(self._broker.tls)
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_message, client.on_publish = self._on_message, self._on_publish
        client.on_disconnect = self._on_disconnect
        # With this set other threads only queue what they publish, and wake the one that writes.
        client.on_socket_register_write = _only_queue
        return client

    def _serve(self) -> None:
        client, until_s = self._client, time.monotonic() + ANSWER_S
        code = client.connect(self._broker.host, self._broker.port, KEEPALIVE_S, **self._options())
        while code == MQTTErrorCode.MQTT_ERR_SUCCESS and not self._over:
            if self._closing and not self._logged_in:
                break
            code = client.loop(LOOK_S if self._logged_in else LOOK_BEFORE_S)
            if (size := client._in_packet["remaining_length"]) > MOST_BYTES:
                self._why = too_large(self._broker, size, MOST_BYTES)
                break
            if not self._logged_in and time.monotonic() > until_s:
                raise TimeoutError(f"no answer in {ANSWER_S:.0f} s")

    def _options(self) -> dict[str, Any]:
        if not self._broker.mqtt5:
            return {}
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.MaximumPacketSize = MOST_BYTES
        return {"clean_start": True, "properties": properties}

    def _end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()
        client = self._client
        # Without these nothing points from it to us, and its sockets are closed with it.
        client.on_connect = client.on_subscribe = client.on_publish = client.on_disconnect = None
        client.on_message = client.on_socket_register_write = None

    def _sent(self, post: Post) -> int:
        size = len(post.topic.encode()) + len(post.payload) + HEAD_BYTES
        if self._room_bytes is not None and size > self._room_bytes:
            raise PermanentError(
                f"{self._broker} takes {self._room_bytes} bytes, expected room for {size}", "too-large"
            )
        return self._client.publish(post.topic, post.payload, qos=1, retain=post.retain).mid

    def _acknowledged(self, number: int, until_s: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: number in self._answers or self._over, until_s - time.monotonic())
            answer, over = self._answers.pop(number, None), self._over
        if answer is None:
            self._client.disconnect()
            raise connection_lost(self._broker) if over else TemporaryError(f"{self._broker} did not take it in time")
        if answer.is_failure:
            raise refused_message(self._broker, answer)

    def _on_connect(
        self, client: Client, _: Any, flags: Any, answer: ReasonCode, properties: Properties | None
    ) -> None:
        if answer.is_failure:
            self._why = refused_login(self._broker, answer)
            return
        if self._closing:
            client.disconnect()
            return
        self._logged_in = True
        self._room_bytes = getattr(properties, "MaximumPacketSize", None)
        client.subscribe([(topic, 1) for topic in self._topics])
        # Not before: who says behind it that we are gone must be heard, for it is retained.
        client.publish(self._broker.will, b"online", qos=1, retain=True)

    def _on_subscribe(self, client: Client, _: Any, number: int, answers: list[ReasonCode], properties: Any) -> None:
        for topic, answer in zip(self._topics, answers, strict=False):
            if answer.is_failure:
                log.warning("%s does not let us read %s (%s)", self._broker, topic, answer)
        self._up(self)

    def _on_message(self, client: Client, _: Any, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        self._heard(topic, bytes(message.payload), message.retain)

    def _on_publish(self, client: Client, _: Any, number: int, answer: ReasonCode, properties: Any) -> None:
        with self._changed:
            self._answers[number] = answer
            self._changed.notify_all()

    def _on_disconnect(self, client: Client, _: Any, flags: Any, answer: ReasonCode, properties: Any) -> None:
        if self._why is None and answer.is_failure:
            self._why = connection_lost(self._broker, str(answer))
        self._over = True


def _only_queue(client: Client, _: Any, socket: Any) -> None:
    """See where it is set."""


class _Handshaking(ssl.SSLSocket):
    """Closes itself where it fails; the library forgets it."""

    def do_handshake(self, block: bool = False) -> None:
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise
