"""Knowledge documents from files: what is taken from them, and what is refused with its place."""

import pytest

from agents.canonical import PART_BYTES
from agents.knowledge_files import read_knowledge
from console.organizations.errors import InvalidContent, TooLarge

LONG = b"x" * (PART_BYTES + 1)
# Shorter than a part as a file, longer as JSON: each quotation mark takes two characters there.
QUOTES = b'"' * (PART_BYTES - 100)


@pytest.mark.parametrize(
    ("raw", "filename", "slug", "title", "content"),
    [
        (
            b"Thirty days.\r\nWith receipt.\r",
            "Returns policy.txt",
            "returns-policy",
            "Returns policy",
            "Thirty days.\nWith receipt.\n",
        ),
        ("\ufeffÜber uns".encode(), "über_uns.TXT", "uber_uns", "über uns", "Über uns"),
        (b"# Returns & more\n\nText", "a.md", "a", "Returns & more", "# Returns & more\n\nText"),
        (b"---\ntitle: Fees\nsource: handbook\n---\nNone.\n", "x/fees.markdown", "fees", "Fees", "None.\n"),
        (b"sku;price\nA-1;5\n", "C:\\lists\\Prices 2026.csv", "prices-2026", "Prices 2026", "sku;price\nA-1;5\n"),
        ("日本".encode(), "日本.txt", "document", "日本", "日本"),
        (b"---\nno front matter in plain text", "notes.txt", "notes", "notes", "---\nno front matter in plain text"),
    ],
)
def test_file__text_markdown_or_csv__becomes_an_item(
    raw: bytes, filename: str, slug: str, title: str, content: str
) -> None:
    read = read_knowledge(raw, filename)

    assert (read.slug, read.value["title"], read.value["content"]) == (slug, title, content)
    assert read.value["source"] == ("handbook" if b"handbook" in raw else filename.replace("\\", "/").split("/")[-1])


@pytest.mark.parametrize(
    ("raw", "filename", "refusal", "words"),
    [
        (b"%PDF", "a.pdf", InvalidContent, "Only text"),
        (b"text", "noending", InvalidContent, "Only text"),
        (b"fine\nbad \xff here", "a.txt", InvalidContent, "Line 2, column 5"),
        ("hello".encode("utf-16"), "a.txt", InvalidContent, "UTF-16"),
        (b"a\0b", "a.txt", InvalidContent, "Line 1, column 2: This is no text"),
        (b" \n", "a.md", InvalidContent, "empty"),
        (b"---\ntitle: [\n---\n", "a.md", InvalidContent, "Line"),
        (LONG, "a.txt", TooLarge, "1,048,577 bytes, 1,048,576 are allowed"),
        (QUOTES, "a.csv", TooLarge, "a.csv has"),
    ],
)
def test_file__of_another_sort__is_refused_in_clear_words(
    raw: bytes, filename: str, refusal: type[Exception], words: str
) -> None:
    with pytest.raises(refusal, match=words.replace("(", r"\(")):
        read_knowledge(raw, filename)
