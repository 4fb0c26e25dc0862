"""Keyset pages by sequence: page N costs what page 1 costs, and new events neither shift nor repeat rows."""

from dataclasses import dataclass

from django.core import signing
from django.utils.translation import gettext as _

from audit.errors import InvalidCursor
from audit.models import Event
from audit.querysets import EventQuerySet

PAGE = 50
COUNTED = 1_000
TEXT_WINDOW = 50_000  # a text search looks through so many entries per page, then offers to go on

_OLDER, _NEWER = "older", "newer"


@dataclass(frozen=True, slots=True)
class Page:
    """One page, newest first, with the cursors of its neighbours (empty at the ends).

    `searched_to` is the last entry that a text search looked at when it stopped before its page was full.
    """

    events: list[Event]
    newer: str = ""
    older: str = ""
    searched_to: int = 0


def page_of(events: EventQuerySet, binding: str, cursor: str, *, head: int, window: int = 0) -> Page:
    """The page that the cursor names, the newest without one. `binding` names organization and filter.

    Looks through at most `window` sequences if given. Raises InvalidCursor for a cursor that was changed
    or made for something else (T48).
    """
    direction, mark = _read(cursor, binding) if cursor else (_OLDER, head + 1)
    if direction == _NEWER:
        return _newer(events, binding, mark, head, window)
    page = _older(events, binding, mark, window)
    return Page(page.events, _write(_NEWER, mark - 1, binding) if cursor else "", page.older, page.searched_to)


def counted(events: EventQuerySet, head: int, window: int = 0) -> str:
    """How many events there are, in words: counted up to a cap, in a text search among the newest only."""
    if window and head > window:
        return f"{_capped(events.filter(sequence__gt=head - window))} among the newest {window:,}"
    return _capped(events)


def capped_count(events: EventQuerySet) -> int:
    """How many events there are, up to one more than `COUNTED`; answered by an index alone."""
    return events.order_by().values("sequence")[: COUNTED + 1].count()


def _capped(events: EventQuerySet) -> str:
    number = capped_count(events)
    return f"{COUNTED:,}+" if number > COUNTED else f"{number:,}"


def _older(events: EventQuerySet, binding: str, mark: int, window: int) -> Page:
    edge = max(mark - window, 1) if window else 1
    rows = _rows(events.filter(sequence__lt=mark, sequence__gte=edge).order_by("-sequence"))
    shown = rows[:PAGE]
    if len(rows) > PAGE:
        return Page(shown, older=_write(_OLDER, shown[-1].sequence, binding))
    if edge > 1:
        return Page(shown, older=_write(_OLDER, edge, binding), searched_to=edge)
    return Page(shown)


def _newer(events: EventQuerySet, binding: str, mark: int, head: int, window: int) -> Page:
    edge = min(mark + window, head) if window else head
    rows = _rows(events.filter(sequence__gt=mark, sequence__lte=edge).order_by("sequence"))
    shown = rows[:PAGE][::-1]
    older = _write(_OLDER, mark + 1, binding)
    if len(rows) > PAGE:
        return Page(shown, newer=_write(_NEWER, shown[0].sequence, binding), older=older)
    return Page(shown, newer=_write(_NEWER, edge, binding) if edge < head else "", older=older)


def _rows(events: EventQuerySet) -> list[Event]:
    """The first events of a page and one more. Which ones is asked of an index alone, and only they are read:

    a filter that fits few of a million would read all that it leaves out.
    """
    chosen = list(events.values_list("sequence", flat=True)[: PAGE + 1])
    return list(events.filter(sequence__in=chosen)) if chosen else []


def _write(direction: str, mark: int, binding: str) -> str:
    return signing.dumps([direction, mark], salt=f"audit.cursor:{binding}")


def _read(cursor: str, binding: str) -> tuple[str, int]:
    try:
        direction, mark = signing.loads(cursor, salt=f"audit.cursor:{binding}")
    except signing.BadSignature as error:
        raise InvalidCursor(
            _(
                "This page mark was changed or belongs to another filter or organization. Nothing was changed;"
                " open the audit log again and page from there."
            )
        ) from error
    return direction, mark
