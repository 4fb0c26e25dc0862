"""What the editing pages show around the form of one part: the outline, and what is known about the part."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agents.authorship import Authorship, authors_by_part
from agents.compare import Side
from agents.comparison import SectionChange
from agents.contents import load
from agents.documents import section_text
from agents.documents.sections import value_at
from agents.models import Draft
from agents.part_history import PartSave, part_saves
from agents.places import Placed, placed
from agents.reading import DraftReading, Finding, Line, compare_manifests
from agents.summaries import title_of

SAVES_SHOWN = 12


@dataclass(frozen=True)
class Entry:
    """One line of the outline. `change` is added, changed or removed since the base, "" when equal."""

    path: str
    name: str
    change: str
    errors: int
    warnings: int
    authors: list[Authorship]

    @property
    def is_gone(self) -> bool:
        """Only the base has it."""
        return self.change == "removed"


@dataclass(frozen=True)
class Branch:
    """One section of the outline; `noun` is what can be added to it, "" where it is one single part."""

    section: str
    title: str
    noun: str
    entries: list[Entry]

    @property
    def changed(self) -> int:
        """How many of its parts differ from the base."""
        return sum(1 for entry in self.entries if entry.change)


class Desk:
    """Everything around the form of one part; each piece is computed when a page asks for it."""

    def __init__(self, draft: Draft, path: str) -> None:
        self.draft, self.path = draft, path
        self.place = path  # under which a browser keeps text: pages of one part may be several
        self.reading = DraftReading(draft)

    @cached_property
    def authors(self) -> dict[str, list[Authorship]]:
        """Who changed which part since the base."""
        return authors_by_part(self.draft)

    @cached_property
    def outline(self) -> list[Branch]:
        """Every section with its parts, also what only the base has."""
        counts: Counter[tuple[str, str]] = Counter()
        for finding in self.reading.findings:
            counts[finding.path, finding.problem.severity] += 1
        return [
            Branch(group.section, group.title, group.noun, [self._entry(line, counts) for line in group.lines])
            for group in self.reading.groups
        ]

    @cached_property
    def findings(self) -> list[Finding]:
        """The problems of this part."""
        return [finding for finding in self.reading.findings if finding.path == self.path]

    @cached_property
    def here(self) -> list[Placed]:
        """The problems of this part with their places in its text."""
        config = self.reading.config
        found = [finding.problem for finding in self.findings]
        return placed(self.path, section_text(config, self.path), value_at(config, self.path), found) if found else []

    @property
    def elsewhere(self) -> list[Finding]:
        """The problems of the other parts, errors first."""
        others = [finding for finding in self.reading.findings if finding.path != self.path]
        return sorted(others, key=lambda finding: finding.problem.severity)

    @cached_property
    def change(self) -> SectionChange | None:
        """What the part has that its base has not, and the other way round; None when they are equal."""
        base = self.draft.base.manifest.entries if self.draft.base else {}
        sides = [
            {self.path: entries[self.path]} if self.path in entries else {}
            for entries in (base, self.draft.manifest.entries)
        ]
        comparison = compare_manifests(self.draft.agent, Side(self.base_label, sides[0]), Side("Draft", sides[1]))
        return next(iter(comparison.sections), None)

    @cached_property
    def saves(self) -> list[PartSave]:
        """The last saves that changed the part."""
        return part_saves(self.draft, self.path, most=SAVES_SHOWN)

    @cached_property
    def base_value(self) -> Any:
        """The value of the part in the draft's base; None when it is not there."""
        if self.draft.base is None or not self.in_base:
            return None
        return value_at(load(self.draft.base.manifest), self.path)

    @property
    def base_label(self) -> str:
        """What the draft is compared with."""
        return f"v{self.draft.base.number}" if self.draft.base else "nothing"

    @property
    def title(self) -> str:
        """What people call the part."""
        return title_of(self.path)

    @property
    def exists(self) -> bool:
        """Whether the draft holds the part."""
        return self.path in self.draft.manifest.entries

    @property
    def in_base(self) -> bool:
        """Whether the version that the draft started from holds the part."""
        return self.draft.base is not None and self.path in self.draft.base.manifest.entries

    def _entry(self, line: Line, counts: Counter[tuple[str, str]]) -> Entry:
        errors, warnings = counts[line.path, "error"], counts[line.path, "warning"]
        return Entry(line.path, line.name, line.change, errors, warnings, self.authors.get(line.path, []))
