"""What a verification found: a result that the command, the pages and the API share."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

SHOWN = 20  # findings kept per chain; the others are only counted

Place = Literal["chain", "checkpoint", "file"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `sequence` is the row, or the row that a checkpoint speaks of."""

    sequence: int
    place: Place
    what: str


@dataclass(slots=True)
class Verification:
    """What a run found. `covered_to` is the last row that a line of the checkpoint file vouches for."""

    organization_id: UUID
    checked: int = 0
    problems: int = 0
    findings: list[Finding] = field(default_factory=list)
    covered_to: int = 0
    uncovered_since: str = ""
    late_lines: int = 0
    is_chain_sound: bool = True

    @property
    def ok(self) -> bool:
        """True if nothing is wrong."""
        return not self.problems

    @property
    def uncovered(self) -> int:
        """Rows that no line of the checkpoint file vouches for yet."""
        return max(0, self.checked - self.covered_to)

    @property
    def first_bad(self) -> Finding | None:
        """The first bad row; a checkpoint only if every row is sound."""
        return min(self.findings, key=lambda one: (one.place != "chain", one.sequence), default=None)

    def as_json(self) -> dict[str, Any]:
        """The result as the API answers it (contract.md: `{ok, checked, first_bad}`)."""
        bad = self.first_bad
        first_bad = {"sequence": bad.sequence, "what": bad.what} if bad else None
        return {"ok": self.ok, "checked": self.checked, "first_bad": first_bad}

    def add(self, sequence: int, place: Place, what: str) -> None:
        """Note a problem; the first ones are kept in words."""
        is_first_of_chain = place == "chain" and self.is_chain_sound
        self.problems += 1
        self.is_chain_sound &= place != "chain"
        if len(self.findings) < SHOWN or is_first_of_chain:
            self.findings.append(Finding(sequence, place, what))
