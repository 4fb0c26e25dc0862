"""A knowledge document from a file that a person brings: text, Markdown or CSV in UTF-8; nothing is stored here."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _

from agents.canonical import PART_BYTES, canonical, normalise, refuse_size
from agents.documents.loaded import line_and_column, refuse_text
from agents.documents.markdown import parse_knowledge
from agents.documents.text import checked
from agents.names import slugify

ENDINGS = (".md", ".markdown", ".txt", ".text", ".csv")
FILES = 50  # in one upload
_MARKDOWN = {".md", ".markdown"}
_SLUG_LENGTH = 80


@dataclass(frozen=True)
class KnowledgeFile:
    """What a file holds: the item as it will be stored, and the slug that its name suggests."""

    slug: str
    value: dict[str, Any]
    size: int


def read_knowledge(raw: bytes, filename: str) -> KnowledgeFile:
    """The document in a file. Its title is that of its front matter, else its first heading, else the file's name.

    `TooLarge` for more than a part may hold; `InvalidContent` for another sort of file, for what is not UTF-8 (with
    the place) and for what no part may contain.
    """
    name = PurePosixPath(filename.replace("\\", "/")).name or "document.txt"
    ending = PurePosixPath(name.lower()).suffix
    if ending not in ENDINGS:
        message = _("Only text (.txt), Markdown (.md) and CSV (.csv) are taken. Save the document as one of these.")
        refuse_text(message)
    text = _text_of(raw, name)
    stem = name[: len(name) - len(ending)] or name
    item: dict[str, Any] = {"title": _title(stem), "content": text}
    if ending in _MARKDOWN:
        item = parse_knowledge(text, name=_title(stem)).value
    item = normalise({"source": name, **item})
    size = len(canonical(item))
    if size > PART_BYTES:
        refuse_size(name, size, PART_BYTES)
    return KnowledgeFile(slugify(stem, fallback="document")[:_SLUG_LENGTH].strip("-_"), item, size)


def _text_of(raw: bytes, name: str) -> str:
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        refuse_text(_("This is UTF-16 text. Save the file as UTF-8."), 1, 1)
    body = checked(raw, limit=PART_BYTES, what=name)
    if b"\0" in body:
        refuse_text(_("This is no text: it contains NUL characters."), *line_and_column(body, body.index(b"\0")))
    if not body.strip():
        refuse_text(_("The file is empty."))
    return body.decode().replace("\r\n", "\n").replace("\r", "\n")


def _title(stem: str) -> str:
    return " ".join(stem.replace("_", " ").replace("-", " ").split())[:200].strip() or stem[:200]
