"""What an environment asks of a version before it comes in, as data. Pure; `environments.gates` asks it."""

from datetime import datetime, time
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from agents.names import pointer
from audit.cursors import Moment
from console.organizations.errors import ContentError, Invalid

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _is_storable(text: str) -> str:
    """No JSON in the database holds NUL."""
    if "\0" in text:
        raise ValueError(_("holds a NUL character"))
    return text


Text = Annotated[str, AfterValidator(_is_storable)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Approvals(_Closed):
    """So many people of one role must have approved the version."""

    role: Literal["qa", "org_admin"]
    count: int = Field(ge=1, le=10, strict=True)


class Window(_Closed):
    """When changes may come in: days and hours of a time zone. `until` is exclusive and later than `since`."""

    days: tuple[Day, ...] = Field(default=DAYS[:5], min_length=1)
    since: time = time(0, 0)
    until: time = time(23, 59)
    zone: str = "UTC"

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(_("is no time zone; use names like Europe/Berlin"))
        return zone

    @field_validator("since", "until")
    @classmethod
    def _of_the_clock(cls, hour: time) -> time:
        if hour.tzinfo is not None:  # a number counts as seconds of UTC for pydantic
            raise ValueError(_("is a time of day in the window's zone; write it like 09:00"))
        return hour

    @model_validator(mode="after")
    def _forward(self) -> "Window":
        if self.since >= self.until:
            raise ValueError(_("begins after it ends"))
        return self

    def holds(self, moment: datetime) -> bool:
        """Whether the moment is inside."""
        local = moment.astimezone(ZoneInfo(self.zone))
        return DAYS[local.weekday()] in self.days and self.since <= local.time() < self.until

    def __str__(self) -> str:
        return f"{', '.join(self.days)} {self.since:%H:%M}-{self.until:%H:%M} {self.zone}"


class Freeze(_Closed):
    """No change comes in, for a reason; without `until` until it is lifted. It never blocks a rollback."""

    reason: Text = Field(min_length=1, max_length=300)
    until: Moment | None = None


class Rules(_Closed):
    """The entry rules of one environment; what is left out asks for nothing."""

    requires_sign_off: bool = True
    document_valid: bool = False  # content is checked as it is saved; this asks again, with the schema of today
    soak_minutes: int = Field(default=0, ge=0, le=43_200, strict=True)
    approvals: tuple[Approvals, ...] = Field(default=(), max_length=4)
    ticket_pattern: Text = Field(default="", max_length=100)
    windows: tuple[Window, ...] = Field(default=(), max_length=10)
    freeze: Freeze | None = None
    service_accounts_only: bool = False
    export_kept: bool = False

    def fits_ticket(self, ticket: str) -> bool:
        """Whether a ticket has the asked form: `*` stands for any text, `?` for one character (linear, T26)."""
        return not self.ticket_pattern or fnmatchcase(ticket, self.ticket_pattern)

    def is_open(self, moment: datetime) -> bool:
        """Whether a change window is open; without windows it always is."""
        return not self.windows or any(window.holds(moment) for window in self.windows)

    def is_frozen(self, moment: datetime) -> bool:
        """Whether a freeze holds at the moment."""
        return self.freeze is not None and (self.freeze.until is None or moment < self.freeze.until)

    def in_force(self) -> dict[str, Any]:
        """What an approval depends on: windows and freezes come and go without changing what was approved."""
        return self.model_dump(mode="json", exclude={"windows", "freeze"})


def parsed_rules(data: Any) -> Rules:
    """Rules from outside; `Invalid` with a pointer for each mistake."""
    try:
        return Rules.model_validate(data)
    except ValidationError as error:
        faults = [ContentError(pointer("rules", *one["loc"]), str(one["msg"])) for one in error.errors()]
        raise Invalid(
            _("%(pointer)s: %(message)s. Nothing was changed.")
            % {"pointer": faults[0].pointer, "message": faults[0].message},
            faults,
        ) from None


def known_rules(data: dict[str, Any], *, requires_sign_off: bool) -> Rules:
    """Rules as the database keeps them."""
    return Rules.model_validate(data | {"requires_sign_off": requires_sign_off})
