"""Every word of a template goes through gettext, so that a language can be added without touching a template."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from tests.look.template_words import attributes, runs

ROOT = Path(__file__).resolve().parents[2]

# Not translated, with the reason. A folder stands for everything in it.
LEFT = {
    "templates/gallery.html": "sample values for tests, shown to nobody",
    "templates/allauth/elements": "the library's elements: their words are the library's, translated there",
    "templates/components/_connection_words.html": "attributes without a tag around them; each is translated",
    "templates/components/_env_chip.html": "the name of its tag is a value",
}


def is_left(path: str) -> bool:
    """Whether the template is in the table."""
    return any(path == one or path.startswith(f"{one}/") for one in LEFT)


def translated() -> list[str]:
    """The templates that the rule holds for."""
    paths = (str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))
    return sorted(path for path in paths if not is_left(path))


def test_templates__all_of_their_words__go_through_gettext() -> None:
    found = {}
    for path in translated():
        source = (ROOT / path).read_text(encoding="utf-8")
        found[path] = [run.text.strip() for run in [*runs(source), *attributes(source)]]

    assert len(found) > 200
    assert {path: words for path, words in found.items() if words} == {}


def test_words__in_every_place_of_a_template__are_found() -> None:
    source = """{% load i18n %}<a href="/x" title="A tip">Go {{ there }}</a><code>make run</code>{# Note #}
    {% include "x.html" with label="Save" icon="check" only %}<b{% if a > 1 %} class="wide"{% endif %}>Bold</b>
    {% translate "Fine" %}{% blocktranslate %}Also fine{% endblocktranslate %}"""

    assert [run.text for run in [*runs(source), *attributes(source)]] == ["Go {{ there }}", "Bold", "A tip", "Save"]


def test_languages__on_offer__are_those_with_a_catalogue() -> None:
    catalogues = {path.parent.parent.name for path in (ROOT / "locale").glob("*/LC_MESSAGES/django.po")}

    assert {code for code, _name in settings.LANGUAGES} == catalogues


# Rooms whose refusals and sentences are made in Python, and what in them speaks to programs or to operators only.
SPOKEN = ("agents", "audit", "console", "environments")
FOR_PROGRAMS = {"api.py", "schemas.py", "migrations", "serving", "benchmarks", "launcher", "demo", "management"}
SILENT = {
    "environments/api": "the OpenAPI document",
    "agents/schema/models.py": "the published JSON Schema",
    "agents/schema/examples.py": "the words of a library, quoted",
    "agents/canonical.py": "limits, said by the words of the document",
    "agents/migrations": "what was",
    "audit/checkpoints.py": "operators, in the log",
    "audit/cursors.py": "programs: a parameter",
    "audit/jobs.py": "operators, in the log",
    "audit/log.py": "programmers",
    "audit/verify.py": "operators of audit_verify",
    "audit/witness.py": "operators of audit_verify",
    "console/organizations/compiled.py": "programmers",
    "console/settings.py": "operators at the start",
    "console/organizations/adapter.py": "the library asks",
    "console/organizations/models/people.py": "a validator in migrations",
    "console/organizations/sealing.py": "operators at the start",
    "console/webhooks/sending.py": "operators, in the log",
}
WORDS = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")


def is_silent(path: Path) -> bool:
    """Whether the file speaks to programs or operators, or stands in the table."""
    return bool(FOR_PROGRAMS.intersection(path.parts)) or str(path).startswith(tuple(SILENT))


def said_by(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The sentences that refusals, gates and messages say without gettext: line and text."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if not (name[:1].isupper() or name in {"success", "error", "add_error"}):
            continue
        for given in [*call.args, *(one.value for one in call.keywords)]:
            parts = given.values if isinstance(given, ast.JoinedStr) else [given]
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in parts)
            if isinstance(given, ast.JoinedStr | ast.Constant) and WORDS.search(text):
                yield given.lineno, text


def test_sentences__of_refusals_gates_and_messages__go_through_gettext() -> None:
    paths = [path for room in SPOKEN for path in (ROOT / room).rglob("*.py")]
    names = {path: str(path.relative_to(ROOT)) for path in paths}
    found = [
        f"{name}:{line} {text}"
        for path, name in sorted(names.items())
        if not is_silent(path.relative_to(ROOT))
        for line, text in said_by(ast.parse(path.read_text(encoding="utf-8")))
    ]

    assert found == []
