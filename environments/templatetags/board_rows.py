"""Draws the rows of the dashboard for its template."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from environments.boards.markup import row_markup
from environments.boards.matrix import Row

register = template.Library()


@register.simple_tag
def board_rows(rows: Iterable[Row]) -> SafeString:
    """The rows of the matrix, each with what every environment serves and the next step."""
    return format_html_join("", "{}", ((row_markup(row),) for row in rows))
