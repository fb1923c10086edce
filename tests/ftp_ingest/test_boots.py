"""Names, numbers and times of one camera's pictures."""

import random
from itertools import pairwise

from services.ftp_ingest.boots import BACK_NS, Boots

START = 1_700_000_000_000_000_000
SECOND = 1_000_000_000


def test_numbers_count_and_times_rise_within_a_boot() -> None:
    """Also where two pictures have the same time, or the later one is a little older."""
    boots = Boots()
    named = [boots.name(START + step) for step in (0, 0, -SECOND, 5 * SECOND, 3600 * SECOND)]
    assert [each.seq for each in named] == [0, 1, 2, 3, 4]
    assert [each.at - START for each in named] == [0, 1, 2, 5 * SECOND, 3600 * SECOND]
    assert len({each.boot for each in named}) == 1


def test_a_step_back_begins_a_new_boot() -> None:
    """More than two seconds: an older picture keeps its own time."""
    boots = Boots()
    first, second = boots.name(START), boots.name(START - BACK_NS - 1)
    assert first.boot != second.boot
    assert (second.seq, second.at) == (0, START - BACK_NS - 1)


def test_each_process_has_boots_of_its_own() -> None:
    """Nothing of a camera is remembered over a restart."""
    assert Boots().name(START).boot != Boots().name(START).boot


def test_whatever_the_times_no_identity_comes_twice() -> None:
    """And in each boot the times rise strictly."""
    boots, chance = Boots(), random.Random(7)
    named = [boots.name(START + chance.randrange(-9 * SECOND, 9 * SECOND)) for _ in range(2000)]
    assert len({(each.boot, each.seq) for each in named}) == len(named)
    for one, other in pairwise(named):
        assert one.boot != other.boot or one.at < other.at
