"""What must hold for every template, stylesheet and icon, without a browser."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from console.templatetags.console_ui import ago, exact, iso_utc, names, recent, short_digest, state_look
from tests.look.gallery import page

ROOT = Path(__file__).resolve().parents[2]
CSS_LINES = 500
SPRITE = (ROOT / "static/vendor/lucide/sprite.svg").read_text(encoding="utf-8")
TEMPLATES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*.html"))
}
# A script of the page's own, or one without an address that is no data.
INLINE = "|".join(
    [
        r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']",
        r"\|\s*safe\b|autoescape\s+off",
        r"<script\b(?![^>]*(?:src=|application/json))[^>]*>",
    ]
)


def test_templates__under_the_strict_policy__have_no_inline_script_style_or_handler() -> None:
    found = {path: re.findall(INLINE, source) for path, source in TEMPLATES.items()}

    assert {path: places for path, places in found.items() if places} == {}


@pytest.mark.parametrize(
    "source",
    [
        '<b style="x">',
        "<style>",
        "<b onclick = 'x'>",
        "{{ a|safe }}",
        "{% autoescape off %}",
        "<script>",
        '<script type="module">',
    ],
)
def test_strict_policy__each_thing_it_forbids__is_found(source: str) -> None:
    assert re.search(INLINE, source)


def test_templates__by_house_style__are_at_most_150_lines() -> None:
    assert {path for path, source in TEMPLATES.items() if len(source.splitlines()) > 150} == set()


def test_components__by_their_first_lines__say_what_they_take() -> None:
    components = {path: source for path, source in TEMPLATES.items() if path.startswith("templates/components/_")}
    silent = {path for path, source in components.items() if "{% comment %}" not in source[:40]}

    assert len(components) > 30
    assert {path for path in silent if not re.search(r"/_(mark\.html|diff)", path)} == set()


@pytest.mark.parametrize("path", ["/gallery", "/refusal", "/sign-in", "/500"])
@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_page__in_each_theme__has_one_h1_a_language_and_unique_ids(path: str, theme: str) -> None:
    document = lxml.html.document_fromstring(page(f"{path}?theme={theme}"))
    ids = [element.get("id") for element in document.iter() if isinstance(element.tag, str) and element.get("id")]

    assert len(document.findall(".//h1")) == 1
    assert document.get("lang") == "en"
    assert document.get("data-theme") == theme
    assert document.get("data-bs-theme") == (None if theme == "system" else theme)
    assert len(ids) == len(set(ids))
    assert document.find(".//a[@class='skip']") is not None
    assert document.xpath("//*[@role='status']")


def test_page__with_icons__finds_each_in_the_sprite() -> None:
    used = set(re.findall(r"sprite\.svg#([a-z0-9-]+)", page("/gallery") + page("/refusal")))

    assert len(used) > 20
    assert [name for name in used if f'<symbol id="{name}"' not in SPRITE] == []


def test_title__on_a_page_of_an_agent__says_what_agent_organization() -> None:
    document = lxml.html.document_fromstring(page("/gallery"))

    assert document.findtext(".//title") == "Components - support-bot - Harbor Line"


def test_server_error_page__without_any_context__renders() -> None:
    document = lxml.html.document_fromstring(render_to_string("500.html"))

    assert document.findtext(".//h1") == "Something broke"


def test_refusal__with_typed_text__keeps_every_character() -> None:
    typed = "\nline one\n  <b>&amp; two</b>\n"
    document = lxml.html.document_fromstring(render_to_string("_refusal.html", {"typed": [("prompt", typed)]}))
    area = document.find(".//textarea")

    assert area is not None
    # A browser drops exactly one line break after <textarea>; the parser of this test keeps it.
    assert (area.text or "").replace("\r", "").removeprefix("\n") == typed


def test_blocked_button__for_anybody__names_rule_role_and_people_and_stays_focusable() -> None:
    values: dict[str, Any] = {"label": "Push to Production", "blocked": True, "id": "push", "why": "Not ready."}
    html = render_to_string("components/_button.html", values | {"role": "QA", "people": ["Quinn Abara", "Jo"]})
    document = lxml.html.fragment_fromstring(html)
    button = document.find(".//button")

    assert button is not None
    assert button.get("aria-disabled") == "true"
    assert button.get("disabled") is None
    assert button.get("type") == "button"
    reason = document.get_element_by_id(button.get("aria-describedby") or "")
    assert " ".join(reason.text_content().split()) == "Not ready. Needs QA: Quinn Abara, Jo."


def test_styles__of_the_frame__are_short_enough_to_read() -> None:
    assert len((ROOT / "static/css/console.css").read_text(encoding="utf-8").splitlines()) <= CSS_LINES


def test_styles__from_third_parties__ask_for_nothing_elsewhere() -> None:
    sheet = (ROOT / "static/vendor/tabler/tabler.min.css").read_text(encoding="utf-8")

    assert {address[:10] for address in re.findall(r"url\(([^)]{10})", sheet)} == {'"data:imag'}
    assert "@import" not in sheet
    assert "@font-face" not in sheet
    assert "sourceMappingURL" not in sheet


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=4), "4 min ago"),
        (timedelta(hours=47, minutes=5), "47 h ago"),
        (timedelta(days=6, hours=1), "6 d ago"),
        (timedelta(days=80), "11 w ago"),
        (timedelta(days=800), "2 y ago"),
        (-timedelta(hours=2, minutes=1), "in 2 h"),
    ],
)
def test_ago__by_distance__uses_one_unit(passed: timedelta, words: str) -> None:
    assert ago(timezone.now() - passed) == words


def test_times__of_one_moment__agree() -> None:
    moment = datetime(2026, 11, 20, 14, 3, 22, tzinfo=UTC)

    assert iso_utc(moment) == "2026-11-20T14:03:22Z"
    with timezone.override("Europe/Berlin"):
        assert exact(moment) == "2026-11-20 15:03:22 +01:00"
    with timezone.override("America/New_York"):
        assert exact(moment) == "2026-11-20 09:03:22 -05:00"
    assert not recent(moment - timedelta(days=4000))


def test_small_filters__with_odd_values__stay_readable() -> None:
    assert short_digest("sha256:9f3c2a1ffff") == "9f3c2a1"
    assert short_digest(None) == ""
    assert names(["Quinn Abara", "Jo"]) == "Quinn Abara, Jo"
    assert names("Quinn Abara") == "Quinn Abara"
    assert state_look("Ready for Production").word == "Ready for Production"
    assert state_look("CHANGES_REQUESTED").word == "Changes requested"
    assert state_look("something new").word == "something new"


# Sending a form by a single key: only what can be taken back at once, never an act of a release (ux.md 2.0).
SENT_BY_KEY = {
    "templates/components/_button.html": "its users are looked at one by one",
    "templates/webhooks/delivery.html": "sends a message once more; a receiver knows it by its id",
    "templates/environments/_queue_item.html": "says who is on it; the same key takes it back",
}


def test_single_keys__on_buttons_that_send__are_in_the_table() -> None:
    found = set()
    for path, source in TEMPLATES.items():
        buttons = re.findall(r"<button\b(?=[^>]*\sdata-key=)(?![^>]*type=\"button\")[^>]*>", source)
        included = re.findall(r"_button\.html\"(?=[^%]*\skey=)(?![^%]*\shref=)(?![^%]*type=\"button\")[^%]*%}", source)
        if buttons + included:
            found.add(path)

    assert found == set(SENT_BY_KEY)
