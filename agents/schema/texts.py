"""Every text in a configuration with the JSON pointer at which it stands."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from agents.names import pointer


@dataclass(frozen=True)
class Problem:
    """One finding: `error` keeps a draft from being published, `warning` may be meant.

    `kind` groups findings of one sort. `start` and `end` are where in the text at `pointer` it stands, in characters.
    """

    severity: Literal["error", "warning"]
    pointer: str
    message: str
    kind: str = ""
    start: int | None = None
    end: int | None = None


def texts(value: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Pointer and text of every string below a value, in its order."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from texts(item, where + pointer(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, f"{where}/{index}")
