"""Errors that say what to do next: try again, give up on this message, or stop."""


class FramebusError(Exception):
    """Anything framebus raises on purpose; its text may be shown to an operator and holds no secret."""


class TemporaryError(FramebusError):
    """The same message may work later: its partition pauses for delay_s seconds and the message comes again."""

    def __init__(self, text: str, delay_s: float = 1.0) -> None:
        super().__init__(text)
        self.delay_s = delay_s


class PermanentError(FramebusError):
    """This message will never work: it goes to the dead letters under `reason`, a short word for counting."""

    def __init__(self, text: str, reason: str = "refused") -> None:
        super().__init__(text)
        self.reason = reason


class FatalError(FramebusError):
    """The service cannot go on: one line for the operator, exit status 1."""


class SettingsError(FramebusError):
    """A flag, variable or file is wrong: one line naming it and what was expected, exit status 2."""
