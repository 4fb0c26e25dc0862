"""Lays the rows of a structured difference out for the templates."""

from django import template

from agents.comparison import SectionChange
from agents.comparison_rows import Shown, shown_rows

register = template.Library()


@register.filter
def rows_shown(part: SectionChange) -> list[Shown]:
    """The lines of the table of a part."""
    return shown_rows(part)
