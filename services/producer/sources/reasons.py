"""What may be wrong with a source: a fixed set of words, for events, states and figures alike."""

REASONS = (
    "unreachable",
    "no answer",
    "refused",
    "certificate refused",
    "not found",
    "camera error",
    "no video",
    "stalled",
    "connection lost",
    "read error",
)
"""Why an opening failed or ended, in events and at `cameras`; as figures with - for blanks."""

WRONG_CLOCK, WRONG_PACE, JUMP = "camera-clock-wrong", "stream-pace-wrong", "stream-time-jump"
ODD = (WRONG_CLOCK, WRONG_PACE, JUMP)
"""What is odd about the times of a stream that works."""

TROUBLES = (*(reason.replace(" ", "-") for reason in REASONS), *ODD)
