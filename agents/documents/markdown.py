"""A knowledge document as Markdown with front matter: title, source and further keys above the content."""

import re
from typing import Any

from agents.documents.building import STRETCH_BYTES, Budget
from agents.documents.loaded import Loaded, refuse_text
from agents.documents.text import checked, encoded
from agents.documents.writing import yaml_text
from agents.documents.yaml_text import load_yaml

_FENCE = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^---[ \t]*(\r?\n|\Z)", re.MULTILINE)
_HEADING = re.compile(r"#{1,6}[ \t]+(.{1,200}?)[ \t#]*\r?$", re.MULTILINE)


def knowledge_text(item: dict[str, Any]) -> str:
    """The item as front matter and content; `parse_knowledge` reads it back exactly."""
    head = {key: value for key, value in item.items() if key != "content"}
    return f"---\n{yaml_text(head)}---\n{item['content']}"


def parse_knowledge(text: str, *, name: str, budget: Budget | None = None) -> Loaded:
    """The item of a Markdown text; without front matter its first heading (else `name`) is the title."""
    budget = budget or Budget()
    opening = _FENCE.match(text)
    if not opening:
        heading = _HEADING.match(text.lstrip())
        budget.spend(text)
        return Loaded({"title": heading.group(1) if heading else name, "content": text})
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        refuse_text("The front matter begins here and does not end. Close it with a line of ---.", 1, 1)
    # Empty lines in place of the fence keep the line numbers of the file.
    loaded = load_yaml(encoded("\n" + text[opening.end() : closing.start()]), budget)
    if loaded.value is None:
        loaded.value = {}
    if not isinstance(loaded.value, dict) or "content" in loaded.value:
        refuse_text("The front matter must be keys like `title:`, without `content`.", 2, 1)
    content = text[closing.end() :]
    budget.spend(content)
    loaded.value = {"title": name, **loaded.value, "content": content}
    return loaded


def markdown_bytes(text: str) -> bytes:
    """The text as a file. A text that begins with U+FEFF gets a byte order mark: readers drop the first."""
    return text.encode("utf-8-sig" if text.startswith("\ufeff") else "utf-8")


def markdown_text(raw: bytes, *, what: str) -> str:
    """The text of a Markdown file; `TooLarge` when it is longer than any part can be written."""
    return checked(raw, limit=STRETCH_BYTES, what=what).decode()
