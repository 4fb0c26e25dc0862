"""Compares two configurations from their manifests; only parts whose digests differ are loaded.

Rule 5 of ux.md: a difference is never denied while digests differ.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from django.utils.translation import gettext as _

from agents.compare_flow import edge_rows
from agents.compare_values import single_rows, value_rows
from agents.comparison import Change, Comparison, Item, PartChange, Row, SectionChange
from agents.names import pointer
from agents.parts import ITEM_SECTIONS, SECTIONS
from audit.diff import CHANGED_LINES_SHOWN, CONTEXT, TextDiff, diff_text
from audit.matching import Budget

ROWS_SHOWN = 2_000
LINES_SHOWN = 10_000  # changed lines of a whole comparison
LAYOUT_SHOWN = 50
NOUNS = {
    "knowledge": "knowledge",
    "tools": "tool",
    "integrations": "integration",
    "policies": "policy",
    "variables": "variable",
    "tests": "test",
    "extensions": "extension",
}

Load = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Side:
    """One side: how people call it (v15, draft), its manifest, how the API names it ({"version": 15}).

    `digest` is that of the manifest, `size` its bytes, `layout` the digest of the part which stands outside of it;
    `at` says when the side was made, None for what still changes.
    """

    label: str
    manifest: Mapping[str, str]
    ref: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    size: int = 0
    layout: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How two sides are compared. `most`: changed lines shown of one text, `total`: of all.

    `source`: whether structured parts are also compared as indented JSON, line by line. `only`: the path of the
    one part that is wanted; the others are left out.
    """

    context: int = CONTEXT
    ignore_space: bool = False
    most: int = CHANGED_LINES_SHOWN
    total: int = LINES_SHOWN
    source: bool = True
    only: str = ""


@dataclass(frozen=True, slots=True)
class _Part:
    """What the two sides hold at one path; None where a side has nothing there."""

    section: str
    path: str
    old: Any
    new: Any
    change: PartChange
    options: Options
    budget: Budget

    def lines(self, old: str, new: str) -> TextDiff:
        """Two texts of the part, within what is left to spend."""
        return diff_text(
            old,
            new,
            context=self.options.context,
            most=self.options.most,
            budget=self.budget,
            ignore_space=self.options.ignore_space,
        )


def compare(left: Side, right: Side, load: Load, options: Options = Options()) -> Comparison:
    """The right side against the left one, sections in the order of the document, paths sorted.

    `load(digest)` gives the parsed value of a part. When it raises LookupError or ValueError (missing or
    damaged), that part says so and the others are compared.
    """
    paths = sorted({*left.manifest, *right.manifest}, key=_order)
    different = [path for path in paths if left.manifest.get(path) != right.manifest.get(path)]
    sections: list[SectionChange] = []
    rest, budget = options.total, Budget()
    for path in different:
        if options.only not in {"", path}:
            continue
        now = replace(options, most=min(rest, options.most))
        section = _compare_part(path, left.manifest, right.manifest, load, now, budget)
        rest -= sum(1 for hunk in section.hunks for line in hunk.lines if line.op != "equal")
        before, after = left.manifest.get(path, ""), right.manifest.get(path, "")
        sections.append(replace(section, before=before, after=after))
    return Comparison(
        left=left.label,
        right=right.label,
        identical=not different,
        sections=tuple(sections),
        sections_in_all=len({path.partition("/")[0] for path in paths}),
        left_ref=left.ref,
        right_ref=right.ref,
        left_digest=left.digest,
        right_digest=right.digest,
        layout=_layout_rows(left, right, load),
    )


def _layout_rows(left: Side, right: Side, load: Load) -> tuple[Row, ...]:
    """What differs outside of every digest; unreadable layouts differ as a whole."""
    if left.layout == right.layout:
        return ()
    try:
        old, new = (load(side.layout) if side.layout else {} for side in (left, right))
    except (LookupError, ValueError):
        return (Row("changed", "", "layout", left.layout[:7] or None, right.layout[:7] or None),)
    return tuple(islice(value_rows(old, new, ("layout",)), LAYOUT_SHOWN))


def _order(path: str) -> tuple[int, str]:
    section = path.partition("/")[0]
    return (SECTIONS.index(section) if section in SECTIONS else len(SECTIONS)), path


def _compare_part(
    path: str, left: Mapping[str, str], right: Mapping[str, str], load: Load, options: Options, budget: Budget
) -> SectionChange:
    section = path.partition("/")[0]
    before, after = left.get(path), right.get(path)
    change: PartChange = "added" if before is None else "removed" if after is None else "changed"
    try:
        old = None if before is None else load(before)
        new = None if after is None else load(after)
    except (LookupError, ValueError):
        problem = _("This part could not be read, so its differences cannot be shown. Its digests differ.")
        return SectionChange(section, path, change, _title(path), (_whole(path, change),), problem=problem)
    part = _Part(section, path, old, new, change, options, budget)
    result = _text_part(part) if section == "prompt" else _structured_part(part)
    return result if result.rows or result.text else _only_formatting(result, before, after)


def _text_part(part: _Part) -> SectionChange:
    old, new = (value if isinstance(value, str) else "" for value in (part.old, part.new))
    if not all(value is None or isinstance(value, str) for value in (part.old, part.new)):
        return _structured_part(part)
    text = part.lines(old, new)
    return SectionChange(
        part.section,
        part.path,
        part.change,
        _title(part.path),
        (_whole(part.path, part.change),),
        text=text if old != new else None,
    )


def _structured_part(part: _Part) -> SectionChange:
    text = _content(part) if part.section == "knowledge" else None
    items, rows = _differences(part, without_content=text is not None)
    notes: tuple[str, ...] = ()
    if len(rows) > ROWS_SHOWN:
        note = _("Showing the first %(most)s of %(total)s rows.")
        notes = (note % {"most": f"{ROWS_SHOWN:,}", "total": f"{len(rows):,}"},)
    return SectionChange(
        part.section,
        part.path,
        part.change,
        _title(part.path),
        tuple(items) or (_whole(part.path, part.change),),
        rows=tuple(rows[:ROWS_SHOWN]),
        text=text,
        source=None if text or not part.options.source else part.lines(_indented(part.old), _indented(part.new)),
        notes=notes,
    )


def _content(part: _Part) -> TextDiff | None:
    """The article of a knowledge item as lines, when it differs."""
    old, new = (value.get("content", "") if isinstance(value, dict) else "" for value in (part.old, part.new))
    if not isinstance(old, str) or not isinstance(new, str) or old == new:
        return None
    return part.lines(old, new)


def _differences(part: _Part, *, without_content: bool) -> tuple[list[Item], list[Row]]:
    old = {} if part.old is None else part.old
    new = {} if part.new is None else part.new
    where = tuple(part.path.split("/", 1))
    if without_content:
        old, new = ({key: item for key, item in value.items() if key != "content"} for value in (old, new))
    if part.section in ITEM_SECTIONS or not (isinstance(old, dict) and isinstance(new, dict)):
        rows = list(value_rows(old, new, where, part.budget))
        return [_whole(part.path, part.change, len(rows))], rows
    if part.section == "flow" and _is_flow(old) and _is_flow(new):
        return _collect(_flow(old, new, part.budget))
    if part.section in {"policies", "variables"}:
        return _collect(_members(old, new, where, NOUNS[part.section], part.budget))
    rows = list(value_rows(old, new, where, part.budget))
    return [Item(row.name, row.change, row.pointer, 1) for row in rows], rows


def _is_flow(value: dict[str, Any]) -> bool:
    return isinstance(value.get("nodes", {}), dict) and isinstance(value.get("edges", []), list)


def _flow(old: dict[str, Any], new: dict[str, Any], budget: Budget) -> Iterator[tuple[Item, list[Row]]]:
    """Nodes by id, edges by (from, to, when), the rest by key."""
    rest, new_rest = ({key: item for key, item in flow.items() if key not in {"nodes", "edges"}} for flow in (old, new))
    yield from _members(rest, new_rest, ("flow",), "", budget)
    nodes, new_nodes = old.get("nodes", {}), new.get("nodes", {})
    yield from _members(nodes, new_nodes, ("flow", "nodes"), "node", budget)
    edges, new_edges = old.get("edges", []), new.get("edges", [])
    for name, rows in edge_rows(edges, new_edges, ("flow", "edges"), budget):
        whole = rows[0].change if rows[0].name == name else "changed"
        yield Item(name, whole, rows[0].pointer, len(rows)), rows


def _members(
    old: dict[str, Any], new: dict[str, Any], where: tuple[str, ...], noun: str, budget: Budget
) -> Iterator[tuple[Item, list[Row]]]:
    for key in sorted({*old, *new}):
        change: Change
        if key not in old:
            change, rows = "added", list(single_rows(new[key], "added", (*where, key)))
        elif key not in new:
            change, rows = "removed", list(single_rows(old[key], "removed", (*where, key)))
        else:
            change, rows = "changed", list(value_rows(old[key], new[key], (*where, key), budget))
        if rows:
            yield Item(f"{noun} {key}".strip(), change, pointer(*where, key), len(rows)), rows


def _collect(found: Iterator[tuple[Item, list[Row]]]) -> tuple[list[Item], list[Row]]:
    items, rows = [], []
    for item, of_item in found:
        items.append(item)
        rows += of_item
    return items, rows


def _only_formatting(part: SectionChange, before: str | None, after: str | None) -> SectionChange:
    note = _("Only formatting or metadata differs: the values are equal, the stored bytes are not.")
    if part.change != "changed":
        note = _("There is no content in it.")
    row = Row(
        part.change,
        f"/{part.path}",
        part.title,
        old=before and before[:7],
        new=after and after[:7],
        note=note,
    )
    items = (replace(part.items[0], rows=1),)
    return replace(part, items=items, rows=(row,))


def _whole(path: str, change: Change, rows: int = 0) -> Item:
    return Item(_title(path), change, f"/{path}", rows)


def _title(path: str) -> str:
    section, _, name = path.partition("/")
    return f"{NOUNS.get(section, section)} {name}" if name else section.capitalize()


def _indented(value: Any) -> str:
    """One value per line, keys sorted. What UTF-8 cannot hold (a lone surrogate) is escaped."""
    if value is None:
        return ""
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"
    except orjson.JSONEncodeError:
        return json.dumps(value, indent=2, sort_keys=True) + "\n"
