"""The filters of the audit log as plain values: what the page, the export and later the API share."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime

import orjson

from audit.chain import moment


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events are wanted; an empty value asks for nothing. `until` is exclusive."""

    actor: str = ""  # id or name of a person, or "system"
    action: str = ""  # verb or family
    object: str = ""  # id or name of what was acted on; an agent's id stands for all its releases too
    environment: str = ""
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None
    q: str = ""
    request_id: str = ""

    def __bool__(self) -> bool:
        return bool(self.spelled())

    def spelled(self) -> dict[str, str]:
        """The active filters as text; times in UTC. Equal filters spell equally."""
        return {
            name: moment(value) if isinstance(value, datetime) else value
            for name, value in asdict(self).items()
            if value
        }

    def fingerprint(self) -> str:
        """What a page mark is bound to."""
        return orjson.dumps(self.spelled()).decode()


FILTERS = tuple(field.name for field in fields(EventFilter))
