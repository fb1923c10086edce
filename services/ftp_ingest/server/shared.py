"""What all connections of one server share."""

import ssl
from dataclasses import dataclass, field
from threading import Event, Lock

from libs.common.clock import Clock
from services.ftp_ingest.inbox import Inbox
from services.ftp_ingest.server.door import Door
from services.ftp_ingest.server.limits import Limits
from services.ftp_ingest.server.seats import Seats
from services.ftp_ingest.server.tallies import Tallies


@dataclass
class Shared:
    """`ip_map` and `_accept_new_cons` are what pyftpdlib asks its server for: there are `seats` for that."""

    limits: Limits
    inbox: Inbox
    door: Door
    seats: Seats
    tallies: Tallies
    clock: Clock
    tls: ssl.SSLContext | None
    stopping: Event = field(default_factory=Event)
    ports: Lock = field(default_factory=Lock)
    ip_map: tuple[str, ...] = ()

    def _accept_new_cons(self) -> bool:
        return True
