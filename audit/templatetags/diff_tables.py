"""Lays a text difference out for the templates; every token is escaped there like any text."""

from django import template

from audit.diff import TextDiff
from audit.side_by_side import Row, side_by_side, unified

register = template.Library()


@register.filter
def diff_rows(diff: TextDiff, layout: str = "split") -> list[Row]:
    """The table rows of a text difference, in two columns or, with layout "unified", in one."""
    arrange = unified if layout == "unified" else side_by_side
    return arrange(diff.hunks, diff.folded)
