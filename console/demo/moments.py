"""When a step of the story happened, told relative to the moment of loading so that ages look natural.

`104 09:14` is the 104th working day before today at that time (UTC); `25 min` is that long ago.
"""

import re
from datetime import UTC, datetime, timedelta
from zlib import crc32

_DAY = re.compile(r"(?P<days>[1-9]\d{0,2}) (?P<hour>\d\d):(?P<minute>\d\d)\Z")
_MINUTES = re.compile(r"(?P<minutes>[1-9]\d{0,2}) min\Z")
_SATURDAY = 5


def moment(when: str, now: datetime, *, grain: str) -> datetime:
    """The instant that `when` names, seen from `now`; `grain` spreads the seconds, nobody clicks at :00."""
    seconds = crc32(grain.encode()) % 60
    ago = _MINUTES.match(when)
    if ago:
        return now - timedelta(minutes=int(ago["minutes"]), seconds=seconds)
    day = _DAY.match(when)
    if day is None:
        raise ValueError(f"{when!r} is neither `<working days> <hh:mm>` nor `<minutes> min`")
    date = _working_day(now, int(day["days"]))
    return date.replace(hour=int(day["hour"]), minute=int(day["minute"]), second=seconds)


def _working_day(now: datetime, days: int) -> datetime:
    date = now.astimezone(UTC).replace(microsecond=0)
    while days:
        date -= timedelta(days=1)
        days -= date.weekday() < _SATURDAY
    return date
