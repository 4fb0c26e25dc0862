"""What the pages of a draft show: its sections in words, what changed since its base, what needs a look."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson
from django.db.models import QuerySet

from agents.compare import Side, compare
from agents.comparing import stored_comparison
from agents.comparison import Comparison
from agents.contents import PartLoader, load
from agents.documents import section_text, with_section
from agents.merge import Merge, merge
from agents.models import Agent, Draft, Version
from agents.parts import ITEM_SECTIONS, SplitDocument, path_of, split
from agents.schema import Problem, problems
from agents.summaries import NOUNS, TITLES, arrivals
from console.organizations.compiled import compiled
from console.organizations.models import User


@dataclass(frozen=True)
class Line:
    """One part of the draft: what it is, what it holds, how it differs from the base."""

    path: str
    name: str
    words: str
    change: str = ""
    problems: int = 0

    @property
    def is_gone(self) -> bool:
        """Only the base has it."""
        return self.change == "removed"


@dataclass(frozen=True)
class Group:
    """One section with its parts; `noun` is what can be added to it, empty where it is one single part."""

    section: str
    title: str
    noun: str
    lines: list[Line]


@dataclass(frozen=True)
class Finding:
    """A problem with the part it is in, so that a page can lead there."""

    path: str
    problem: Problem


class DraftReading:
    """A draft read for a page; everything is computed once and only when the page asks."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    @cached_property
    def config(self) -> dict[str, Any]:
        """The whole configuration with its layout."""
        return load(self.draft.manifest, self.draft.layout)

    @cached_property
    def findings(self) -> list[Finding]:
        """What is worth a look, in document order."""
        return [Finding(path_of(problem.pointer), problem) for problem in problems(self.config)]

    @cached_property
    def groups(self) -> list[Group]:
        """Every section, also the empty ones, with what the draft and its base hold there."""
        base: Mapping[str, str] = self.draft.base.manifest.entries if self.draft.base else {}
        counts = Counter(finding.path for finding in self.findings)
        words = dict(arrivals(self.config))
        lines = [self._line(path, words, base, counts) for path in sorted({*words, *base})]
        return [
            Group(
                section,
                title,
                NOUNS[section] if section in ITEM_SECTIONS else "",
                [line for line in lines if line.path.partition("/")[0] == section],
            )
            for section, title in TITLES.items()
        ]

    @property
    def filled(self) -> list[Group]:
        """The sections in which there is something to see."""
        return [group for group in self.groups if group.lines]

    @property
    def empty(self) -> list[Group]:
        """The sections that neither the draft nor its base has."""
        return [group for group in self.groups if not group.lines]

    @cached_property
    def changes(self) -> Comparison:
        """The draft against the version it started from (nothing, for an agent without versions)."""
        base = self.draft.base
        label = f"v{base.number}" if base else "nothing"
        manifest = base.manifest.entries if base else {}
        return compare_manifests(self.draft.agent, Side(label, manifest), draft_side(self.draft))

    @cached_property
    def authors(self) -> list[str]:
        """Who changed the draft since its base, by name."""
        return list(User.objects.filter(pk__in=self.draft.contributors).order_by("name").values_list("name", flat=True))

    def _line(self, path: str, words: Mapping[str, str], base: Mapping[str, str], counts: Counter[str]) -> Line:
        section, _, name = path.partition("/")
        now, before = self.draft.manifest.entries.get(path), base.get(path)
        change = "removed" if now is None else "added" if before is None else "changed" if now != before else ""
        # Without a base everything would read as new, which says nothing.
        shown = change if self.draft.base else ""
        return Line(path, name or TITLES[section], words.get(path, ""), shown, counts[path])


def draft_of_agent(agent: Agent) -> Draft:
    """The agent's draft with what pages show of it."""
    draft = _draft.get(agent.pk)
    draft.agent = agent
    return draft


@compiled
def _draft(agent: UUID) -> QuerySet[Draft]:
    return Draft.objects.select_related("manifest", "layout", "base__manifest", "updated_by").filter(agent=agent)


def draft_side(draft: Draft) -> Side:
    """The draft as one side of a comparison."""
    return Side("Draft", draft.manifest.entries, {"draft": True}, draft.manifest.digest, draft.manifest.size)


def version_side(version: Version) -> Side:
    """A version as one side of a comparison."""
    manifest, ref = version.manifest, {"version": version.number}
    return Side(f"v{version.number}", manifest.entries, ref, manifest.digest, manifest.size, at=version.created_at)


def compare_manifests(agent: Agent, left: Side, right: Side) -> Comparison:
    """Two stored configurations of an agent; only the parts that differ are read, in one query."""
    return stored_comparison(agent, left, right)


def compare_with_upload(draft: Draft, config: Mapping[str, Any], label: str) -> Comparison:
    """The draft against a configuration that is stored nowhere yet."""
    uploaded: SplitDocument = split(config)
    bodies = {digest: uploaded.parts[path] for path, digest in uploaded.manifest.items()}
    stored = PartLoader(draft.agent.organization, draft.manifest.entries, uploaded.manifest)
    return compare(
        draft_side(draft),
        Side(label, uploaded.manifest),
        lambda digest: orjson.loads(bodies[digest]) if digest in bodies else stored(digest),
    )


def preview_merge(draft: Draft, version: Version) -> Merge:
    """What merging the version into the draft would do, conflicts included; nothing is changed."""
    base = load(draft.base.manifest) if draft.base else {}
    return merge(base, load(version.manifest), load(draft.manifest, draft.layout))


def text_before(draft: Draft, path: str, token: str) -> str | None:
    """The text of a section as it was under this token, when the draft's own history has it."""
    history = Draft.history.filter(agent=draft.agent_id, manifest__entries__contains={path: token})
    if not history.exists():
        return None
    value = PartLoader(draft.agent.organization, {path: token}, {})(token)
    return section_text(with_section({}, path, value), path)


def changed_paths(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The parts in which two manifests differ."""
    return sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
