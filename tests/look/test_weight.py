"""What a browser loads for every page, compressed (ux.md 3.10): sizes, not times."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from tests.look.gallery import sample_context

ROOT = Path(__file__).resolve().parents[2]
CSS_BUDGET, SCRIPT_BUDGET, EDITOR_BUDGET = 90_000, 120_000, 250_000


def compressed(*paths: Path | str) -> int:
    """The size in bytes as gzip sends it."""
    return sum(len(gzip.compress(Path(path).read_bytes())) for path in paths)


def loaded(pattern: str) -> list[str]:
    """The files of our own that the frame names."""
    named = re.findall(pattern, render_to_string("gallery.html", sample_context("system")))
    found = [finders.find(name.removeprefix("/static/")) for name in named]
    assert found
    assert all(found), named
    return [str(path) for path in found]


def test_styles__all_there_are__stay_within_the_budget() -> None:
    vendored = [path for path in (ROOT / "static/vendor").rglob("*.css") if "codemirror" not in path.parts]

    assert compressed(*(ROOT / "static/css").glob("*.css"), *vendored) <= CSS_BUDGET


def test_scripts__of_every_page__stay_within_the_budget() -> None:
    assert compressed(*loaded(r'<script src="([^"]+)"')) <= SCRIPT_BUDGET


def test_scripts__all_there_are_without_the_editor__stay_within_the_budget() -> None:
    vendored = [path for path in (ROOT / "static/vendor").rglob("*.js") if "codemirror" not in path.parts]

    assert compressed(*(ROOT / "static/js").glob("*.js"), *vendored) <= SCRIPT_BUDGET


def test_editor__loaded_where_it_is_used__stays_within_the_budget() -> None:
    assert compressed(*(ROOT / "static/vendor").glob("codemirror/**/*.*s")) <= EDITOR_BUDGET
