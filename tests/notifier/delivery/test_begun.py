"""A message that some have and some do not: whoever tries it next knows who has it."""

from libs.common.errors import TemporaryError
from services.notifier.channels.channel import Note, PartlySentError
from tests.notifier.delivery.office_rig import World


class Halves:
    """Fails with each of these in turn, then takes it; `begun` is what each attempt was told of earlier ones."""

    def __init__(self, *errors: TemporaryError) -> None:
        self._errors, self.begun = list(errors), list[str]()

    def __call__(self, note: Note) -> None:
        self.begun.append(note.begun)
        if self._errors:
            raise self._errors.pop(0)


def test_another_copy_goes_on_where_the_first_one_ended() -> None:
    """What the channel left is in the log, and stays there through failures that say nothing of it."""
    world = World({"phone": {}})
    answer = Halves(PartlySentError("429", 5, "1"), TemporaryError("503", 5), PartlySentError("429", 5, "1 2"))
    world.channels["phone"].answer = answer
    world.happens(1)
    for number in range(4):
        world.copies = [world.copy(f"copy-{number}")]
        world.passes(8)
    assert answer.begun == ["", "1", "1", "1 2"]
    (sent,) = world.log.all("phone", "sent")
    assert sent.handle == "handle of event-0001"


def test_what_cannot_be_kept_is_forgotten() -> None:
    """The notice stays readable; somebody may get it twice."""
    world = World({"phone": {}})
    answer = Halves(PartlySentError("429", 5, "x" * 1025), PartlySentError("429", 5, "a\nb"))
    world.channels["phone"].answer = answer
    world.happens(1)
    world.passes(30)
    assert answer.begun == ["", "", ""]
