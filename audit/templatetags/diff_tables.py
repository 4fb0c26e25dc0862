"""Lays a text difference out for the templates."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.safestring import SafeString

from audit.diff import TextDiff
from audit.diff_markup import RowsMarkup
from audit.side_by_side import side_by_side, unified

ROWS_OF_A_TABLE = 150

register = template.Library()


@register.simple_tag
def diff_rows(diff: TextDiff, title: str, layout: str = "", spaces: object = None, **place: Any) -> list[SafeString]:
    """The table rows of a text difference, in two columns or, with layout "unified", in one; cut into tables.

    A browser lays out only the tables near the window (diff.css), so that 2,000 lines are there at once.

    `place`: part, at, address, query, as `components/_diff_lines.html` has them.
    """
    is_unified = layout == "unified"
    rows = (unified if is_unified else side_by_side)(diff.hunks, diff.folded, spaces=bool(spaces))
    part = place.pop("part", None)
    known = {name: str(value) for name, value in place.items() if value}
    if part:
        known |= {"path": part.path, "digest": part.after}
    markup = RowsMarkup(title, is_unified, **known)
    return [markup.of(rows[at : at + ROWS_OF_A_TABLE]) for at in range(0, len(rows), ROWS_OF_A_TABLE)]


@register.filter
def of_path(found: Mapping[str, Iterable[str]] | None, path: str) -> Iterable[str]:
    """What is known of the part at this path."""
    return (found or {}).get(path, ())
