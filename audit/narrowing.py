"""Which filter left nothing to see: asked only when a page of the log is empty."""

from dataclasses import dataclass, replace

from audit.filters import EventFilter
from audit.paging import COUNTED, TEXT_WINDOW, capped_count
from audit.querysets import EventQuerySet

_EMPTY = EventFilter()


@dataclass(frozen=True, slots=True)
class Narrowest:
    """The filter that removed the most, and how many entries match without it (counted up to a cap)."""

    name: str
    without: str


def narrowest(events: EventQuerySet, wanted: EventFilter, *, head: int) -> Narrowest | None:
    """The filter without which most entries would match; None where taking one away does not help.

    One bounded count per active filter; a text search that stays looks at the newest entries only.
    """
    found: list[tuple[int, str]] = []
    for name in wanted.spelled():
        fewer = replace(wanted, **{name: getattr(_EMPTY, name)})
        rest = events.matching(fewer)
        rest = rest.filter(sequence__gt=head - TEXT_WINDOW) if fewer.q else rest
        found.append((capped_count(rest), name))
    most, name = max(found, default=(0, ""))
    return Narrowest(name, f"{COUNTED:,}+" if most > COUNTED else f"{most:,}") if most else None
