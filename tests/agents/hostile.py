"""Hostile texts of up to 16 MiB, and what refusing each of them costs, measured in processes of their own.

`python -m tests.agents.hostile` imports each text in a fork and prints one line of JSON for it: which
refusal, how much memory was needed beyond the text itself, how many calls were made.
"""

import cProfile
import io
import json
import os
import resource
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

from agents.importers import import_file
from console.organizations.errors import Refusal

MIB = 1024 * 1024
RAW = 16 * MIB
# One such character makes Python keep four bytes for every other one.
WIDE = "\U0001f600".encode()
CONTROL = "control: a wide text, decoded"


def packed(*members: tuple[str, bytes]) -> bytes:
    """A ZIP with an agent.yaml and these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, body in [("agent.yaml", b"metadata: {name: a}"), *members]:
            archive.writestr(name, body)
    return buffer.getvalue()


def filled(start: bytes, repeated: bytes, end: bytes = b"") -> bytes:
    """`repeated` as often as fits into 16 MiB between start and end."""
    return start + repeated * ((RAW - len(start) - len(end)) // len(repeated)) + end


def numbered(before: bytes, after: bytes, most: int) -> bytes:
    """Lines that differ in a number."""
    return b"".join(b"%b%d%b\n" % (before, number, after) for number in range(most))


HOSTILE: dict[str, Callable[[], bytes]] = {
    "json depth": lambda: filled(b"", b"["),
    "json object depth": lambda: filled(b"", b'{"a":'),
    "json wide": lambda: filled(b"[", b"1,", b"1]"),
    "json texts": lambda: filled(b"[", b'"",', b"1]"),
    "json unclosed": lambda: filled(b'{"a":"', b'\\"'),
    "json bad escape at the end": lambda: filled(b'{"a":"' + WIDE, b"x", b'\\q"}'),
    "json one text": lambda: filled(b'{"a":"' + WIDE, b"x", b'"}'),
    "json escaped text": lambda: b'{"a":"' + WIDE + b"\\n" * (5 * MIB // 2 - 20) + b'"}',
    "json large texts": lambda: filled(b'{"a":["', WIDE + b"x" * 100_000 + b'","', b'"]}'),
    "json escaped texts": lambda: filled(b'{"a":["', WIDE + b"\\u0041" * 700_000 + b'","', b'"]}'),
    "json text and blanks": lambda: filled(b'{"a":"' + WIDE + b"x" * (3 * MIB - 20) + b'"', b" ", WIDE),
    "json quotes": lambda: filled(b"{", b'"'),
    "json digits": lambda: filled(b'{"a":', b"9", b"}"),
    "json colons": lambda: filled(b"{", b":"),
    "json blanks": lambda: filled(b"{", b" "),
    "json lines": lambda: filled(b"{", b"\n"),
    "json deep lists": lambda: b"[" + b"[" * 38 + b"1" + (b"]" * 38 + b"," + b"[" * 38 + b"1") * 20_000,
    "yaml depth": lambda: filled(b"a: ", b"["),
    "yaml maps": lambda: filled(b"a: ", b"{a: "),
    "yaml dashes": lambda: filled(b"", b"- "),
    "yaml indentation": lambda: b"\n".join(b" " * column + b"a:" for column in range(5_500)),
    "yaml lines": lambda: filled(b"", b"a: 1\n"),
    "yaml keys": lambda: numbered(b"k", b": 1", 1_000_000),
    "yaml comments": lambda: filled(b"", b"# x\n"),
    "yaml blank lines": lambda: filled(b"a: |\n", b"\n"),
    "yaml words": lambda: filled(b"a: " + WIDE, b"x "),
    "yaml quoted words": lambda: filled(b'a: "' + WIDE, b"x ", b'"'),
    "yaml quoted lines": lambda: filled(b'a: "' + WIDE, b"x\n", b'"'),
    "yaml literal lines": lambda: filled(b"a: |\n", b" x\n"),
    "yaml folded lines": lambda: filled(b"a: >\n", b" x\n"),
    "yaml escapes": lambda: filled(b'a: "', b"\\x41", b'"'),
    "yaml text below the stretch": lambda: b"a: |\n  " + WIDE + b"x" * (5 * MIB - 40) + b"\nb: 1\n",
    "yaml blank lines below the stretch": lambda: b"a: |\n  " + WIDE + b"\n" * (5 * MIB - 40) + b"  x\nb: 1\n",
    "yaml large texts": lambda: filled(b"a:\n", b"- " + WIDE + b"x" * 100_000 + b"\n"),
    "yaml tag": lambda: filled(b"a: !", b"x"),
    "yaml tag address": lambda: filled(b"a: !<", b"%41", b">"),
    "yaml anchor": lambda: filled(b"a: &", b"x"),
    "yaml directive": lambda: filled(b"%TAG ! ", b"x"),
    "yaml directives": lambda: numbered(b"%TAG !x", b"! x", 300_000),
    "yaml directives behind a document": lambda: b"a: 1\n...\n" + numbered(b"%TAG !x", b"! x", 300_000),
    "yaml version": lambda: filled(b"%YAML ", b"1"),
    "yaml question marks": lambda: filled(b"", b"? "),
    "yaml commas": lambda: filled(b"a: [", b","),
    "yaml lists": lambda: filled(b"a: [", b"[],"),
    "yaml pairs": lambda: filled(b"a: [", b"a: 1,"),
    "yaml deep lists": lambda: b"a: [" + (b"[" * 37 + b"1" + b"]" * 37 + b",") * 20_000,
    "yaml documents": lambda: filled(b"", b"--- 1\n"),
    "yaml laughs": lambda: b"a: &a [x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    "yaml other line ends": lambda: filled(b"a: ", "\u2028\x85\u2029".encode()),
    "yaml large": lambda: filled(b"\xef\xbb\xbfa: ", b"x"),
    "not utf-8 at the end": lambda: filled(WIDE, b"x", b"\xff"),
    "too large": lambda: b" " * (RAW + 1),
    "zip of values": lambda: packed(*((f"extensions/e{n}.json", b"[" + b"1," * 20_000 + b"1]") for n in range(390))),
    "zip of texts": lambda: packed(*((f"knowledge/k{n}.md", WIDE + b"x" * 500_000) for n in range(30))),
    "zip of a wide prompt": lambda: packed(("prompt.md", WIDE + b"x" * (6 * MIB - 40))),
}


def wide_text() -> bytes:
    """A text that needs four times its size once it is decoded."""
    return filled(WIDE, b"x")


@contextmanager
def counted() -> Iterator[Callable[[], int]]:
    """Counts the calls, of Python and of C functions, that are made inside."""
    profile = cProfile.Profile()
    with profile:
        yield lambda: sum(entry.callcount for entry in profile.getstats())


def peak() -> int:
    """The most memory this process ever had, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def refused(raw: bytes) -> str:
    """What the import says to these bytes."""
    try:
        import_file(raw)
    except Refusal as refusal:
        return type(refusal).__name__
    return "taken"


def cost(name: str, raw: bytes) -> dict[str, Any]:
    """What refusing one text needs; counting takes half a MiB of the memory at most."""
    before = peak()
    with counted() as calls:
        answer = len(raw.decode()) and "decoded" if name == CONTROL else refused(raw)
        steps = calls()
    return {"name": name, "answer": answer, "memory": peak() - before, "steps": steps}


def main() -> None:
    """One fork for each text: the peak of a process only ever rises."""
    for warm in (b"a: [1, x]", b'{"a": ["\\u00e9", 1.5]}', packed()):
        refused(warm)
    for name, make in [*HOSTILE.items(), (CONTROL, wide_text)]:
        raw = make()
        sys.stdout.flush()
        child = os.fork()
        if not child:
            print(json.dumps(cost(name, raw)), flush=True)  # noqa: T201 - this is what the program is for
            os._exit(0)
        os.waitpid(child, 0)


if __name__ == "__main__":
    settings.USE_I18N = False  # refusals are words, and no language is to be loaded while memory is measured
    main()
