"""FFmpeg's own WHIP client: `python -m tests.producer.whip_sender URL TOKEN PICTURES`."""

import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
from av.video.stream import VideoStream

from tests.producer.webrtc_rig import FPS, HEIGHT, WIDTH, drawn


def certificate(folder: Path) -> dict[str, str]:
    """With a key on P-256 (RFC 8827, section 6.5); FFmpeg makes one up on P-224, which OpenSSL 4 refuses."""
    files = {"cert_file": str(folder / "cert.pem"), "key_file": str(folder / "key.pem")}
    kind = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=sender")
    words = ("openssl", "req", "-x509", *kind, "-keyout", files["key_file"], "-out", files["cert_file"])
    subprocess.run(words, check=True, capture_output=True)
    return files


def send(url: str, token: str, pictures: int, options: dict[str, str]) -> None:
    """At their pace."""
    with av.open(url, "w", format="whip", options={"authorization": token, **options}) as container:
        stream = container.add_stream("libx264", FPS, options={"preset": "ultrafast", "tune": "zerolatency"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.profile = "Baseline"
        began_s = time.monotonic()
        for number in range(pictures):
            frame = drawn(number)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
            time.sleep(max(0.0, began_s + number / FPS - time.monotonic()))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        send(sys.argv[1], sys.argv[2], int(sys.argv[3]), certificate(Path(folder)))
