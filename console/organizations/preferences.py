"""What a person may choose about how the console looks and answers to them: closed lists, labels, time zones."""

from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REGIONS = frozenset(
    ["Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"]
)  # the older names of the time zone database are left out


@dataclass(frozen=True)
class Choice:
    """One preference: the column of `User`, its words, its values with their words; the first one is the default."""

    name: str
    label: Promise
    values: dict[str, Promise]
    hint: Promise | str = ""


LOOK = [
    Choice("theme", _("Theme"), {"system": _("As the system"), "light": _("Light"), "dark": _("Dark")}),
    Choice(
        "density",
        _("Rows of lists"),
        {
            "auto": _("Compact on wide screens, comfortable on others"),
            "comfortable": _("Comfortable: 40 pixels"),
            "compact": _("Compact: 32 pixels"),
        },
    ),
    Choice(
        "motion",
        _("Motion"),
        {"system": _("As the system"), "reduced": _("Reduced: nothing slides, nothing pulses")},
    ),
    Choice(
        "diff_layout",
        _("Differences"),
        {"side": _("Side by side"), "unified": _("Unified: one column, the linear order for screen readers")},
        _("Narrow screens always show one column."),
    ),
]
CLOCK = Choice("clock", _("Clock"), {"24": _("14:03"), "12": _("2:03 p.m.")})
CHOICES = {choice.name: choice for choice in [*LOOK, CLOCK]}


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of this name, None for anything else; a browser's word for it is checked here too."""
    if name != "UTC" and name not in zones():
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@cache
def zones() -> tuple[str, ...]:
    """The names of the time zones this machine knows, in order."""
    return tuple(sorted(name for name in available_timezones() if name.partition("/")[0] in REGIONS))


def zones_by_region() -> list[tuple[str, list[tuple[str, str]]]]:
    """The time zones for a select with groups: region, then (name, city)."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for name in zones():
        region, _slash, city = name.partition("/")
        grouped.setdefault(region, []).append((name, city.replace("_", " ").replace("/", ", ")))
    return list(grouped.items())
