"""Documents as text and files: strict loading, deterministic writing, one section at a time."""

from agents.documents.files import dump_zip, load_zip
from agents.documents.sections import parse_section, section_text, sections, with_section
from agents.documents.text import IMPORT_BYTES, load_text
from agents.documents.writing import dump_json, dump_yaml

__all__ = [
    "IMPORT_BYTES",
    "dump_json",
    "dump_yaml",
    "dump_zip",
    "load_text",
    "load_zip",
    "parse_section",
    "section_text",
    "sections",
    "with_section",
]
