"""What templates need to show a value well: icons, states, times, digests, form controls.

Presentation only. Nothing here decides what a person may see or do.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select, Textarea
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from console.reader import clock

register = template.Library()

RELATIVE_DAYS = 7
DIGEST_SHOWN = 7


@dataclass(frozen=True)
class Look:
    """How a state or an environment is drawn: class suffix, icon, word (ux.md section 4)."""

    css: str
    icon: str
    word: str


STATES = {
    "development": Look("dev", "pencil", "Development"),
    "staging": Look("stg", "flask-conical", "Staging"),
    "ready": Look("rdy", "badge-check", "Ready for Production"),
    "production": Look("prd", "radio-tower", "Production"),
    "changes_requested": Look("changes", "message-square-warning", "Changes requested"),
    "superseded": Look("superseded", "archive", "Superseded"),
    "rolled_back": Look("rolled", "undo-2", "Rolled back"),
    # Not states of a release, drawn by the same badge.
    "draft": Look("quiet", "pencil", "Draft"),
    "waiting": Look("warn", "hourglass", "Waiting"),
    "blocked": Look("warn", "lock", "Blocked"),
    "held": Look("fail", "pause", "On hold"),
    "ok": Look("ok", "check", "OK"),
    "warn": Look("warn", "triangle-alert", "Warning"),
    "failed": Look("fail", "octagon-x", "Failed"),
    "running": Look("quiet", "loader", "Running"),
    "unknown": Look("quiet", "circle-help", "Unknown"),
    "empty": Look("quiet", "circle-dashed", "Nothing pinned"),
    "behind": Look("warn", "arrow-down-to-line", "Behind"),
    "mismatch": Look("fail", "unlink", "Mismatch"),
}

ENVIRONMENTS = {
    "development": Look("dev", "pencil", "DEV"),
    "staging": Look("stg", "flask-conical", "STG"),
    "ready": Look("rdy", "badge-check", "RDY"),
    "production": Look("prd", "radio-tower", "PRD"),
}
_SHORT = {"dev": "development", "stg": "staging", "rdy": "ready", "prd": "production"}


@register.simple_tag
@lru_cache(maxsize=500)
def icon(name: str, size: int = 16) -> SafeString:
    """One icon of the local sprite, hidden from screen readers: text always stands beside it."""
    return format_html(
        '<svg class="ic{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        " ic-20" if size == 20 else "",
        static("vendor/lucide/sprite.svg"),
        name,
    )


@register.filter
def state_look(state: object) -> Look:
    """The look of a release state, by its stored value or its words; an unknown one shows itself."""
    key = str(state).strip().lower().replace(" ", "_").removesuffix("_for_production")
    return STATES.get(key) or Look("quiet", "circle-help", str(state))


@register.filter
def state_badge(state: str, word: str = "") -> SafeString:
    """The badge of components/_state_badge.html in one step, for tables of hundreds of them."""
    return _badge(state, word, get_language())


@lru_cache(maxsize=1_000)
def _badge(state: str, word: str, language: str | None) -> SafeString:
    look = state_look(state)
    return format_html('<span class="state state-{}">{}{}</span>', look.css, icon(look.icon), word or look.word)


@register.filter
def brief_time(moment: datetime) -> SafeString:
    """How long ago, with the exact moment behind it, in one step for tables of hundreds of them."""
    html = '<time datetime="{}" title="{}">{}</time>'
    return format_html(html, iso_utc(moment), exact(moment), ago(moment))


@register.filter
def env_look(kind: object) -> Look:
    """The look of an environment kind: development, staging, ready, production or dev, stg, rdy, prd."""
    key = str(kind).strip().lower()
    return ENVIRONMENTS.get(_SHORT.get(key, key)) or Look("dev", "circle-dashed", key[:3].upper())


@register.filter
def env_class(kind: object) -> str:
    """The class suffix of an environment kind: dev, stg, rdy or prd."""
    return env_look(kind).css


@register.filter
def short_digest(digest: object) -> str:
    """The first seven characters of a digest, without an algorithm prefix."""
    return str(digest or "").rpartition(":")[2][:DIGEST_SHOWN]


@register.filter
def names(people: object) -> str:
    """Names in a row, from a list of names or from ready text."""
    return ", ".join(str(name) for name in people) if isinstance(people, list | tuple) else str(people)


@register.filter
def iso_utc(moment: datetime) -> str:
    """A moment as RFC 3339 in UTC with seconds, for `<time datetime>` and exports."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@register.filter
def absolute(moment: datetime) -> str:
    """Date, minutes and zone as the reader wants them: `20 Nov 2026, 14:03 CET` or `20 Nov 2026, 2:03 p.m. CET`."""
    local = timezone.localtime(moment)
    spoken = date_format(local, "j M Y, g:i a" if clock.get() == "12" else "j M Y, H:i")
    return f"{spoken} {zone_name(local)}"


@register.filter
def zone_name(moment: datetime) -> str:
    """The zone of a moment in the reader's words: `CET`, or `UTC+03` where the zone has no letters of its own."""
    letters = timezone.localtime(moment).strftime("%Z")
    return letters if letters[:1].isalpha() else f"UTC{letters}"


@register.filter
def exact(moment: datetime) -> str:
    """Seconds and offset, as records and the audit log show it: `2026-11-20 14:03:22 +01:00`."""
    spoken = timezone.localtime(moment).isoformat(sep=" ", timespec="seconds")
    return f"{spoken[:19]} {spoken[19:]}"


@register.filter
def ago(moment: datetime) -> str:
    """How long ago, in one unit: `just now`, `4 min ago`, `3 h ago`, `6 d ago`; a future moment is `in 2 h`."""
    distance = timezone.now() - moment
    spoken = _amount(abs(distance))
    if spoken == "now":
        return "just now"
    return f"{spoken} ago" if distance > timedelta(0) else f"in {spoken}"


@register.filter
def lasting(begin: datetime, end: datetime) -> str:
    """How long from one moment to another, in one unit: `4 min`, `3 d`; `less than a minute`."""
    spoken = _amount(end - begin)
    return "less than a minute" if spoken == "now" else spoken


@register.filter
def recent(moment: datetime) -> bool:
    """True up to seven days: lists then say how long ago instead of the date."""
    return abs(timezone.now() - moment) <= timedelta(days=RELATIVE_DAYS)


def _amount(distance: timedelta) -> str:
    minutes = int(distance.total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    days = minutes // (24 * 60)
    return f"{days} d" if days < 70 else f"{days // 7} w" if days < 730 else f"{days // 365} y"


@register.filter
def control(field: BoundField, extra: str = "") -> SafeString:
    """The widget of a form field with the classes of our look; `extra` adds classes such as `mono tall`."""
    given = field.field.widget.attrs.get("class", "")
    classes = " ".join(part for part in (_control_class(field), extra, given) if part)
    return field.as_widget(attrs={"class": classes} if classes else None)


@register.filter
def is_single_check(field: BoundField) -> bool:
    """True for a lone checkbox, whose label stands after it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_choice_group(field: BoundField) -> bool:
    """True for radio buttons and groups of checkboxes, which need a legend instead of a label."""
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


def _control_class(field: BoundField) -> str:
    widget = field.field.widget
    if is_choice_group(field):
        return ""  # Django would put it on the group as well
    if is_single_check(field):
        return "form-check-input"
    if isinstance(widget, Select):
        return "form-select"
    return "form-control" if isinstance(widget, Textarea) or not widget.is_hidden else ""


@register.filter
def initials(name: str) -> str:
    """The first letters of a name, at most two: "Dana Reyes" -> "DR"."""
    words = name.split()
    return "".join(word[0] for word in [*words[:1], *words[1:][-1:]]).upper()
