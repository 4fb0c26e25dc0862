"""A comparison as a unified diff, the format that other tools read."""

from collections.abc import Iterator

from agents.compare import Options
from agents.comparison import Comparison, SectionChange
from audit.diff import Hunk, Line

EVERYTHING = 10_000_000  # changed lines: more than two documents can hold
FOR_PATCH = Options(most=EVERYTHING, total=EVERYTHING, source=True)
_SIGNS = {"equal": " ", "delete": "-", "insert": "+"}


def patch_of(comparison: Comparison) -> str:
    """Every changed line, part by part; structured parts as indented JSON. Compare with `FOR_PATCH`."""
    head = [f"# {comparison.sentence}"]
    lines = [line for part in comparison.sections for line in _part(part, comparison)]
    return "\n".join([*head, *lines]) + "\n"


def _part(part: SectionChange, comparison: Comparison) -> Iterator[str]:
    old, new = (f"{side}/{part.path}" for side in (comparison.left, comparison.right))
    yield f"--- {old if part.before else '/dev/null'}"
    yield f"+++ {new if part.after else '/dev/null'}"
    if part.problem:
        yield f"# {part.problem}"
    if part.text:  # what stands beside an article: its title, its source
        for row in part.rows:
            yield f"# {row.change} {row.name}: {row.old or '-'} -> {row.new or '-'}".replace("\n", " ")
    for note in part.lines.notes:
        yield f"# {note}"
    for hunk in part.hunks:
        yield from _hunk(hunk)


def _hunk(hunk: Hunk) -> Iterator[str]:
    sizes = [sum(1 for line in hunk.lines if line.op != op) for op in ("insert", "delete")]
    starts = [start - (0 if size else 1) for start, size in zip((hunk.from_line, hunk.to_line), sizes, strict=True)]
    yield f"@@ -{starts[0]},{sizes[0]} +{starts[1]},{sizes[1]} @@"
    for line in hunk.lines:
        yield from _line(line)


def _line(line: Line) -> Iterator[str]:
    yield _SIGNS[line.op] + line.text
    if not line.ended:
        yield "\\ No newline at end of file"
