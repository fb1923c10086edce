"""Slowing down who guesses."""

from libs.common.testing import FakeClock
from libs.common.throttle import Throttle, neighbourhood


def test_attempts_count_before_they_are_judged() -> None:
    """A hundred at the same moment are no way around."""
    throttle = Throttle(FakeClock(), limit=5)
    assert [throttle.attempt("192.0.2.1") == 0 for _ in range(100)].count(True) == 5


def test_the_window_slides() -> None:
    """Each attempt is forgotten a minute after it was made."""
    clock = FakeClock()
    throttle = Throttle(clock, limit=2, window_s=60)
    assert throttle.attempt("a") == 0
    clock.advance(30)
    assert throttle.attempt("a") == 0
    assert throttle.attempt("a") == 30
    clock.advance(30)
    assert throttle.attempt("a") == 0
    assert throttle.attempt("a") == 30


def test_the_right_password_starts_anew() -> None:
    """Typing wrong now and then does not add up."""
    throttle = Throttle(FakeClock(), limit=2)
    for _ in range(10):
        assert throttle.attempt("a") == 0
        throttle.right("a")


def test_memory_is_bounded() -> None:
    """The address that was quiet longest is forgotten first."""
    throttle = Throttle(FakeClock(), limit=1, max_addresses=3)
    for address in ("a", "b", "c", "d"):
        assert throttle.attempt(address) == 0
    assert throttle.attempt("d") > 0
    assert throttle.attempt("a") == 0


def test_an_ipv6_network_counts_as_one() -> None:
    """Its 2**64 addresses cost nothing."""
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:1%eth0") == "2001:db8::/64"
    assert neighbourhood("2001:db8:0:1::1") != neighbourhood("2001:db8::1")
    assert neighbourhood("192.0.2.1") == "192.0.2.1"
    assert neighbourhood("<local>") == "<local>"
