"""Every word of a template goes through gettext, so that a language can be added without touching a template."""

from pathlib import Path

import pytest
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


@pytest.mark.parametrize("path", translated())
def test_template__all_of_its_words__go_through_gettext(path: str) -> None:
    source = (ROOT / path).read_text(encoding="utf-8")

    assert [run.text.strip() for run in [*runs(source), *attributes(source)]] == []


def test_words__in_every_place_of_a_template__are_found() -> None:
    source = """{% load i18n %}<a href="/x" title="A tip">Go {{ there }}</a><code>make run</code>{# Note #}
    {% include "x.html" with label="Save" icon="check" only %}<b{% if a > 1 %} class="wide"{% endif %}>Bold</b>
    {% translate "Fine" %}{% blocktranslate %}Also fine{% endblocktranslate %}"""

    assert [run.text for run in [*runs(source), *attributes(source)]] == ["Go {{ there }}", "Bold", "A tip", "Save"]


def test_languages__on_offer__are_those_with_a_catalogue() -> None:
    catalogues = {path.parent.parent.name for path in (ROOT / "locale").glob("*/LC_MESSAGES/django.po")}

    assert {code for code, _name in settings.LANGUAGES} == catalogues
