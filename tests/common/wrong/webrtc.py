"""Wrong flags of the producer that takes pictures from browsers."""

from tests.common.wrong.configuration import NUMBERS, Wrong


def with_webrtc(flag: str, *values: str) -> list[Wrong]:
    """The same flag with each of these."""
    return [Wrong("producer", ("webrtc", flag, value), flag) for value in values]


FLAGS = [
    *with_webrtc("--listen", "", "8080", "localhost", "localhost:65536", "localhost:a"),
    *with_webrtc("--max-peers", *NUMBERS, "0", "65"),
    *with_webrtc("--max-size", "", "720p", "0x0", "1280x", "9999x9999"),
    *with_webrtc("--udp-ports", "", "50000", "50010-50000", "80-90", "50000-65536"),
    *with_webrtc("--address", "porch", "10.0.0.256", "10.0.0.0/8"),
    *with_webrtc("--origin", "cams.example", "https://cams.example/path", "https://["),
    *with_webrtc("--stun", "stun.example", "turn:turn.example", "stun:a b"),
    *with_webrtc("--turn", "turn.example", "stun:stun.example", "turn:turn.example?transport=x", "turn:turn.example"),
    *with_webrtc("--name", "porch"),
    *with_webrtc("--join-token-file", "/nowhere"),
    *with_webrtc("--video-topic", "video.source"),
    *with_webrtc("--secondary-url", "rtsp://a/b"),
    *with_webrtc("--workers", "2"),
    Wrong("producer", ("rtsp://a/b", "--listen", "localhost:8081"), "--listen"),
    Wrong("producer", ("rtsp://a/b", "--max-peers", "4"), "--max-peers"),
    Wrong("producer", ("rtsp://a/b", "--secondary-url", "webrtc"), "--secondary-url"),
    Wrong("producer", ("webrtc",), "--join-token-file", variables=(("FRAMEBUS_JOIN_TOKEN", "12345"),)),
    Wrong("producer", (), "porch, url", file=b"cameras: {porch: {url: webrtc}}"),
]
