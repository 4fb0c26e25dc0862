"""What the YAML parser reads from: a text in pieces, with a bound on how much of it may say nothing."""

import re
from itertools import islice

from agents.canonical import refuse_size
from agents.documents.building import STRETCH_BYTES
from agents.documents.loaded import line_and_column, refuse_text

# libyaml still takes these for line ends, as YAML 1.1 did, and would change the text they stand in. While it
# reads, a noncharacter that the text does not have stands in for each (Unicode keeps these for such uses).
_NO_LINE_ENDS = ("\x85", "\u2028", "\u2029")
_STAND_INS = [chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF)]

# libyaml compares each directive with all before it. None is allowed: the first few it may find by itself.
_DIRECTIVE = re.compile(rb"(?<=[\r\n])%")
_DIRECTIVES = 1_000

_LINE_END = re.compile(rb"\r\n?|\n")
# The head of a block text that does not say how deep it is indented, and below blank lines a # at the margin.
_COMMENT_FIRST = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:---)?[ \t]*[|>][+-]?(?:[ \t]+#[^\r\n]*|[ \t]*)(?:\r\n?|\n)(?: *+(?:\r\n?|\n))*+#"
)

_UNREADABLE = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\xc2[\x80-\x84\x86-\x9f]|\xef\xbf[\xbe\xbf]")


class Source:
    """The text as the parser asks for it. Raises `TooLarge` where a value is longer than any document's.

    The parser gathers a scalar, or a comment, as a whole before it says anything: memory is bounded here.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0
        self._silent = 0
        self._directives = 0
        self._swaps = _stand_ins(raw)

    def read(self, size: int = 16 * 1024, /) -> bytes:
        """The next bytes, at most `size` before stand-ins; never a part of a character."""
        end = min(self._at + size, len(self._raw))
        while end < len(self._raw) and self._raw[end] & 0xC0 == 0x80:
            end -= 1
        piece = self._raw[self._at : end]
        self._at = end
        self._silent += len(piece)
        if self._silent > STRETCH_BYTES:
            refuse_size("One text or comment in it, as far as it was read,", self._silent, STRETCH_BYTES)
        self._directives += len(_DIRECTIVE.findall(piece))
        if self._directives > _DIRECTIVES:
            refuse_text(
                "Too many lines that begin with %. YAML directives (%) are not allowed. Remove these lines.",
                *line_and_column(self._raw, self._raw.index(b"%")),
            )
        for character, stand_in in self._swaps.items():
            piece = piece.replace(character.encode(), stand_in.encode())
        return piece

    def progress(self) -> None:
        """The parser has found something: the stretch is over."""
        self._silent = 0
        self._directives = 0

    def restored(self, text: str) -> str:
        """The text of a scalar with its own characters."""
        for character, stand_in in self._swaps.items():
            text = text.replace(stand_in, character)
        return text

    def goes_on_with_comment(self, line: int) -> bool:
        """Whether a block text that begins in this line, counted from 1, goes on with a # at the margin."""
        ends = (match.end() for match in _LINE_END.finditer(self._raw))
        start = next(islice(ends, line - 2, None), 0) if line > 1 else 0
        return _COMMENT_FIRST.match(self._raw, start) is not None


def unreadable(raw: bytes) -> tuple[int, str]:
    """The first character that YAML may not contain, with its offset."""
    match = _UNREADABLE.search(raw)
    return (match.start(), match.group().decode()) if match else (0, raw[:1].decode("utf-8", "replace"))


def _stand_ins(raw: bytes) -> dict[str, str]:
    wanted = [character for character in _NO_LINE_ENDS if character.encode() in raw]
    free: list[str] = []
    if wanted:
        free = [stand_in for stand_in in _STAND_INS if stand_in.encode() not in raw]
    if len(free) < len(wanted):
        refuse_text("YAML with this many noncharacters (U+1FFFE and the like) cannot be read. Send it as JSON.")
    return dict(zip(wanted, free, strict=False))
