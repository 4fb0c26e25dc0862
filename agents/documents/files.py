"""A document as a folder in a ZIP: agent.yaml, prompt.md, flow.yaml, tools/<slug>.yaml, ...

Nothing is ever extracted to a disk: members are read into memory, by allow-listed names, all or nothing.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from agents.canonical import normalise_document
from agents.documents.archive import read_members
from agents.documents.building import Budget
from agents.documents.loaded import Loaded, Path, refuse_text
from agents.documents.markdown import knowledge_text, markdown_bytes, markdown_text, parse_knowledge
from agents.documents.text import read
from agents.documents.writing import standalone, yaml_text
from agents.names import pointer
from agents.parts import ITEM_SECTIONS
from agents.schema import API_VERSION, KIND, validate_document
from console.organizations.errors import ContentError, InvalidContent

_SINGLE = re.compile(r"(?P<section>settings|flow|policies|variables)\.(yaml|yml|json)\Z")
_ITEM = re.compile(
    r"(?P<section>knowledge|tools|integrations|tests|extensions)/(?P<slug>[a-z0-9][a-z0-9_-]{0,199})"
    r"\.(?P<ending>yaml|yml|json|md)\Z"
)
_AGENT = re.compile(r"agent\.(yaml|yml|json)\Z")
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class _Member:
    """One file of the ZIP and where its content stands in the document."""

    name: str
    path: Path
    loaded: Loaded

    def holds(self, where: str) -> bool:
        return f"{where}/".startswith(pointer(*self.path) + "/")


def dump_zip(document: Mapping[str, Any]) -> bytes:
    """The document as a ZIP; the same bytes for the same document, whenever and wherever it is written."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in _members(standalone(document)):
            info = zipfile.ZipInfo(name, date_time=_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o100644 << 16
            archive.writestr(info, body, compresslevel=6)
    return buffer.getvalue()


def load_zip(raw: bytes) -> dict[str, Any]:
    """The valid document in a ZIP (one folder around everything is fine); `InvalidContent` names the member.

    Refused as a whole: unknown names, paths that climb, links, encryption, bombs, two files for one thing.
    """
    members, budget = read_members(raw, _is_known), Budget()
    document, head = _envelope(members, budget)
    found = [head]
    for name, body in members.items():
        if not _AGENT.match(name):
            try:
                found.append(_put(document["spec"], name, body, budget))
            except InvalidContent as error:
                raise _named(error, name) from error
    try:
        validate_document(document)
    except InvalidContent as error:
        raise InvalidContent(error.detail, [_in_member(fault, found) for fault in error.errors]) from error
    return normalise_document(document)


def _members(document: dict[str, Any]) -> list[tuple[str, bytes]]:
    spec = dict(document["spec"])
    head = {**document, "spec": {key: spec.pop(key) for key in ("settings",) if key in spec}}
    members = [("agent.yaml", yaml_text(head).encode())]
    if "prompt" in spec:
        members.append(("prompt.md", markdown_bytes(spec.pop("prompt"))))
    for section, value in spec.items():
        if section not in ITEM_SECTIONS:
            members.append((f"{section}.yaml", yaml_text(value).encode()))
            continue
        members += [_item_member(section, slug, value[slug]) for slug in sorted(value)]
    return members


def _item_member(section: str, slug: str, item: Any) -> tuple[str, bytes]:
    if section == "knowledge" and isinstance(item.get("content"), str):
        return f"{section}/{slug}.md", markdown_bytes(knowledge_text(item))
    return f"{section}/{slug}.yaml", yaml_text(item).encode()


def _is_known(name: str) -> bool:
    if name == "prompt.md" or _AGENT.match(name) or _SINGLE.match(name):
        return True
    item = _ITEM.match(name)
    return item is not None and (item["ending"] != "md" or item["section"] == "knowledge")


def _envelope(members: Mapping[str, bytes], budget: Budget) -> tuple[dict[str, Any], _Member]:
    heads = [name for name in members if _AGENT.match(name)]
    if len(heads) != 1:
        refuse_text("The ZIP needs one agent.yaml with apiVersion, kind and metadata.")
    try:
        loaded = read(members[heads[0]], filename=heads[0], budget=budget)
    except InvalidContent as error:
        raise _named(error, heads[0]) from error
    document = loaded.value
    if not isinstance(document, dict) or not isinstance(document.get("spec") or {}, dict):
        refuse_text(f"{heads[0]}: it must hold apiVersion, kind, metadata and spec.")
    whole = {"apiVersion": API_VERSION, "kind": KIND, **document, "spec": dict(document.get("spec") or {})}
    return whole, _Member(heads[0], (), loaded)


def _put(spec: dict[str, Any], name: str, body: bytes, budget: Budget) -> _Member:
    place, loaded = _content(name, body, budget)
    target = spec
    for step in place[:-1]:
        target = target.setdefault(str(step), {})
    key = str(place[-1])
    if not isinstance(target, dict) or key in target:
        refuse_text("This part is in the ZIP twice. Keep one of the two.", at=("spec", *place))
    target[key] = loaded.value
    return _Member(name, ("spec", *place), loaded)


def _content(name: str, body: bytes, budget: Budget) -> tuple[Path, Loaded]:
    if name == "prompt.md":
        text = markdown_text(body, what=name)
        budget.spend(text)
        return ("prompt",), Loaded(text)
    single, item = _SINGLE.match(name), _ITEM.match(name)
    if single:
        return (single["section"],), read(body, filename=name, budget=budget)
    assert item is not None  # noqa: S101 - `_is_known` has let no other name in
    place = (item["section"], item["slug"])
    if item["ending"] == "md":
        return place, parse_knowledge(markdown_text(body, what=name), name=item["slug"], budget=budget)
    return place, read(body, filename=name, budget=budget)


def _in_member(fault: ContentError, members: list[_Member]) -> ContentError:
    """The fault with the member it is in (that of the longest path), its line and column there."""
    home = max(members, key=lambda member: len(member.path) if member.holds(fault.pointer) else -1)
    (located,) = home.loaded.located([fault], below=home.path)
    return replace(located, message=f"{home.name}: {located.message}")


def _named(error: InvalidContent, name: str) -> InvalidContent:
    errors = [
        ContentError(fault.pointer, f"{name}: {fault.message}", fault.line, fault.column) for fault in error.errors
    ]
    return InvalidContent(f"{name}: {error.detail}", errors)
