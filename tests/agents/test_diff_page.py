"""The page of a comparison: what assistive technology reads, and that content never becomes markup."""

import json
from typing import Any

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from agents.compare import Options, Side, compare
from agents.comparison import Comparison
from agents.parts import split

SCRIPT = "<script>alert(1)</script>"
LEFT: dict[str, Any] = {
    "prompt": "Always be kind.\n" + "Same.\n" * 20 + "Say hello.\nGone.\n",
    "settings": {"greeting": "Hello.", "note": "a\nb\n"},
    f"tools/{SCRIPT}": {"type": "http"},
}
RIGHT: dict[str, Any] = {
    "prompt": "Always be brief.\n" + "Same.\n" * 20 + f"Say {SCRIPT}.\n",
    "settings": {"greeting": SCRIPT, "note": "a\nc\n"},
}


def comparison() -> Comparison:
    def digests(parts: dict[str, Any]) -> dict[str, str]:
        return {path: json.dumps(value) for path, value in parts.items()}

    return compare(Side("v15", digests(LEFT)), Side("v18", digests(RIGHT)), json.loads)


@pytest.fixture(params=["split", "unified"])
def page(request: pytest.FixtureRequest) -> html.HtmlElement:
    rendered = render_to_string("components/_diff.html", {"comparison": comparison(), "layout": request.param})
    return html.fromstring(rendered)


def words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_render_diff__hostile_content__stays_text(page: html.HtmlElement) -> None:
    assert [script.get("src") for script in page.iter("script")] == ["/static/js/one_column.js"]
    assert [script.text for script in page.iter("script")] == [None]
    assert page.xpath("//@style | //@onclick") == []
    assert SCRIPT in page.text_content()


def test_render_diff__headings__one_per_section_and_item(page: html.HtmlElement) -> None:
    assert [words(heading) for heading in page.findall(".//h2")] == [
        "Settings 2 changed",
        "Prompt +2 -3",
        "Tools 1 removed",
    ]
    assert [words(heading) for heading in page.findall(".//h3")] == [
        "Settings changed",
        "Prompt changed",
        f"tool {SCRIPT} removed",
    ]


def test_render_diff__tables__have_captions_scopes_and_their_own_scroll_region(page: html.HtmlElement) -> None:
    tables = page.findall(".//table")

    assert len(tables) == 4
    assert "Prompt: 2 lines added, 3 removed" in [words(table.find("caption")) for table in tables]
    for table in tables:
        assert all(cell.get("scope") for cell in table.findall(".//th"))
        region = table.xpath("ancestor::*[@role = 'region'][1]")[0]
        assert region.get("tabindex") == "0"
        assert region.get("aria-label")
        widths = {sum(int(cell.get("colspan", 1)) for cell in row) for row in table.findall(".//tr")}
        assert len(widths) == 1


def test_render_diff__changed_words__are_marked_and_announced(page: html.HtmlElement) -> None:
    removed = [words(cell) for cell in page.xpath("//td[contains(@class, 'diff-del')]")]
    added = [words(cell) for cell in page.xpath("//td[contains(@class, 'diff-add')]")]

    assert "-removed: Say hello." in removed
    assert removed[removed.index("-removed: Say hello.") + 1] == "-Gone."  # said where a block begins (ux.md 3.8)
    assert f"+added: Say {SCRIPT}." in added
    assert page.xpath("//td[contains(@class, 'diff-del')]/del[text() = 'kind']")


def test_render_diff__unchanged_run__says_how_many_lines(page: html.HtmlElement) -> None:
    assert "14 unchanged lines" in [words(row) for row in page.xpath("//tr[@class = 'diff-fold']")]


def test_render_diff__identical__says_so_without_tables() -> None:
    side = Side("v15", {"prompt": "a"})

    rendered = render_to_string("components/_diff.html", {"comparison": compare(side, Side("v18", side.manifest), str)})

    assert words(html.fromstring(rendered)) == "v18 and v15 are identical."


leaves = (
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([1.0, 1.5, "1", "a", "a b", "a  b", "a\nb\n", ""])
)
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner))
texts = st.sampled_from(["One.\n", "One. \n", "One.\r\n", "One.\nTwo.\n", "Two.\nOne.\n", "One."])
configs = st.fixed_dictionaries(
    {},
    optional={
        "prompt": texts,
        "settings": st.dictionaries(st.sampled_from(["greeting", "model"]), values),
        "flow": st.fixed_dictionaries(
            {"nodes": st.dictionaries(st.sampled_from("xy"), values), "edges": st.lists(values)}
        ),
        "knowledge": st.fixed_dictionaries({"faq": st.fixed_dictionaries({"title": texts, "content": texts})}),
        "variables": st.dictionaries(st.sampled_from("xy"), values),
        "extensions": st.dictionaries(st.sampled_from("xy"), values),
    },
)


@given(left=configs, right=configs, ignore_space=st.booleans())
def test_render_diff__any_two_configurations__denies_a_difference_only_where_there_is_none(
    left: dict[str, Any], right: dict[str, Any], ignore_space: bool
) -> None:
    before, after = split(left), split(right)
    bodies = {document.manifest[path]: body for document in (before, after) for path, body in document.parts.items()}
    sides = Side("v1", before.manifest, digest=before.digest), Side("v2", after.manifest, digest=after.digest)

    found = compare(*sides, lambda digest: json.loads(bodies[digest]), Options(ignore_space=ignore_space))
    document = html.fromstring(render_to_string("components/_diff.html", {"comparison": found}))

    changed = {
        path for path in {*before.manifest, *after.manifest} if before.manifest.get(path) != after.manifest.get(path)
    }
    assert {part.path for part in found.sections} == changed
    assert ("Identical: same digest" in words(document)) == (before.digest == after.digest)
    for part in found.sections:
        shown = document.xpath("//*[@id=$id]//*[@data-change or @class='diff-note']", id=f"part-{part.name}")
        assert shown, part.path
