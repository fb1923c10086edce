"""What was here before is known, in bounded memory."""

from libs.common.messages import End
from libs.common.repeats import BOOTS_PER_CAMERA, Repeats
from libs.common.testing import frame


def test_a_lower_or_equal_seq_of_a_known_boot_is_a_repeat() -> None:
    """Higher ones are new, also with gaps."""
    repeats = Repeats()
    repeats.note("t", frame(seq=5))
    assert [repeats.is_repeat("t", frame(seq=n)) for n in (4, 5, 6, 9)] == [True, True, False, False]


def test_topics_and_cameras_are_apart() -> None:
    """A viewer reads the same frame from three topics."""
    repeats = Repeats()
    repeats.note("t", frame(seq=5))
    assert not repeats.is_repeat("u", frame(seq=5))
    assert not repeats.is_repeat("t", frame("garden", seq=5))


def test_after_an_end_nothing_of_its_boot_is_new() -> None:
    """Also no second end."""
    repeats, end = Repeats(), End(camera="porch", boot="00000001", last_seq=5)
    repeats.note("t", end)
    assert repeats.is_repeat("t", frame(seq=9))
    assert repeats.is_repeat("t", end)
    assert not repeats.is_repeat("t", frame(seq=0, boot="00000002"))


def test_only_the_last_boots_are_kept() -> None:
    """Memory is bounded."""
    repeats = Repeats()
    for n in range(BOOTS_PER_CAMERA + 1):
        repeats.note("t", frame(boot=f"{n:08x}"))
    assert not repeats.is_repeat("t", frame(boot="00000000"))
    assert repeats.is_repeat("t", frame(boot="00000001"))
