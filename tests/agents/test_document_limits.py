"""What hostile texts cost (G18), and that every legal document comes back from its own export."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.documents import dump_json, dump_yaml, dump_zip, load_zip
from agents.documents.text import IMPORT_BYTES
from agents.parts import split
from tests.agents.documents import document, load_document
from tests.agents.hostile import CONTROL, HOSTILE, MIB, RAW

pytestmark = pytest.mark.services

MEMORY = 64 * MIB
# Calls of functions. A document of 20,000 values takes 700,000; the figures in seconds are in the docs.
STEPS = 1_000_000


@pytest.fixture(scope="module")
def costs() -> dict[str, dict[str, Any]]:
    """What `tests.agents.hostile` measured, by the name of the text."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.agents.hostile"],
        cwd=Path(__file__).parents[2],
        # Otherwise the allocator keeps what was freed, and would serve the next large text from it unseen.
        env={**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536"},
        capture_output=True,
        text=True,
        check=True,
    )
    return {found["name"]: found for found in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("name", HOSTILE)
def test_import__of_a_hostile_text__is_refused_in_little_memory_and_few_steps(
    name: str, costs: dict[str, dict[str, Any]]
) -> None:
    found = costs[name]
    assert found["answer"] in ("InvalidContent", "TooLarge")
    assert found["memory"] <= MEMORY
    assert found["steps"] <= STEPS


def test_memory__of_a_text_that_is_decoded_as_a_whole__is_seen(costs: dict[str, dict[str, Any]]) -> None:
    assert costs[CONTROL]["memory"] > 3 * RAW


def nested(value: Any, levels: int) -> Any:
    """The value that many levels deep."""
    for _ in range(levels):
        value = [value]
    return value


LEGAL: dict[str, dict[str, Any]] = {
    "20,000 values": {"extensions": {"x": {f"key {n}": "a few words" for n in range(19_997)}}},
    "20,000 numbers in lists": {"extensions": {"x": [[n, n / 7] for n in range(6_665)]}},
    "a million blank lines": {name: {"k": {"title": "K", "content": "\n" * 523_900}} for name in ("knowledge",)}
    | {"prompt": "\n" * 524_000},
    "half a million short lines": {"prompt": "x\n" * 349_000, "extensions": {"x": ["x\n" * 349_000 + "y"]}},
    "short lines far to the right": {"extensions": {"x": nested(["x\ny\n" * 150] * 1_100, 29)}},
    "long lines far to the right": {"extensions": {"x": nested([("x" * 40 + "\n") * 20] * 1_100, 29)}},
    "words far to the right": {"extensions": {"x": nested([1] * 19_900, 29)}},
    "controls": {"prompt": "\x7f" * 1_048_000, "extensions": {"x": "\x7f" * 1_048_000}},
    "low controls": {"prompt": "\x01" * 174_000, "extensions": {"x": "\x85\u2028" * 209_000}},
    "quotes": {"prompt": '"' * 524_000, "extensions": {"x": "\\" * 524_000}},
    "wide text": {"prompt": "\U0001f600 " * 209_000, "extensions": {"x": "\u00e4\ufeff" * 209_000}},
    "one long line": {"prompt": "x " * 524_000},
    "long keys": {"extensions": {"x": {"\ufeff" * 199 + str(n): [{"\ufeff" * 200: "a\nb"}] for n in range(9)}}},
}


@pytest.mark.parametrize("name", LEGAL)
def test_export__of_a_document_at_the_limits__imports_with_the_same_digest(name: str) -> None:
    whole = document(LEGAL[name])
    digest = split(whole["spec"]).digest
    for written, load in (
        (dump_yaml(whole), load_document),
        (dump_json(whole), load_document),
        (dump_zip(whole), load_zip),
    ):
        assert len(written) <= IMPORT_BYTES
        assert split(load(written)["spec"]).digest == digest


BLANKS = st.text(st.sampled_from("\n\n\n x\t"), max_size=40)


@given(st.recursive(BLANKS, lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=6), st.integers(1, 400))
def test_export__of_many_lines_at_any_depth__imports_with_the_same_digest(value: Any, times: int) -> None:
    def grown(value: Any) -> Any:
        return [grown(item) for item in value] if isinstance(value, list) else value * times

    whole = document({"extensions": {"x": {"deep": nested(grown(value), 12), "k" * 150: grown(value)}}})
    digest = split(whole["spec"]).digest
    assert split(load_document(dump_yaml(whole))["spec"]).digest == digest
