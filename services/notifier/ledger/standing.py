"""What counts of the records of one notice: every copy reads the same log and comes to the same end."""

from dataclasses import dataclass

from libs.common.messages import Notice
from services.notifier.ledger.lives import heir_until_ms

WAITING, CLAIMED, GATHERED = "waiting", "claimed", "gathered"
SENT, REFUSED, EXPIRED = "sent", "refused", "expired"
FINAL = frozenset({SENT, REFUSED, EXPIRED})
LEASE_S = 30.0
"""A claim that is older is its claimant's no more: sending ends sooner (channels.channel.LONGEST_S)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A notice at one moment. `at_ms`: the log's time of the record, UTC."""

    state: str
    at_ms: int = 0
    by: str | None = None
    life: str | None = None
    attempts: int = 0
    members: tuple[str, ...] = ()

    @classmethod
    def of(cls, notice: Notice, at_ms: int) -> "Standing":
        return cls(notice.state, at_ms, notice.by, notice.life, notice.attempts, notice.members)

    def is_anothers(self, by: str | None, life: str | None) -> bool:
        """Whether somebody else wrote it, or an earlier life of ours."""
        return (self.by, self.life) != (by, life)

    def is_of_the_dead(self, by: str | None, life: str | None) -> bool:
        """Only an instance whose name was given has two lives. The second one begins when the first has ended.

        So it should be; who claims more than the second has found at its start is alive, and respected as anybody else.
        Both times are the log's: no host's clock decides that somebody is dead.
        """
        return self.by == by and self.life != life and self.at_ms <= heir_until_ms(life)


def counts(before: Standing | None, after: Standing, lease_s: float = LEASE_S) -> bool:
    """Whether a record means anything behind those before it, in the order of the log.

    What was sent was sent. Else what has ended stays so, what is gathered is told by a summary, a claim is respected
    for as long as it lasts, and a notice that is written twice is the first one.
    """
    if before is None or after.state == SENT:
        return True
    if before.state in FINAL:
        return False
    if before.state == GATHERED:
        return after.state not in (WAITING, CLAIMED)
    if before.state == CLAIMED:
        return _ends_claim(before, after, lease_s)
    if after.state == WAITING:
        return after.attempts > before.attempts or (after.attempts, after.members) == (before.attempts, before.members)
    return True


def _ends_claim(claim: Standing, after: Standing, lease_s: float) -> bool:
    """Its claimant may; others once it is outlived, but they have to claim it."""
    if not claim.is_anothers(after.by, after.life):
        return True
    is_outlived = claim.is_of_the_dead(after.by, after.life) or after.at_ms - claim.at_ms >= lease_s * 1000
    return is_outlived and after.state != WAITING
