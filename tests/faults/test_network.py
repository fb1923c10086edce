"""A bad network between the services and the broker: frames come late, or twice, or are dropped by rule."""

import time
from collections.abc import Iterator

import pytest

from libs.common.bus import Place
from libs.ops.kafka_broker import Broker
from tests.common.kafka_tools import gather, reading, until, writing
from tests.faults.feeder import Feeder
from tests.faults.live import LiveCamera
from tests.faults.proxy import Proxy
from tests.faults.surroundings import REDACTED, SOURCE, Chain, behind_proxy, chain, setting, tell
from tests.faults.watcher import Landed, Watcher, ages_s, out_of_order, watching

CAMERAS = ("porch", "gate", "street")
LATE_S = setting("LATE_S", 20)
BREAKING_S = setting("BREAKING_S", 5)
SILENT_S = setting("SILENT_S", 12)
BACK_S = 10.0
# Once as much is under way as is late, as many are read as are sent; who cannot keep up reads less and less.
KEEPS_UP_SHARE = 0.6
MIB = 1 << 20
MEGABIT = 1e6 / 8


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Broker, Proxy]]:
    with behind_proxy(tmp_path_factory.mktemp("network") / "data") as both:
        yield both


@pytest.fixture(scope="module")
def services(network: tuple[Broker, Proxy], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with chain(network[0].bootstrap, tmp_path_factory.mktemp("logs")) as made:
        yield made


@pytest.fixture
def proxy(network: tuple[Broker, Proxy], services: Chain) -> Iterator[Proxy]:
    """Healed after each test; nobody has ended or met a bug."""
    yield network[1]
    network[1].heal()
    services.check()


@pytest.fixture
def watcher(services: Chain) -> Iterator[Watcher]:
    with watching(services.bootstrap, SOURCE, REDACTED) as made:
        yield made


def repeats(watcher: Watcher, topic: str) -> int:
    return len(watcher.on(topic)) - len(watcher.ids(topic))


def shown_since(moment_ns: int, landed: Landed) -> bool:
    return landed.captured_at > moment_ns and landed.withheld is None


def test_half_a_second_of_latency_delays_and_nothing_else(proxy: Proxy, services: Chain, watcher: Watcher) -> None:
    """A quarter of a second each way: all arrive, in order, after about a dozen ways there and back."""
    proxy.latency_s = 0.25
    with Feeder(services.bootstrap, SOURCE, CAMERAS) as feeder:
        time.sleep(LATE_S / 2)
        read, sent = services.count("detector", "framebus_frames_in_total"), len(feeder.acknowledged())
        time.sleep(LATE_S / 2)
        read = services.count("detector", "framebus_frames_in_total") - read
        sent_since = len(feeder.acknowledged()) - sent
    proxy.heal()
    watcher.until_all(REDACTED, feeder.acknowledged(), 20)
    found = [each for each in watcher.on(REDACTED) if each.frame_id in feeder.acknowledged()]
    ages = ages_s(found)
    tell(f"{read:g} read while {sent_since} more were sent; age {ages[len(ages) // 2]:.1f} s, at most {ages[-1]:.1f} s")
    assert out_of_order(found) == []
    assert sent + sent_since > 10 * LATE_S
    assert read > KEEPS_UP_SHARE * sent_since
    assert ages[-1] < 20


def test_requests_that_break_off_repeat_frames_and_lose_none(proxy: Proxy, services: Chain, watcher: Watcher) -> None:
    """One of a hundred, before or after the broker saw it: what was acknowledged arrives, in order."""
    proxy.reset_share = 0.01
    with Feeder(services.bootstrap, SOURCE, CAMERAS) as feeder:
        time.sleep(BREAKING_S)
        until(lambda: proxy.resets > 0, 60)
    proxy.heal()
    for topic in (SOURCE, REDACTED):
        watcher.until_all(topic, feeder.acknowledged(), 20)
        assert out_of_order(watcher.on(topic)) == []
        tell(f"{topic}: {repeats(watcher, topic)} repeats; {proxy.resets} of {proxy.requests} requests broken")


def test_a_network_that_falls_silent_is_used_again_soon_after(proxy: Proxy, services: Chain, watcher: Watcher) -> None:
    """Nothing passes, nothing breaks off; the frames of that time come late, all of them, and in order."""
    with Feeder(services.bootstrap, SOURCE, CAMERAS) as feeder:
        time.sleep(2)  # a chain at work
        proxy.silent = True
        time.sleep(SILENT_S)  # the length of the outage is what is tested
        proxy.silent = False
        back_ns = time.time_ns()
        took_s = watcher.until(lambda: any(each.captured_at > back_ns for each in watcher.on(REDACTED)), 60)
    tell(f"a new frame {took_s:.1f} s after {SILENT_S:g} s of silence")
    watcher.until_all(REDACTED, feeder.acknowledged(), 20)
    assert took_s < BACK_S
    assert out_of_order(watcher.on(REDACTED)) == []


def test_a_network_too_narrow_for_a_live_camera_drops_by_rule(proxy: Proxy, services: Chain, watcher: Watcher) -> None:
    """One megabit per second: the camera keeps its window, counts what it drops, and all that was taken arrives.

    Where so much is missing everything is withheld; once the network is wide again it is shown.
    """
    proxy.bytes_per_s = MEGABIT
    with LiveCamera(services.bootstrap, SOURCE, fps=15, window_bytes=2 * MIB) as camera:
        until(lambda: camera.dropped() > 60, 60)
        proxy.heal()
        healed_ns = time.time_ns()
        watcher.until(lambda: any(shown_since(healed_ns, each) for each in watcher.on(REDACTED)), 30)
    taken = camera.captured - camera.dropped()
    ids = {f"live/0000000a/{seq}" for seq in range(camera.captured)}
    watcher.until(lambda: len(watcher.ids(REDACTED) & ids) == taken, 30)
    tell(f"{camera.dropped()} of {camera.captured} dropped, {repeats(watcher, SOURCE)} repeats")
    assert camera.most_bytes < 2 * MIB + 100_000
    assert out_of_order(watcher.on(REDACTED)) == []


def test_the_largest_record_and_a_backlog_get_through_a_narrow_network(proxy: Proxy, services: Chain) -> None:
    """Both take longer than a request may take that does not come along: neither begins again and again."""
    kafka, topic = services.kafka, "frames.narrow"
    with writing(kafka) as writer, reading(kafka, [topic]) as reader:
        writer.partitions(topic)
        backlog = [writer.send(Place(topic, 0), b"porch", bytes(100_000)) for _ in range(24)]
        assert writer.flush(20)
        proxy.bytes_per_s = MEGABIT
        large = writer.send(Place(topic, 1), b"yard", bytes(1_900_000))
        gather(reader, lambda batch: len(batch.records) >= len(backlog), within_s=45)
        assert writer.flush(45)
        assert large.error is None
        proxy.heal()
        gather(reader, lambda batch: any(len(record.value or b"") == 1_900_000 for record in batch.records))
