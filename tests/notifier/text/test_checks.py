"""A wrong template is told when rules.yaml is read: channel, template, line."""

from typing import Any

import pytest

from libs.common.errors import SettingsError
from services.notifier.rules.rule import Rule
from services.notifier.text import boxes
from services.notifier.text.checks import check_texts
from tests.notifier.text.notices import book


@pytest.mark.parametrize("which", ["subject", "text", "html"])
@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("a\n{{ kamera }}", 2, "no such name: 'kamera'"),
        ("{% if summary %}\n{{ groups[0].nothing }}\n{% endif %}", 2, "nothing"),
        ("{{ zones[99] }}", 1, "99"),
        (
            "{% for each in labels %}\n{% for zone in zones %}{{ zone }}{{ zone }}{{ zone }}{% endfor %}{% endfor %}",
            2,
            "20000 steps",
        ),
        ("{% for each in labels %}", 1, "end of template"),
        ("x" * 65_537, 1, "65537 characters"),
        ("{% for a in labels %}{% for b in labels %}" * 8 + "{% endfor %}{% endfor %}" * 8, 1, ""),
        ("{{ what|upper }}\n\n{{ camera() }}", 3, "Call"),
        ("{{ what }}\n$$ $5 $kamera ${camera}", 2, "expected {{ camera }}, not $camera"),
    ],
)
def test_a_wrong_template_is_one_line_that_names_it(which: str, source: str, line: int, said: str) -> None:
    """Also where only a summary would come to the wrong place."""
    if source.startswith("{% for a"):
        source = source.replace("{% endfor %}", "{{ nothing }}{% endfor %}", 1)
    own: dict[str, Any] = {which: source}
    for wrong, where in (
        (book(**own), f"channel office, {which}, line {line}: "),
        (book(texts={which: source}), f"texts, {which}, line {line}: "),
    ):
        with pytest.raises(SettingsError) as refused:
            check_texts(wrong)
        assert str(refused.value).startswith(where)
        assert said in str(refused.value)
        assert "\n" not in str(refused.value)


def test_good_templates_and_none_are_taken() -> None:
    """Ours among them."""
    check_texts(book())
    check_texts(book(site="👩‍👩‍👧‍👦 <shop>", viewer="https://cams.example.org", timezone="Asia/Tokyo"))
    check_texts(book(subject="$camera", text="{{ what }}{{ counts.zebra }}", html="<p>{{ image }}</p>"))


def test_a_template_of_another_name_is_told() -> None:
    """`texts:` has three."""
    with pytest.raises(SettingsError, match="texts: no such template: 'sms', expected subject, text, html"):
        check_texts(book(texts={"sms": "x"}))


def test_boxes_without_pillow_are_told_with_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the file is read, not when somebody stands at the door."""
    monkeypatch.setattr(boxes, "find_spec", lambda name: None)
    with pytest.raises(
        SettingsError, match=r"rule at night, boxes: Pillow is missing: pip install 'framebus\[boxes\]'"
    ):
        check_texts(book(Rule(name="at night", channels=("office",), boxes=True)))
    check_texts(book(Rule(name="at night", channels=("office",))))
