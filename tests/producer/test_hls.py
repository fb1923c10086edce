"""HLS: played from a web server; a playlist can name nothing but what is on the web."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest

from services.producer.plan import Plan
from services.producer.sources.open_source import open_source
from services.producer.sources.shots import Shot, SourceError
from services.producer.sources.urls import read_url
from tests.producer.numbered import film, number_of
from tests.producer.watched import Watched, watched
from tests.producer.web import Web, web

HEAD = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n"
SEGMENT = "#EXTINF:1.0,\n{}\n"
END = "#EXT-X-ENDLIST\n"

NAMES = ["{file}", "file://{file}", "file:{file}", "/{file}", "concat:{file}|{file}", "subfile,,start,0,end,9,,:{file}",
         "data:video/mp4;base64,AAAA", "pipe:0", "tcp://127.0.0.1:{port}", "udp://127.0.0.1:{port}",
         "rtp://127.0.0.1:{port}", "rtsp://127.0.0.1:{port}/x", "ftp://127.0.0.1:{port}/x", "gopher://127.0.0.1:{port}/",
         "crypto:file:{file}", "crypto+file://{file}", "async:file:{file}", "cache:{file}", "hls+file://{file}",
         "unix:{file}", "lavfi:movie={file}", "\\\\127.0.0.1\\x"]  # fmt: skip

PLAYLISTS = {
    "segment": HEAD + SEGMENT.format("{name}") + END,
    "variant": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{name}\n",
    "key": HEAD + '#EXT-X-KEY:METHOD=AES-128,URI="{name}",IV=0x0\n' + SEGMENT.format("0.ts") + END,
    "map": HEAD + '#EXT-X-MAP:URI="{name}"\n' + SEGMENT.format("0.m4s") + END,
    "sound": "#EXTM3U\n"
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="a",DEFAULT=YES,AUTOSELECT=YES,URI="{name}"\n'
    '#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nv.m3u8\n',
}


def numbers(url: str, count: int = 1000) -> list[int]:
    """Of the pictures that come."""
    with open_source(read_url(url), Plan(url=url, camera="c"), lambda media_s: True) as shots:
        return [number_of(shot.picture) for shot in islice(shots, count) if isinstance(shot, Shot) and shot.picture]


@pytest.fixture(scope="module")
def ten_pictures(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A segment."""
    return film(tmp_path_factory.mktemp("hls") / "0.ts", count=10, group=10).read_bytes()


@pytest.fixture
def segments(ten_pictures: bytes) -> dict[str, bytes | str]:
    """Two of them, and their list."""
    listed = HEAD + "#EXTINF:0.4,\n0.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:0.4,\n1.ts\n" + END
    return {"/live/0.ts": ten_pictures, "/live/1.ts": ten_pictures, "/live/cam.m3u8": listed.encode()}


def test_a_playlist_is_played(segments: dict[str, bytes | str]) -> None:
    """With a login, by way of a list of lists and of a redirection."""
    segments["/all.m3u8"] = b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=100000\nlive/cam.m3u8\n"
    segments["/old.m3u8"] = "/all.m3u8"
    with web(segments) as server:
        for path in ("/live/cam.m3u8", "/all.m3u8", "/old.m3u8"):
            assert numbers(server.url(path, "viewer:geheim@")) == [*range(10), *range(10)]


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Watched]:
    if sys.platform != "linux":
        pytest.skip("watches by inotify and /proc")
    with watched(tmp_path) as made:
        yield made


@pytest.mark.parametrize("place", PLAYLISTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_playlist_opens_nothing_but_the_web(
    trap: Watched, segments: dict[str, bytes | str], place: str, name: str
) -> None:
    """Neither as a segment nor as a list, a key, a beginning or the sound; what is named beside it may be played."""
    hostile = name.format(file=trap.canary, port=trap.port)
    segments |= {
        "/live/evil.m3u8": PLAYLISTS[place].replace("{name}", hostile).encode(),
        "/live/v.m3u8": segments["/live/cam.m3u8"],
        "/live/0.m4s": segments["/live/0.ts"],
    }
    with web(segments) as server:
        _try(server, "/live/evil.m3u8")
    assert trap.seen() == []


@pytest.mark.parametrize("to", ["file://{file}", "{file}", "concat:{file}", "rtsp://127.0.0.1:{port}/", "data:,x"])
@pytest.mark.parametrize("what", ["/live/cam.m3u8", "/live/0.ts"])
def test_a_redirection_opens_nothing_but_the_web(
    trap: Watched, segments: dict[str, bytes | str], to: str, what: str
) -> None:
    """Of the list and of a segment."""
    segments[what] = to.format(file=trap.canary, port=trap.port)
    with web(segments) as server:
        _try(server, "/live/cam.m3u8")
    assert trap.seen() == []


def test_what_is_no_playlist_is_not_played(segments: dict[str, bytes | str]) -> None:
    """A film, another kind of list, nothing."""
    segments |= {
        "/film.m3u8": segments["/live/0.ts"],
        "/concat.m3u8": b"ffconcat version 1.0\nfile live/0.ts\n",
        "/empty.m3u8": b"",
    }
    with web(segments) as server:
        for path in ("/film.m3u8", "/concat.m3u8", "/empty.m3u8", "/none.m3u8"):
            with pytest.raises(SourceError) as refused:
                numbers(server.url(path, "viewer:geheim@"))
            assert "geheim" not in str(refused.value)


def _try(server: Web, path: str) -> None:
    """At most twenty pictures of the two segments, whatever the list says."""
    with suppress(SourceError):
        assert len(numbers(server.url(path), 30)) <= 20
