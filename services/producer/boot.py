"""One opening of a source: its name, its counting, its time."""

import secrets

from libs.common.clock import Clock
from libs.common.messages import End, Frame, Segment
from services.producer.pictures.pictures import Picture
from services.producer.sources.shots import Piece

CLOCK_STEP_NS = 2_000_000_000


class Boot:
    """Numbers the captured pictures from 0 and gives them strictly rising times.

    A time is the wall clock at the start of the boot plus seconds since then, which `Times` tells.
    """

    def __init__(self, camera: str, clock: Clock) -> None:
        self.camera = camera
        self.name = secrets.token_hex(4)
        self.started_s = clock.monotonic_s()
        self._clock = clock
        self._started_ns = clock.now_ns()
        self._next_seq = 0
        self._next_segment = 0
        self._last_ns = 0

    def elapsed_s(self) -> float:
        """Seconds since this boot began."""
        return self._clock.monotonic_s() - self.started_s

    def clock_stepped(self) -> bool:
        """True once the wall clock has jumped against the monotonic one since the start."""
        jumped_ns = self._clock.now_ns() - self._started_ns - round(self.elapsed_s() * 1e9)
        return abs(jumped_ns) > CLOCK_STEP_NS

    def capture(self, elapsed_s: float) -> tuple[int, int]:
        """The next number and the time (UTC ns) of a picture so many seconds after the start."""
        self._last_ns = max(self._started_ns + round(elapsed_s * 1e9), self._last_ns + 1)
        self._next_seq += 1
        return self._next_seq - 1, self._last_ns

    def frame(self, seq: int, captured_at: int, picture: Picture, still: bool = False) -> Frame:
        """The message of a captured picture; `still`: it stands alone."""
        return Frame(
            camera=self.camera,
            boot=self.name,
            seq=seq,
            captured_at=captured_at,
            width=picture.width,
            height=picture.height,
            image=picture.jpeg,
            image_by=picture.by,
            still=still,
        )

    def segment(self, piece: Piece, taken_s: float, until_s: float) -> Segment:
        """The message of a piece of the encoded stream, from and to in seconds after the start; numbered by itself."""
        self._next_segment += 1
        return Segment(
            camera=self.camera,
            boot=self.name,
            seq=self._next_segment - 1,
            start_at=self._started_ns + round(taken_s * 1e9),
            duration_ns=max(0, round((until_s - taken_s) * 1e9)),
            codec=piece.codec,
            key=piece.key,
            data=piece.data,
        )

    def end(self, reason: str) -> End:
        """The message after the last frame."""
        return End(camera=self.camera, boot=self.name, last_seq=self._next_seq - 1, reason=reason)
