"""The rows of a text difference as markup.

Made here and not in a template because there are thousands of them: Django's templates take ten times as long.
Every text goes through `format_html`, which escapes it; the formats are constants of this file.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.side_by_side import Row, Token

FOLD_ENDS_FROM = 41  # from so many hidden lines on, some next to a change can be shown alone

_NUMBER = '<td class="diff-no">{}</td>'
_NONE = '<td class="diff-text diff-none"></td>'
_TOKEN = {"": "{}", "add": "<ins>{}</ins>", "del": "<del>{}</del>", "note": '<i class="diff-remark">{}</i>'}
_SIDES = {
    "del": '<td class="diff-text diff-del"><span class="diff-sign">-</span>',
    "add": '<td class="diff-text diff-add"><span class="diff-sign">+</span>',
}
_SPOKEN = '<span class="visually-hidden">{} </span>'
_WHOLE = {"del": ('<del class="diff-whole">', "</del>"), "add": ('<ins class="diff-whole">', "</ins>")}
_LINK = '<a href="{}" hx-get="{}" data-fold="{}">{}</a> '


@dataclass(frozen=True)
class RowsMarkup:
    """The rows of one table. `title` is what the text is called when a change is spoken.

    `address`, `path`, `digest`, `at`, `query` say where hidden lines can be read: the page of the comparison, the
    part, its digest on the right, the pointer of the text in it, what else the address keeps.
    """

    title: str
    unified: bool = False
    address: str = ""
    path: str = ""
    digest: str = ""
    at: str = ""
    query: str = ""

    def of(self, rows: Iterable[Row]) -> SafeString:
        """The rows as markup. Only the first line of several says that they were removed or added (ux.md 3.8)."""
        found = list(rows)
        leads = [_sides(row) - _sides(before) for before, row in zip([None, *found], found, strict=False)]
        return format_html_join("", "{}", ((self._row(row, lead),) for row, lead in zip(found, leads, strict=True)))

    @cached_property
    def _words(self) -> dict[str, str]:
        return {"del": _("removed:"), "add": _("added:")}

    def _row(self, row: Row, leads: Collection[str]) -> SafeString:
        if row.kind == "fold":
            return self._fold(row)
        formats, values = [_NUMBER], [row.left_no or ""]
        for cell, cell_values in self._cells(row, leads):
            formats.append(cell)
            values += cell_values
        attributes, given = self._attributes(row)
        return format_html(f"<tr{attributes}>{''.join(formats)}</tr>", *given, *values)

    def _attributes(self, row: Row) -> tuple[str, list[Any]]:
        moved = ' class="diff-moved"' if row.moved else ""
        if row.begins:
            said = _("%(title)s, line %(line)s") % {"title": self.title, "line": row.right_no or row.left_no}
            return f'{moved} data-change data-say="{{}}" tabindex="-1"', [said]
        return f'{moved} tabindex="-1" autofocus' if row.unfolded else moved, []

    def _cells(self, row: Row, leads: Collection[str]) -> Iterator[tuple[str, list[Any]]]:
        """What follows the first number: in one column its text, in two the text, the other number, its text."""
        if row.kind == "equal":
            same = _text(row.right)
            if not self.unified:
                yield same
            yield _NUMBER, [row.right_no]
            yield same
            return
        gone = self._side(row, "del", row.left, leads) if row.left_no else (_NONE, [])
        came = self._side(row, "add", row.right, leads) if row.right_no else (_NONE, [])
        if not self.unified:
            yield gone
        yield _NUMBER, [row.right_no or ""]
        yield came if row.right_no or not self.unified else gone

    def _side(self, row: Row, mark: str, tokens: tuple[Token, ...], leads: Collection[str]) -> tuple[str, list[Any]]:
        before, after = _WHOLE[mark] if row.kind in {"removed", "added"} else ("", "")
        formats: list[str] = [_SIDES[mark]]
        values: list[Any] = []
        if mark in leads:
            formats.append(_SPOKEN)
            values.append(self._words[mark])
        if row.moved:
            said = _("moved to line %(line)s") if mark == "del" else _("moved from line %(line)s")
            formats.append(_TOKEN["note"])
            values.append(said % {"line": row.moved} + " ")
        body = "".join(_TOKEN[token.mark] for token in tokens)
        return f"{''.join(formats)}{before}{body}{after}</td>", [*values, *(token.text for token in tokens)]

    def _fold(self, row: Row) -> SafeString:
        columns = 3 if self.unified else 4
        if not self.address:
            hidden = ngettext("%d unchanged line", "%d unchanged lines", row.hidden) % row.hidden
            return format_html('<tr class="diff-fold"><td colspan="{}">{}</td></tr>', columns, hidden)
        everything = ngettext("Show %d unchanged line", "Show %d unchanged lines", row.hidden) % row.hidden
        links = [("all", everything)]
        if row.hidden >= FOLD_ENDS_FROM:
            links = [("top", _("↓ 20 lines")), ("all", everything), ("bottom", _("↑ 20 lines"))]
        page = f"{self.address}?part={quote(self.path, safe='')}&ctx=all{self.query}"
        made = format_html_join("", _LINK, ((page, self._lines(row, show), show, label) for show, label in links))
        return format_html('<tr class="diff-fold"><td colspan="{}">{}</td></tr>', columns, made)

    def _lines(self, row: Row, show: str) -> str:
        asked: dict[str, Any] = {"part": self.path, "digest": self.digest[:12]} | ({"at": self.at} if self.at else {})
        asked |= {"old": row.left_no, "new": row.right_no, "count": row.hidden, "show": show}
        return f"{self.address}/lines?{urlencode(asked)}" + ("&layout=unified" if self.unified else "")


def _sides(row: Row | None) -> set[str]:
    """What a row says: that a line was removed, that one was added, both, or neither."""
    if row is None or row.kind in {"equal", "fold"}:
        return set()
    return {mark for mark, number in (("del", row.left_no), ("add", row.right_no)) if number}


def _text(tokens: tuple[Token, ...]) -> tuple[str, list[Any]]:
    body = "".join(_TOKEN[token.mark] for token in tokens)
    return f'<td class="diff-text">{body}</td>', [token.text for token in tokens]
