"""The memory of a web process: bounded, and never wiser than the last announcement."""

import gzip
import time

import orjson

from environments.serving.answers import Ready, Served, answer, is_known, ready, takes_gzip
from environments.serving.memory import Known, Memory

ASKED = ("/api/v1/agents/desk/config", "")
DIGEST = b"a key"


def some(number: int, size: int = 2000) -> Ready:
    """A configuration of about this size."""
    served = Served("org", "desk", "production", number, f"{number:064}")
    return ready(served, {"prompt": orjson.dumps("x" * size), "tools/a": b'{"b":1}', "tools/c": b"{}"})


def keep(memory: Memory, found: Ready, changes: int | None = None, agent: str = "desk") -> None:
    """Look up and keep, as a request does."""
    key = Known("key", "owner", "org", time.monotonic() + 60, frozenset(), frozenset(), [])
    memory.keep_bytes(found)
    memory.keep(DIGEST, key, agent, ASKED, found, memory.changes if changes is None else changes)


def served(memory: Memory) -> Ready | None:
    """What a request finds."""
    known = memory.keys.get(DIGEST)
    pointer = known.pointers.get(ASKED) if known else None
    return pointer.ready if pointer else None


def test_announcements__forget_what_rests_on_them_and_nothing_else() -> None:
    memory, found = Memory(1_000_000), some(1)

    for announcement, stays in [
        ("agent other", True),
        ("key other", True),
        ("owner other", True),
        ("organization other", True),
        ("agent desk", False),
        ("key key", False),
        ("owner owner", False),
        ("organization org", False),
        ("a word of a later release", False),
    ]:
        keep(memory, found)
        memory.hear(announcement)
        assert (served(memory) is found) is stays, announcement
        assert memory.kept(found.served) is found


def test_lookup__that_began_before_a_change__is_not_kept_after_it() -> None:
    memory, before = Memory(1_000_000), some(1)
    changes = memory.changes
    memory.hear("agent desk")

    keep(memory, before, changes)

    assert served(memory) is None


def test_bytes__above_the_room__go_the_longest_unasked_first() -> None:
    memory = Memory(4 * some(1).size)
    kept = [some(number) for number in range(1, 7)]
    for number, found in enumerate(kept):
        found.used = number
        keep(memory, found)

    assert memory.kept(kept[0].served) is None
    assert answer(kept[0], None, None) is None
    assert memory.kept(kept[5].served) is kept[5]
    large = some(9, size=1_000_000)
    keep(memory, large)
    assert memory.kept(large.served) is None
    assert served(memory) is kept[5]


def test_answer__plain_or_packed_or_unchanged__as_the_caller_takes_it() -> None:
    found = some(1)
    plain = answer(found, None, None)
    packed = answer(found, '"other"', "gzip, br")
    unchanged = answer(found, f'"other", W/{found.etag}', "gzip")

    assert plain is not None
    assert packed is not None
    assert unchanged is not None
    assert orjson.loads(plain.body)["config"] == {"prompt": "x" * 2000, "tools": {"a": {"b": 1}, "c": {}}}
    assert gzip.decompress(packed.body) == plain.body
    assert answer(found, None, "gzip") is packed
    assert (unchanged.status, unchanged.body) == (304, b"")
    small = some(1, size=1)
    assert answer(small, None, "gzip") is answer(small, None, None)
    assert [takes_gzip(text) for text in ("gzip", "*", "GZIP;q=0.5", "gzip;q=0", "br", "*;q=0, gzip", "gzip;q=x")] == [
        True,
        True,
        True,
        False,
        False,
        True,
        False,
    ]
    assert [is_known(text, '"a"') for text in ("*", 'W/"a"', '"b","a"', '"b"', "a")] == [True, True, True, False, False]
