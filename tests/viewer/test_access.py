"""Who may see what."""

import pytest

from services.viewer.access import User, may

BOTH = frozenset({"frames.detected", "frames.redacted"})
SAFE = frozenset({"frames.redacted"})

MATRIX = [
    # user, topic, camera, may
    (None, "frames.redacted", "porch", False),
    (User("nobody", frozenset()), "frames.redacted", "porch", False),
    (User("guest", SAFE), "frames.redacted", "porch", True),
    (User("guest", SAFE), "frames.detected", "porch", False),
    (User("guest", SAFE), "frames.redacted.dead", "porch", False),
    (User("guest", SAFE), "FRAMES.REDACTED", "porch", False),
    (User("guest", SAFE), "", "porch", False),
    (User("owner", BOTH), "frames.detected", "porch", True),
    (User("owner", BOTH), "frames.source", "porch", False),
    (User("garden", BOTH, ("garden-*", "gate")), "frames.redacted", "garden-1", True),
    (User("garden", BOTH, ("garden-*", "gate")), "frames.redacted", "gate", True),
    (User("garden", BOTH, ("garden-*", "gate")), "frames.redacted", "gate2", False),
    (User("garden", BOTH, ("garden-*", "gate")), "frames.redacted", "Garden-1", False),
    (User("garden", BOTH, ("garden-*", "gate")), "frames.source", "gate", False),
    (User("blind", BOTH, ()), "frames.redacted", "porch", False),
]


@pytest.mark.parametrize(("user", "topic", "camera", "allowed"), MATRIX)
def test_only_what_was_granted_may_be_seen(user: User | None, topic: str, camera: str, allowed: bool) -> None:
    """Topic and camera must both be granted; names are compared exactly, letters' case too."""
    assert may(user, topic, camera) is allowed
