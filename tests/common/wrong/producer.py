"""Wrong flags of the producer."""

from tests.common.wrong.configuration import NUMBERS, Wrong, flagged

FLAGS = [
    *flagged("producer", "--every", *NUMBERS, "0", "1.5"),
    *flagged("producer", "--fps", *NUMBERS, "0", "1001"),
    *flagged("producer", "--speed", *NUMBERS, "1001"),
    *flagged("producer", "--quality", *NUMBERS, "0", "101"),
    *flagged("producer", "--topic", "", "a:b", "a\nb"),
    *flagged("producer", "--name", "", "a b", "-a", ".a", "a/b", "ä", "x" * 65, "a\n"),
    *[
        Wrong("producer", ("webcam", "--resize", text), "resize")
        for text in ("", "0", "0x0", "640x", "9000x9000", "-1", "5.0")
    ],
    *[
        Wrong("producer", (text,), "url")
        for text in ("", "srt://h/a", "rtsp://", "rtsp://h:x/", "webcam:../x", "concat:a")
    ],
    *[Wrong("producer", ("webcam", "--secondary-url", text), "--secondary-url") for text in ("", "a.mp4", "rtsp://")],
    Wrong("producer", ("a.mp4", "--secondary-url", "rtsp://me:canary@h/1"), "--secondary-url"),
    Wrong("producer", ("webcam", "--secondary-url-file", "/dev/null"), "--secondary-url-file"),
    *[Wrong("producer", ("webcam", "--video-url", text), "--video-url") for text in ("", "a.mp4", "rtsp://h/")],
    Wrong("producer", ("webcam", "--video-url-file", "/dev/null"), "--video-url-file"),
    Wrong("producer", (), "url"),
    Wrong("producer", ("webcam", "webcam:1"), "webcam:1"),
    Wrong("producer", ("rtsp://me:canary@h:x/",), "url"),
    Wrong("producer", ("--url-file", "/does/not/exist"), "--url-file"),
    Wrong("producer", ("--url-file", "/dev/null"), "--url-file"),
]
