"""What a client may say: uploads, and what cameras do around them."""

# ruff: noqa: N802 - pyftpdlib finds a command by its name

import logging
import secrets
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

from services.ftp_ingest.server.answers import NO_ROOM, answer_to
from services.ftp_ingest.server.data import Data
from services.ftp_ingest.server.folders import Folders
from services.ftp_ingest.server.library import FTPHandler
from services.ftp_ingest.server.passive import NoPortError, Passive
from services.ftp_ingest.server.rights import KNOWN, Rights
from services.ftp_ingest.server.securing import Securing
from services.ftp_ingest.server.upload import Upload

log = logging.getLogger(__name__)


class Commands(Securing, FTPHandler):  # type: ignore[misc]
    """226 after an upload means that the picture lies safely in the inbox, and nothing else does."""

    authorizer = Rights()
    abstracted_fs, dtp_handler, passive_dtp = Folders, Data, Passive
    proto_cmds = KNOWN
    shared: Any
    seat: Any
    expired: bool
    data_channel: Any
    _in_dtp_queue: Any

    def ftp_STOR(self, path: str, answer: str = "Go on.") -> None:
        """Asks for the file."""
        if refused := self._not_now():
            self.respond(refused)
            return
        try:
            limits = self.shared.limits
            upload = Upload(self.username, path.lstrip("/"), limits.folder, limits.max_file_bytes)
        except OSError as error:
            answer, result = answer_to(error)
            self.shared.tallies.uploads.labels(result).inc()
            self.respond(answer)
            return
        if self.data_channel is None:
            self._in_dtp_queue = (upload, "STOR")
            self.respond(f"150 {answer}")
        else:
            self.respond(f"125 {answer}")
            self.data_channel.file_obj = upload
            self.data_channel.enable_receiving("i", "STOR")

    def ftp_STOU(self, line: str) -> None:
        """The server makes the name."""
        path = self.fs.ftp2fs(f"{line or 'upload'}.{secrets.token_hex(4)}")
        if self.fs.validpath(path):
            self.ftp_STOR(path, f"FILE: {path.rpartition('/')[2]}")
        else:
            self.respond("553 Expected a shorter name.")

    def _not_now(self) -> str | None:
        if self._in_dtp_queue or (self.data_channel and self.data_channel.file_obj):
            return "450 One file after the other."
        if not (self._dtp_acceptor or self._dtp_connector or self.data_channel):
            return "425 Use PASV first."
        if self.shared.door.users.stored(self.username) is None:
            return "532 This camera may not upload any more."
        if not self.shared.inbox.has_room(self.username):
            self.shared.tallies.uploads.labels("full").inc()
            return NO_ROOM
        return None

    def deliver(self, upload: Upload) -> str:
        """The answer once it is decided what becomes of a file that seems to be whole: in hand until it was given."""
        self.seat.in_hand = True
        try:
            upload.rewind()
            frame_id = self.shared.inbox.take(upload.camera, upload.name, upload.file)
        except Exception as error:
            answer, result = answer_to(error)
        else:
            self.fs.took("/" + upload.name)
            answer, result = f"226 Taken: {frame_id}", "taken"
        self.shared.tallies.uploads.labels(result).inc()
        log.debug("an upload of %s: %s", upload.camera, result)
        return answer

    def began(self) -> None:
        """A transfer."""
        self.seat.got_bytes, self.seat.transfer_since_s = 0, self.shared.clock.monotonic_s()

    def _on_dtp_connection(self) -> None:
        """Unless it has gone again already."""
        if self.data_channel.connected:
            super()._on_dtp_connection()
        else:
            self.data_channel = None
            self.no_data_connection()

    def ended(self) -> None:
        """Whatever came of it."""
        self.seat.in_hand = False
        self.seat.transfer_since_s, self.seat.heard_s = None, self.shared.clock.monotonic_s()
        self._dtp_connector = None
        if self.shared.stopping.is_set():
            self.close()
        elif self.expired:
            self.end("421 The session took too long.", "too-long")

    def no_data_connection(self) -> None:
        """Nobody came to the port that was opened for it, or not to stay."""
        if self._in_dtp_queue or self._out_dtp_queue:
            self._forget_queues()
            self.respond("425 No data connection came.")

    def ftp_ABOR(self, line: str) -> None:
        """Never 226: that would say that a picture was taken."""
        self._forget_queues()
        self._shutdown_connecting_dtp()
        if self.data_channel is not None:
            self.data_channel.close()
        self.respond("225 Nothing is under way.")

    def ftp_PASV(self, line: str) -> None:
        """Its answer has room for an IPv4 address alone."""
        if ":" in self.remote_ip:
            self.respond("425 Use EPSV.")
        else:
            super().ftp_PASV(line)

    def _make_epasv(self, extmode: bool = False) -> None:
        self._forget_queues()
        try:
            super()._make_epasv(extmode)
        except NoPortError:
            self.respond("425 All passive ports are in use, try again later.")
        if self._closed:
            # The client had gone when it was told the port.
            self._shutdown_connecting_dtp()

    def _make_eport(self, ip: str, port: int) -> None:
        self._forget_queues()
        with suppress(ValueError):
            ip = str(ip_address(ip))
        super()._make_eport(ip, port)

    def _forget_queues(self) -> None:
        if self._in_dtp_queue:
            self._in_dtp_queue[0].close()
            self.shared.tallies.uploads.labels("aborted").inc()
        self._in_dtp_queue = self._out_dtp_queue = None

    def ftp_REST(self, line: str) -> None:
        """Some say REST 0 before each upload."""
        self.respond("350 From its beginning." if line.strip() == "0" else "554 Only whole files are taken.")

    def ftp_FEAT(self, line: str) -> None:
        features = ["EPRT", "EPSV", "TVFS", "UTF8", *self.tls_features()]
        self.push("211-Features:\r\n" + "".join(f" {feature}\r\n" for feature in sorted(features)))
        self.respond("211 End.")
