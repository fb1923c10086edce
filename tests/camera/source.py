"""A live camera that keeps books: `python -m tests.camera.source -t TOPIC --ledger FILE`; kill it and start it again.

Every start, and every round of a loop, is a new boot of each camera. A frame that the bus does not take at once is
dropped, as by any live source; one that it acknowledges goes into the ledger.
"""

import argparse
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from libs.common import images
from libs.common.clock import SystemClock
from libs.common.kafka_login import wait_for
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.common.messages import Frame
from libs.common.metrics import Metrics
from libs.common.publisher import Publisher
from libs.common.stopping import stop_on_signals
from libs.ops.children import Child
from libs.ops.die_with_parent import dying_with_us
from services.producer.boot import Boot
from services.producer.pictures.pictures import Picture
from tests.camera import strip
from tests.camera.ledger import Ledger
from tests.camera.scene import Scene
from tests.camera.strip import Image, Stamp, camera_name

ROOT = Path(__file__).resolve().parents[2]
STOP_S = 8.0
UNBOOKED = 50
BOOK_WITHIN_S = 1.0


@dataclass
class Source:
    """Cameras cam0, cam1 ... that all see the same scene; their strips tell them apart."""

    options: argparse.Namespace
    scene: Scene
    publisher: Publisher
    ledger: Ledger
    stop: threading.Event
    _unacknowledged: list[Frame] = field(default_factory=list)

    def run(self) -> bool:
        """Until stopped, or once through the scene; whether everything was acknowledged."""
        self._play()
        while self.options.loop and not self.stop.is_set():
            self._play()
        return self._acknowledge(STOP_S)

    def _play(self) -> None:
        boots = [Boot(camera_name(number), SystemClock()) for number in range(self.options.cameras)]
        for seq in range(self.options.frames):
            if self._wait(boots[0], seq):
                break
            image = self.scene.image(seq)
            for number, boot in enumerate(boots):
                self._send(number, boot, image)
        for boot in boots:
            self.publisher.publish(boot.end("stopped"), SystemClock().now_ns())

    def _wait(self, boot: Boot, seq: int) -> bool:
        """For the moment of this frame, with an eye on the acknowledgements; True if asked to stop.

        Without a pace there would always be something under way: so every UNBOOKED frames it waits for them.
        """
        due_s = seq / self.options.fps / self.options.speed if self.options.speed else 0.0
        pause_s = BOOK_WITHIN_S if len(self._unacknowledged) >= UNBOOKED else max(0.0, due_s - boot.elapsed_s())
        self._acknowledge(pause_s)
        return self.stop.wait(max(0.0, due_s - boot.elapsed_s()))

    def _send(self, number: int, boot: Boot, image: Image) -> None:
        """Draws its own strip over that of the camera before."""
        seq, captured_at = boot.capture(boot.elapsed_s())
        if self.publisher.writer.full():
            return
        strip.write(image, Stamp(number, int(boot.name, 16), seq))
        frame = boot.frame(seq, captured_at, Picture(images.encode(image), image.shape[1], image.shape[0]))
        self.publisher.publish(frame, captured_at)
        self._unacknowledged.append(frame)

    def _acknowledge(self, timeout_s: float) -> bool:
        """When nothing is under way any more, all of it was taken, unless one was refused: then none of it counts."""
        if not self.publisher.drain(timeout_s):
            return False
        taken, self._unacknowledged = self._unacknowledged, []
        if self.publisher.refused():
            return False
        for frame in taken:
            self.ledger.note(frame)
        self.ledger.sync()
        return True


def start_source(flags: Sequence[str], log: BinaryIO | None = None) -> Child:
    """The same as a process of its own, which does not outlive us; `log` gets its stderr."""
    command = [sys.executable, "-m", "tests.camera.source", *flags]
    process = subprocess.Popen(dying_with_us(command), cwd=ROOT, stderr=log, start_new_session=True)
    return Child("source", process, http="")


def arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.camera.source", description=__doc__)
    parser.add_argument("--bootstrap", default="localhost:9092")
    parser.add_argument("-t", "--topic", default="frames.source")
    parser.add_argument("--cameras", type=int, default=1)
    parser.add_argument("--fps", type=float, default=10.0)
    parser.add_argument("--speed", type=float, default=1.0, help="0: as fast as possible")
    parser.add_argument("--frames", type=int, default=300, help="per boot")
    parser.add_argument("--loop", action="store_true", help="go on with a new boot")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ledger", type=Path, required=True)
    return parser.parse_args(argv)


def main() -> int:
    """0 if all went well, 1 if something was not acknowledged at the end."""
    options, stop = arguments(), stop_on_signals()
    kafka = KafkaSettings(options.bootstrap)
    writer = wait_for(kafka, lambda: KafkaWriter(kafka, "framebus-camera"), stop)
    if writer is None:
        return 0
    publisher = Publisher(writer, options.topic, "camera", "camera", SystemClock(), Metrics())
    try:
        with Ledger(options.ledger) as ledger:
            if not publisher.wait_for_topic(stop, lambda: None):
                return 0
            return 0 if Source(options, Scene(options.seed), publisher, ledger, stop).run() else 1
    finally:
        writer.close()


if __name__ == "__main__":
    sys.exit(main())
