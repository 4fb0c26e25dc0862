"""The items of one section as a list: what each is, how large, what changed; and search inside of documents."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from agents.actions import section_token
from agents.canonical import DOCUMENT_BYTES, PART_BYTES
from agents.models import Draft, Part
from agents.reading import DraftReading
from agents.schema_forms import call_of
from agents.summaries import NOUNS, TITLES, summary_of
from agents.undoing import part_before

_HITS = 3
_AROUND = 60  # characters of text on each side of a hit


@dataclass(frozen=True)
class Hit:
    """One place where the searched words stand."""

    before: str
    text: str
    after: str


@dataclass(frozen=True)
class ItemRow:
    """One item of a section."""

    path: str
    slug: str
    title: str
    words: str
    size: int
    source: str
    change: str
    problems: int
    token: str
    hits: tuple[Hit, ...] = ()
    further: int = 0


class ItemList:
    """The items of one section of a draft, in the order of their slugs; with `query` those that hold the words."""

    def __init__(self, draft: Draft, section: str, query: str = "", gone: str = "", was: str = "") -> None:
        self.draft, self.section, self.query = draft, section, " ".join(query.split())
        self.gone, self._was = gone, was
        self.refused: dict[str, str] = {}  # a renaming that was not done: slug, name that was typed, words
        self.reading = DraftReading(draft)
        self.part_bytes, self.document_bytes = PART_BYTES, DOCUMENT_BYTES

    @property
    def title(self) -> str:
        """What the section is called."""
        return TITLES[self.section]

    @property
    def noun(self) -> str:
        """What one of its items is called."""
        return NOUNS[self.section]

    @property
    def base(self) -> str:
        """What the draft is compared with; "" for an agent without versions."""
        return f"v{self.draft.base.number}" if self.draft.base else ""

    @cached_property
    def items(self) -> Mapping[str, Any]:
        """Slug -> value."""
        return self.reading.config.get(self.section) or {}

    @cached_property
    def rows(self) -> list[ItemRow]:
        """The items that are shown."""
        before = self.draft.base.manifest.entries if self.draft.base else {}
        counts = Counter(finding.path for finding in self.reading.findings)
        rows = [self._row(slug, value, before, counts) for slug, value in sorted(self.items.items())]
        return [row for row in rows if not self.query or row.hits]

    @property
    def total_bytes(self) -> int:
        """How much of a document's limit the draft takes."""
        return self.draft.manifest.size

    @cached_property
    def removed(self) -> list[str]:
        """Items that only the base has."""
        before = self.draft.base.manifest.entries if self.draft.base else {}
        here = self.draft.manifest.entries
        return sorted(path.partition("/")[2] for path in before if self._is_mine(path) and path not in here)

    @property
    def was(self) -> str:
        """The digest of the item that the last act took out, when it can come back."""
        path = f"{self.section}/{self.gone}"
        can_return = self.gone and self.gone not in self.items and part_before(self.draft, path, self._was) is not None
        return self._was if can_return else ""

    @cached_property
    def _sizes(self) -> dict[str, int]:
        """Path -> size in bytes of each item; one query."""
        mine = {path: digest for path, digest in self.draft.manifest.entries.items() if self._is_mine(path)}
        parts = Part.objects.filter(organization=self.draft.agent.organization, digest__in=set(mine.values()))
        sizes = dict(parts.values_list("digest", "size"))
        return {path: sizes.get(digest, 0) for path, digest in mine.items()}

    def _is_mine(self, path: str) -> bool:
        return path.startswith(f"{self.section}/")

    def _row(self, slug: str, value: Any, before: Mapping[str, str], counts: Counter[str]) -> ItemRow:
        path = f"{self.section}/{slug}"
        item = value if isinstance(value, Mapping) else {}
        here, there = self.draft.manifest.entries.get(path), before.get(path)
        change = "" if not self.draft.base or here == there else "added" if there is None else "changed"
        is_document = self.section == "knowledge"
        words = call_of(item) if self.section == "tools" else "" if is_document else summary_of(self.section, value)
        hits, further = self._hits(slug, item) if self.query else ((), 0)
        return ItemRow(
            path,
            slug,
            str(item.get("title") or item.get("description") or "") if is_document or self.section == "tools" else "",
            words,
            self._sizes.get(path, 0),
            str(item.get("source") or ""),
            change,
            counts[path],
            section_token(self.draft, path),
            hits,
            further,
        )

    def _hits(self, slug: str, item: Mapping[str, Any]) -> tuple[tuple[Hit, ...], int]:
        """Where the words stand in the slug, the title and the content."""
        pattern = re.compile(re.escape(self.query).replace(r"\ ", r"\s+"), re.IGNORECASE)
        texts = [slug, *(str(item[key]) for key in ("title", "description", "source", "content") if item.get(key))]
        found: list[Hit] = []
        total = 0
        for text in texts:
            for match in pattern.finditer(text):
                total += 1
                if len(found) < _HITS:
                    start, end = match.span()
                    found.append(Hit(text[max(0, start - _AROUND) : start], match.group(), text[end : end + _AROUND]))
        return tuple(found), total - len(found)
