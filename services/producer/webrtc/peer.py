"""One connection of WebRTC, by aiortc: it takes one video in, and sends nothing."""

import asyncio
import logging
import queue
import time
from collections.abc import Callable, Sequence
from contextvars import copy_context
from typing import Any

from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCRtpTransceiver, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

from libs.common.errors import FatalError, FramebusError, TemporaryError
from services.producer.webrtc.announced import announced
from services.producer.webrtc.border import BORDER, Border
from services.producer.webrtc.coded import is_key
from services.producer.webrtc.ice_servers import IceServers
from services.producer.webrtc.limits import CLOSE_S
from services.producer.webrtc.offer import bad
from services.producer.webrtc.stream import LEFT, Coded, Stream

log = logging.getLogger(__name__)

ANSWER_S = 8.0
QUEUE, WRONG = "_RTCRtpReceiver__decoder_queue", "_RTCRtpReceiver__decoder_error"
"""Where aiortc 1.16 keeps coded pictures without a bound, and how it learns that one could not be decoded."""


class Tap:
    """Stands where aiortc has its queue of coded pictures: they go to the stream, and aiortc decodes none."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._over: queue.SimpleQueue[None] = queue.SimpleQueue()

    def put(self, task: Any) -> None:
        if task is None:
            self._stream.end(LEFT)
            self._over.put(None)
            return
        codec, coded = task
        self._stream.put(Coded(codec.name, coded.data, coded.timestamp / 90_000, is_key(codec.name, coded.data)))

    def get(self) -> None:
        """Waits until it is over."""
        return self._over.get()


class Peer:
    """Its pictures go to a stream, which ends with it. For the loop's thread alone."""

    def __init__(self, border: Border, servers: IceServers, label: str, began: Callable[[Stream], None]) -> None:
        """`began`: told of the stream when its first picture is there."""
        self.border = border
        self.began_s = time.monotonic()
        self.stream = Stream(label, self._ask_key, began)
        self._wrong: Any = None
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=_servers(servers)))

    @property
    def connected(self) -> bool:
        return self._connection.connectionState == "connected"

    @property
    def failed(self) -> bool:
        return self._connection.connectionState == "failed"

    async def answer(self, offer: str, addresses: Sequence[str]) -> str:
        """The answer to a checked offer; `addresses`: named in it beside our own.

        Raises PermanentError ("bad-offer"), TemporaryError where there is no socket for it. Close it then.
        """
        context = copy_context()
        context.run(BORDER.set, self.border)
        task = asyncio.get_running_loop().create_task(self._answer(offer), context=context)
        try:
            return announced(await asyncio.wait_for(task, ANSWER_S), addresses)
        except TimeoutError:
            raise TemporaryError("no answer could be made in time", delay_s=1.0) from None
        except FramebusError:
            raise
        except Exception as error:  # aiortc does not say what it raises for what it does not understand
            log.debug("%s: an offer that is not understood: %r", self.stream.label, error)
            raise bad("the offer is not understood, expected H264 or VP8 in a usual form") from None

    async def _answer(self, offer: str) -> str:
        await self._connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        for each in self._connection.getTransceivers():
            each.direction = "recvonly" if each.kind == "video" else "inactive"
            if each.kind == "video":
                self._tap(each)
        await self._connection.setLocalDescription(await self._connection.createAnswer())
        answer = str(self._connection.localDescription.sdp)
        if "a=candidate:" not in answer:
            if self.border.starved:
                raise TemporaryError("no UDP port is free", delay_s=5.0)
            raise bad("its media belong to no connection (a=group:BUNDLE)")
        return answer

    def _tap(self, video: RTCRtpTransceiver) -> None:
        if video.receiver.track is None:
            raise bad("the video is not sent, expected sendonly or sendrecv")
        if not (hasattr(video.receiver, QUEUE) and hasattr(video.receiver, WRONG)):
            raise FatalError("this release of aiortc keeps its pictures elsewhere: expected 1.16")
        setattr(video.receiver, QUEUE, Tap(self.stream))
        self._wrong = getattr(video.receiver, WRONG)

    async def add(self, candidate: str, mid: str) -> None:
        """One more address of the peer. Raises PermanentError ("bad-offer")."""
        try:
            found = candidate_from_sdp(candidate.removeprefix("candidate:"))
            found.sdpMid = mid
            await self._connection.addIceCandidate(found)
        except Exception as error:
            raise bad("the candidate is not understood") from error

    async def close(self, reason: str) -> None:
        """The other side is told, if it can be; bounded. It goes on to its end where who waits for it is cancelled."""
        self.stream.end(reason)
        await asyncio.shield(self._close())

    async def _close(self) -> None:
        try:
            await asyncio.wait_for(self._connection.close(), CLOSE_S)
        except Exception as error:  # of an offer that aiortc took in by half
            log.debug("%s: closed by force: %r", self.stream.label, error)
        finally:
            self.border.close()

    def _ask_key(self) -> None:
        """aiortc sends a request for a key picture (PLI) with the next packet that comes."""
        if self._wrong is not None:
            self._wrong.set()


def _servers(servers: IceServers) -> list[RTCIceServer]:
    """Without any aiortc would ask one on the Internet: an empty list is none."""
    found = [RTCIceServer(servers.stun)] if servers.stun else []
    return [*found, RTCIceServer(servers.turn, servers.username, servers.password)] if servers.turn else found
