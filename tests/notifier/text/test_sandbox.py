"""Templates see what they are given, and end: what escapes a sandbox elsewhere, and what fills memory or time."""

import time
from collections.abc import Mapping

import pytest

from services.notifier.text.sandbox_rules import WrongTemplateError
from services.notifier.text.templates import LONGEST, template
from tests.notifier.text.notices import HOSTILE

FIELDS: Mapping[str, object] = {
    "camera": "porch",
    "text": "x" * 1024,
    "list": "y" * 4096,
    "count": 3,
    "counts": {"person": 3},
    "zones": [f"zone {number}" for number in range(64)],
    "labels": [{"label": f"label {number}", "percent": "87 %"} for number in range(64)],
    "image": "",
}
ESCAPES = (
    "{{ camera.__class__ }}",
    "{{ camera['__class__'] }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ zones.__class__.__base__ }}",
    "{{ counts.items() }}",
    "{{ camera.upper() }}",
    "{{ camera.format(1) }}",
    "{{ '%s'.format }}",
    "{{ '{0.__class__}'.format(camera) }}",
    "{{ self }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ config }}",
    "{{ request.application.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ joiner }}",
    "{{ namespace }}",
    "{{ dict }}",
    "{{ range(3) }}",
    "{{ url_for.__globals__ }}",
    "{{ get_flashed_messages }}",
    "{{ camera|attr('__class__') }}",
    "{{ zones|map('upper')|list }}",
    "{{ zones|map(attribute='__class__')|list }}",
    "{{ zones|join(attribute='__class__') }}",
    "{{ zones|select('callable')|list }}",
    "{{ labels|groupby('__class__') }}",
    "{{ labels|sort(attribute='__class__') }}",
    "{{ camera|format }}",
    "{{ counts|tojson }}",
    "{{ camera|pprint }}",
    "{{ camera|safe }}",
    "{{ camera|xmlattr }}",
    "{% for each in zones recursive %}{{ loop(zones) }}{% endfor %}",
    "{% for each in zones %}{{ loop.__class__ }}{% endfor %}",
    "{% for each in zones %}{{ loop._iterable }}{% endfor %}",
    "{% for each in zones %}{{ loop.cycle('a') }}{% endfor %}",
    "{% set x = camera %}",
    "{% set x %}a{% endset %}",
    "{% with x = camera %}{{ x }}{% endwith %}",
    "{% macro m() %}{% endmacro %}",
    "{% macro m() %}{{ caller.__class__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
    "{% extends 'x' %}",
    "{% block a %}{% endblock %}",
    "{% filter upper %}a{% endfilter %}",
    "{% autoescape false %}{{ camera }}{% endautoescape %}",
    "{% do counts.update({'a': 1}) %}",
    "{{ {'a': 1} }}",
    "{{ camera is callable }}",
    "{{ camera is sameas none }}",
    "{{ ()|attr('__class__') }}",
    "{{ zones[0].__class__ }}",
    "{{ (zones + [])['__class__'] }}",
    "{{ 'a' % camera }}",
    "{{ 2 ** 3 }}",
    "{{ 2 * 3 }}",
    "{{ 1 / 0 }}",
)
BOMBS = (
    "{% for i in range(10**9) %}x{% endfor %}",
    "{{ 'a' * 10**9 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 'x'|center(1000000000) }}",
    "{{ 'x'|indent(1000000000) }}",
    "{{ 'x'|replace('x', 'y') }}",
    "{{ 1|round(1000000000, 'ceil') }}",
    "{{ zones|batch(1000000000) }}",
    "{{ list" + "|join(list)" * 3 + " }}",
    "{{ list" + "|urlencode|upper" * 100 + "|urlencode }}{{ '%' " + "|urlencode" * 300 + "}}",
    "{% for a in list %}{% for b in list %}{% endfor %}{% endfor %}",
    "".join(f"{{% for a{depth} in zones %}}" for depth in range(12)) + "x" + "{% endfor %}" * 12,
    "{% for a in zones %}{% for b in zones %}" + "{{ list }}" * 900 + "{% endfor %}{% endfor %}",
    "{{ list }}" * 6000,
    "{{ " + "~".join(["list"] * 8000) + " }}",
    "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    "{{ " + "not " * 5000 + "1 }}",
    "{{ " + "-" * 5000 + "1 }}",
    "{{ camera" + ".a" * 5000 + " }}",
    "{{ camera" + "[0]" * 5000 + " }}",
    "{{ " + "+".join(["1"] * 5000) + " }}",
    "{{ " + "[" * 500 + "]" * 500 + " }}",
    "{% if camera %}" * 900 + "{% endif %}" * 900,
    "{{ " + "9" * 60_000 + " }}",
    "{{ 1e999999 }}{{ zones[1e999] }}",
    "{{ 'x' }}" * 8000,
    "x" * (LONGEST + 1),
    "{" * 60_000,
    "{{" * 30_000,
    "{#" * 30_000,
    "{%" * 30_000,
)
GENEROUS_S = 10.0
"""Far above what any takes, far below what one would without bounds."""


@pytest.mark.parametrize("source", ESCAPES)
@pytest.mark.parametrize("html", [False, True])
def test_what_escapes_from_other_sandboxes_is_refused_here(source: str, html: bool) -> None:
    """Every one of them, by a fault of the template and by nothing else."""
    with pytest.raises(WrongTemplateError) as refused:
        template(source, html)(FIELDS, 100_000)
    assert refused.value.line == 1


@pytest.mark.parametrize("source", BOMBS, ids=[source[:40] for source in BOMBS])
def test_what_would_never_end_or_fill_the_memory_is_refused(source: str) -> None:
    """Soon, and with a word why."""
    began = time.monotonic()
    with pytest.raises(WrongTemplateError) as refused:
        template(source, False)(FIELDS, 100_000)
    assert str(refused.value)
    assert len(str(refused.value)) < 300
    assert time.monotonic() - began < GENEROUS_S


def test_the_most_expensive_template_that_is_allowed_ends_soon() -> None:
    """All steps in a loop whose body is as long as it may be, without a word written."""
    haystack = "~".join(["list"] * 900)
    source = "{% for each in zones[:20] %}{% if text in " + haystack + " %}{% endif %}{% endfor %}"
    began = time.monotonic()
    assert template(source, False)(FIELDS, 100_000) == ""
    assert time.monotonic() - began < GENEROUS_S


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ camera|upper }}", "PORCH"),
        ("{{ zones|join(', ')|truncate(9, true, '') }}", "zone 0, z"),
        ("{{ zones[0] }} {{ zones[:2]|length }}", "zone 0 2"),
        ("{{ counts.person }} {{ counts['person'] }}", "3 3"),
        ("{% for label, count in counts|dictsort %}{{ label }}{{ count }}{% endfor %}", "person3"),
        ("{% for each in labels[:2] %}{{ loop.index }} {{ each.label }}{% if not loop.last %}; {% endif %}{% endfor %}",
         "1 label 0; 2 label 1"),
        ("{% if count > 2 and 'por' in camera %}yes{% else %}no{% endif %}", "yes"),
        ("{{ 'many' if count >= 3 else 'few' }}", "many"),
        ("{{ labels|join(', ', 'label')|length }}", "628"),
        ("{# nothing #}{% raw %}{{ camera }}{% endraw %}", "{{ camera }}"),
        ("👩‍👩‍👧‍👦 {{ camera }} 猫", "👩‍👩‍👧‍👦 porch 猫"),
    ],
)  # fmt: skip
def test_what_a_template_may_say(source: str, said: str) -> None:
    """Names, if, for, filters."""
    assert template(source, False)(FIELDS, 100_000) == said


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("source", ["<b>{{ text }}</b>", "<b>$text</b>", "<b>{{ [text, text]|join(' ') }}</b>"])
def test_html_is_escaped(source: str, text: str) -> None:
    """Nothing that came from outside opens a tag, ends an attribute, or is taken for a template itself."""
    written = template(source, True)({"text": text, "image": ""}, 100_000)
    inside = written.removeprefix("<b>").removesuffix("</b>")
    assert not set(inside) & set("<>\"'")
    assert "49" not in inside


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("a\n\n{{ kamera }}", 3, "kamera"),
        ("a\n{% if camera %}\n{{ camera.size }}\n{% endif %}", 3, "size"),
        ("a\n{% if false %}{{ kamera }}{% endif %}", 2, "kamera"),
        ("a\n{% if camera %}", 2, "end of template"),
        ("\n\n\n{{ camera|shout }}", 4, "shout"),
        ("\n{{ camera + 1 }}", 2, "str"),
        ("\n\n{% macro a() %}{% endmacro %}", 3, "Macro"),
        ("a\n$kamera", 2, "kamera"),
        ("a\n\n${ camera }", 3, "$$"),
        ("a\ncosts 5 $", 2, "$$"),
        ("a\n$labels", 2, "{{ labels }}"),
    ],
)
def test_a_fault_is_told_with_its_line(source: str, line: int, said: str) -> None:
    """Of the template, wherever in rules.yaml it is."""
    with pytest.raises(WrongTemplateError, match=None) as refused:
        template(source, False)(FIELDS, 100_000)
    assert refused.value.line == line
    assert said in str(refused.value)


def test_the_simplest_kind_needs_no_braces() -> None:
    """`$camera`, and the sign itself written twice."""
    said = template("$camera: ${text} $$5 $zones", False)({"camera": "a", "text": "b", "zones": ["c", "d"]}, 100)
    assert said == "a: b $5 c, d"


def test_a_label_that_is_not_there_counts_nothing() -> None:
    """`counts.dog` is no fault of a template where no dog was seen: see `Counts`."""
    from services.notifier.text.fields import Counts

    assert template("{{ counts.dog }} {{ counts.cat }}", False)({"counts": Counts(cat=2)}, 100) == "0 2"
