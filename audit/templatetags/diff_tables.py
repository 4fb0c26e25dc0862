"""Lays a text difference out for the templates; every token is escaped there like any text."""

from collections.abc import Iterable

from django import template

from audit.diff import TextDiff
from audit.side_by_side import Row, side_by_side, unified

register = template.Library()


@register.simple_tag
def diff_rows(diff: TextDiff, layout: str = "split", spaces: object = None) -> list[Row]:
    """The table rows of a text difference, in two columns or, with layout "unified", in one."""
    arrange = unified if layout == "unified" else side_by_side
    return arrange(diff.hunks, diff.folded, spaces=bool(spaces))


@register.filter
def of_path(found: dict[str, Iterable[str]] | None, path: str) -> Iterable[str]:
    """What is known of the part at this path."""
    return (found or {}).get(path, ())
