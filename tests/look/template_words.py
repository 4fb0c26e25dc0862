"""The words of a template that a reader sees, as runs between tags; those inside `{% translate %}` are left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(r"({%.*?%}|{{.*?}}|{#.*?#}|<!--.*?-->|<[a-zA-Z/!](?:{%.*?%}|{{.*?}}|[^>])*>)", re.DOTALL)
SILENT = re.compile(r"{% comment %}.*?{% endcomment %}|{% blocktranslate.*?{% endblocktranslate %}", re.DOTALL)
CODE = re.compile(r"<(code|kbd|pre|script|svg)\b.*?</\1>", re.DOTALL)
CLASSES = re.compile(r"{% block (?:body_class|main_class|width|title_suffix) %}.*?{% endblock[^%]*%}", re.DOTALL)
WORD = re.compile(r"(?!Slipway\b)\b[A-Za-z]{2,}")  # the name of the product is the same in every language
SPOKEN = re.compile(
    r'\s(aria-label|placeholder|title|alt|data-busy|data-label|data-key-label)="([^"{]*[A-Za-z]{2}[^"{]*)"'
)
ARGUMENT = re.compile(
    r'\s(label|text|hint|title|why|detail|busy|more|fix_label|key_label|newer_label|older_label)="([^"]*[A-Za-z]{2}[^"]*)"'
)


@dataclass(frozen=True)
class Run:
    """Words between two tags: where they begin and end in the source, and what they are."""

    start: int
    end: int
    text: str


def blanked(source: str) -> str:
    """The source with comments, translated blocks and code as empty tags of the same length: places stay."""
    for pattern in (SILENT, CODE, CLASSES):
        source = pattern.sub(lambda hit: f"{{%{' ' * (len(hit.group()) - 4)}%}}", source)
    return source


def runs(source: str) -> Iterator[Run]:
    """Every run of text and variables that has words of its own."""
    place, start, own = 0, None, ""
    for token in TOKEN.split(blanked(source)):
        is_text, is_value = not TOKEN.fullmatch(token), token.startswith("{{")
        if is_text or is_value:
            start = place if start is None else start
            own += token if is_text else " "
        if (not is_text and not is_value) and start is not None:
            if WORD.search(own):
                yield Run(start, place, source[start:place])
            start, own = None, ""
        place += len(token)
    if start is not None and WORD.search(own):
        yield Run(start, place, source[start:place])


def attributes(source: str) -> Iterator[Run]:
    """Attributes that are read aloud or shown, with words that are not translated."""
    for tag in TOKEN.finditer(blanked(source)):
        text = tag.group()
        pattern = SPOKEN if text.startswith("<") else ARGUMENT if text.startswith("{% include") else None
        for hit in pattern.finditer(text) if pattern else ():
            start = tag.start() + hit.start(2)
            yield Run(start, start + len(hit.group(2)), hit.group(2))
