"""RTMP."""

import socket
from pathlib import Path

import pytest

from services.producer.plan import Plan
from services.producer.sampling import Sampler
from services.producer.sources.open_source import open_source
from services.producer.sources.shots import Shot, SourceError
from services.producer.sources.urls import read_url
from tests.producer.numbered import film, number_of
from tests.producer.rtmp_camera import rtmp_camera


@pytest.mark.parametrize("every", [1, 10])
def test_rtmp_is_played_until_the_camera_is_gone(tmp_path: Path, every: int) -> None:
    """All its pictures, or one of ten, in order."""
    with rtmp_camera(film(tmp_path / "a.flv", count=60)) as url:
        plan = Plan(url=url, camera="c", every=every)
        with open_source(read_url(url), plan, Sampler(every).wants) as shots:
            numbers = [number_of(shot.picture) for shot in shots if isinstance(shot, Shot) and shot.picture]
    assert numbers == list(range(0, 60, every))


def test_nobody_there_is_a_lost_connection() -> None:
    """Said without the path, which may be a secret key."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"rtmp://u:geheim@127.0.0.1:{port}/live/geheim"
    with (
        pytest.raises(SourceError, match="Connection refused") as refused,
        open_source(read_url(url), Plan(url=url, camera="c"), lambda media_s: True),
    ):
        pass
    assert "geheim" not in str(refused.value)
