"""Subject, text and page say each thing, and say it once."""

import pytest

from libs.common.testing import FakeClock
from services.notifier.text.texts import Texts
from tests.notifier.text.notices import book, notice, person, told
from tests.notifier.text.page import Page

JPEG = b"\xff\xd8 a picture"


@pytest.mark.parametrize("text", ["3 persons", "3 persons, 1 car"])
def test_each_thing_is_said_once(text: str) -> None:
    """Subject and text together, and the page by itself: what is there, how many, how sure, where, when."""
    counts = {"person": 3, "car": 1} if "car" in text else {"person": 3}
    labels = {label: 0.91 if label == "person" else 0.5 for label in counts}
    note = told(person(labels=labels, counts=counts, zones=("drive",), text=text, meanwhile=12), jpeg=JPEG)
    for said in (f"{note.subject}\n{note.text}", Page(note.html).words.partition("}\n\n")[2]):
        assert [said.count(word) for word in ("person", "91 %", "drive", "2023-11-14", "12 more")] == [1] * 5
        assert said.count("car") == (1 if "car" in counts else 0)


@pytest.mark.parametrize("subject", ["Alarm!", "{{ site }}: {{ label }}"])
def test_a_text_says_what_its_subject_does_not(subject: str) -> None:
    """Somebody's own subject may leave it all out."""
    lines = told(person(), subject=subject).text.splitlines()
    assert lines[:2] == ["2 \N{MULTIPLICATION SIGN} person at porch", "2023-11-14 22:13:20 UTC"]
    summary = told(notice("summary", members=("a",)), members=[person()], subject=subject)
    assert summary.text.splitlines()[:2] == ["1 event at porch", "2023-11-14 22:13:20 UTC"]


def test_no_text_is_empty() -> None:
    """Not where the subject has it all, and there is neither a link nor anything seen: no channel would take it."""
    subject = "{{ what }} {{ when }}"
    assert told(notice("camera.connected"), subject=subject).text == "2023-11-14 22:13:20 UTC"
    assert told(notice("summary", members=("a",)), subject=subject).text == "- and 1 more"


def test_why_a_picture_is_not_there_is_asked_when_it_is_told() -> None:
    """Whoever looked for it may have seen why; what the notice itself says counts more."""
    texts = Texts(FakeClock(), lambda notice: "gap" if notice.frame_id else "")
    for about, said in (
        (person(), "The picture is withheld: too little around it was looked at."),
        (person(data={"picture": "not-looked"}), "The picture is withheld: nobody has looked at it."),
        (notice("camera.connected"), ""),
    ):
        assert [line for line in texts.note(book(), about, None).text.splitlines() if "picture" in line] == (
            [said] if said else []
        )
