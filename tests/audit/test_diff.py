"""Text differences: exact, bounded, readable."""

import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pygit2.enums import DiffOption

from audit import matching
from audit.diff import TextDiff, diff_text, split_lines
from audit.matching import CALLS, PATIENCE_STEPS, PLAIN_ITEMS, Budget, gaps, match
from audit.side_by_side import side_by_side, unified
from audit.words import WordMarks
from tests.samples import SAMPLES

HISTORIES = ("fabric-extract-wisdom", "cline-claude-sonnet-4", "openhands-codeact-system")

texts = st.text(alphabet="ab \n\r\té", max_size=60)


def applied(old: str, diff: TextDiff) -> str:
    """The new text, made from the old one and the hunks alone."""
    lines, result, at = split_lines(old), [], 0
    for hunk in diff.hunks:
        result += lines[at : hunk.from_line - 1]
        at = hunk.from_line - 1
        for line in hunk.lines:
            at += line.op != "insert"
            if line.op != "delete":
                result.append(line.text + ("\n" if line.ended else ""))
    return "".join(result + lines[at:])


def lines_of(count: int, word: str) -> str:
    return "".join(f"{word} {number}\n" for number in range(count))


@given(old=texts, new=texts)
def test_diff_text__any_two_texts__hunks_turn_one_into_the_other(old: str, new: str) -> None:
    diff = diff_text(old, new)

    assert applied(old, diff) == new
    assert bool(diff.hunks) == (old != new)
    assert diff.added - diff.removed == len(split_lines(new)) - len(split_lines(old))


@given(old=texts, new=texts)
def test_side_by_side__any_two_texts__covers_every_line_of_both_sides_once(old: str, new: str) -> None:
    diff = diff_text(old, new)

    rows = side_by_side(diff.hunks, diff.folded)

    if diff.hunks:
        hidden = sum(row.hidden for row in rows)
        assert [row.left_no for row in rows if row.left_no] == sorted(row.left_no for row in rows if row.left_no)
        assert sum(1 for row in rows if row.left_no) + hidden == len(split_lines(old))
        assert sum(1 for row in rows if row.right_no) + hidden == len(split_lines(new))


@given(old=texts.filter(lambda text: "\n" not in text), new=texts.filter(lambda text: "\n" not in text))
def test_mark__any_two_lines__joined_pieces_give_back_the_line(old: str, new: str) -> None:
    left, right = WordMarks().mark(old, new)

    assert "".join(piece.text for piece in left) == old
    assert "".join(piece.text for piece in right) == new


def test_diff_text__one_word_changed__marks_the_word_only() -> None:
    diff = diff_text("Answer the caller politely.\n", "Answer the caller briefly.\n")

    (row,) = side_by_side(diff.hunks)

    assert [(token.text, token.mark) for token in row.left] == [
        ("Answer the caller ", ""),
        ("politely", "del"),
        (".", ""),
    ]
    assert ("briefly", "add") in [(token.text, token.mark) for token in row.right]


def test_diff_text__chinese_sentence__marks_characters_not_the_whole_line() -> None:
    left, right = WordMarks().mark("请查询我的订单状态", "请查询您的订单状态")

    assert [piece.text for piece in left if piece.changed] == ["我"]
    assert [piece.text for piece in right if piece.changed] == ["您"]


def test_side_by_side__paragraph_removed_before_a_changed_line__pairs_what_is_alike() -> None:
    old = "Offer a refund at once.\nGreet the caller by name.\n"
    new = "Greet the caller by first name.\n"

    rows = side_by_side(diff_text(old, new).hunks)

    assert [(row.kind, row.left_no, row.right_no) for row in rows] == [
        ("removed", 1, None),
        ("changed", 2, 1),
    ]


def test_unified__changed_lines__removed_before_added_and_nothing_twice() -> None:
    diff = diff_text("a b\nc d\nend\n", "a x\nc y\nend\n")

    rows = unified(diff.hunks, diff.folded)

    assert [(row.kind, row.left_no, row.right_no) for row in rows] == [
        ("changed", 1, None),
        ("changed", 2, None),
        ("changed", None, 1),
        ("changed", None, 2),
        ("equal", 3, 3),
    ]


def test_diff_text__change_in_the_middle__folds_the_rest_and_says_how_much() -> None:
    old = lines_of(100, "line")

    diff = diff_text(old, old.replace("line 50\n", "LINE 50\n"))

    assert [hunk.folded for hunk in diff.hunks] == [47]
    assert diff.folded == 46
    assert [line.op for line in diff.hunks[0].lines] == ["equal"] * 3 + ["delete", "insert"] + ["equal"] * 3
    assert (diff.hunks[0].from_line, diff.hunks[0].to_line) == (48, 48)


def test_diff_text__only_line_ends_differ__says_so_and_shows_them() -> None:
    diff = diff_text("one\r\ntwo\r\n", "one\ntwo\n")

    assert (diff.added, diff.removed) == (2, 2)
    assert diff.notes == ("Only the line ends differ: CRLF before, LF now.",)
    assert "␍" in "".join(token.text for token in side_by_side(diff.hunks)[0].left)


def test_diff_text__final_newline_lost__shows_a_note() -> None:
    diff = diff_text("one\ntwo\n", "one\ntwo")

    row = side_by_side(diff.hunks)[-1]

    assert [token.text for token in row.right if token.mark == "note"] == [" [no line end]"]


def test_side_by_side__hidden_characters__are_spelled_out() -> None:
    diff = diff_text("pay nobody\n", "pay \u202eydobon\u200b\x00\n")

    shown = "".join(token.text for token in side_by_side(diff.hunks)[0].right)

    assert "⟨U+202E⟩" in shown
    assert "⟨U+200B⟩" in shown
    assert "⟨U+0000⟩" in shown


@pytest.mark.parametrize("history", HISTORIES)
def test_diff_text__real_prompt_histories__every_step_applies(history: str) -> None:
    files = sorted((SAMPLES / "prompt-history" / history).glob("[0-9]*.md"))
    revisions = [file.read_text(encoding="utf-8") for file in files]
    assert len(revisions) >= 23, f"no prompt history at {SAMPLES}"

    changed = 0
    for old, new in pairwise(revisions):
        diff = diff_text(old, new)
        assert applied(old, diff) == new
        assert not diff.truncated
        rows = side_by_side(diff.hunks, diff.folded)
        changed += any(row.kind != "equal" and row.kind != "fold" for row in rows)

    assert changed >= len(revisions) // 2


def patience_killer(count: int, filler: str) -> list[str]:
    """Each line becomes unique only after the one before it was split off: one recursion per line."""
    return [f"{part}\n" for number in range(count) for part in (number + 1, filler, number, filler)]


def drawn(symbols: str, count: int, chance: random.Random) -> str:
    """Lines of one symbol each."""
    return "\n".join(chance.choices(symbols, k=count)) + "\n"


def both_drawn(symbols: str, count: int) -> tuple[str, str]:
    """Two texts of such lines that know nothing of each other."""
    chance = random.Random(7)
    return drawn(symbols, count, chance), drawn(symbols, count, chance)


def shuffled() -> tuple[str, str]:
    """Lines in order, and in none."""
    lines = split_lines(lines_of(100_000, "old"))
    random.Random(7).shuffle(lines)
    return lines_of(100_000, "old"), "".join(lines)


HOSTILE_PAIRS: dict[str, Callable[[], tuple[str, str]]] = {
    "one line of 1 MB": lambda: ("x" * 1_000_000, "x" * 500_000 + "y" + "x" * 499_999),
    "100,000 changed lines": lambda: (lines_of(100_000, "old"), lines_of(100_000, "new")),
    "100,000 shuffled lines": shuffled,
    "two symbols": lambda: both_drawn("ab", 500_000),
    "ten symbols": lambda: both_drawn("abcdefghij", 200_000),
    "patience killer": lambda: ("".join(patience_killer(40_000, "a")), "".join(patience_killer(40_000, "b"))),
    "empty lines": lambda: ("\n" * 1_000_000, "\n" * 900_000),
    "CRLF throughout": lambda: (lines_of(80_000, "old"), lines_of(80_000, "old").replace("\n", "\r\n")),
    "words of one long line": lambda: (" ".join("ab" * 900), " ".join("ba" * 950)),
}


# Too repetitive to align, or (the killer, the empty lines) too many lines between the common ends.
COARSE_PAIRS = {"two symbols", "ten symbols", "patience killer"}
Handed = tuple[list[str], list[str], DiffOption]


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[Handed]:
    """What was handed to libgit2, whose cost nobody can stop once it runs."""
    calls: list[Handed] = []
    real = matching._equal_runs

    def noted(left: list[str], right: list[str], flag: DiffOption) -> Iterator[tuple[int, int, int]]:
        calls.append((left, right, flag))
        return real(left, right, flag)

    monkeypatch.setattr(matching, "_equal_runs", noted)
    return calls


def patience_steps(left: list[str], right: list[str]) -> int:
    """One level of patience for each line that both sides have and one of them repeats."""
    counts, new_counts = Counter(left), Counter(right)
    repeated = sum(1 for line in counts.keys() & new_counts.keys() if counts[line] > 1 or new_counts[line] > 1)
    return (len(left) + len(right)) * max(repeated, 1)


def shared_items(left: list[str], right: list[str]) -> int:
    """The items of both sides that the other one has too."""
    shared = set(left) & set(right)
    return sum(line in shared for line in [*left, *right])


@pytest.mark.parametrize("name", HOSTILE_PAIRS)
def test_diff_text__hostile_pair_of_megabytes__keeps_its_budget_and_shows_a_bounded_part(
    name: str, handed: list[Handed]
) -> None:
    old, new = HOSTILE_PAIRS[name]()
    budget = Budget()

    diff = diff_text(old, new, budget=budget)

    patient = [call[:2] for call in handed if call[2] is DiffOption.PATIENCE]
    plain = [call[:2] for call in handed if call[2] is not DiffOption.PATIENCE]
    assert len(handed) == CALLS - budget.calls <= CALLS
    assert sum(patience_steps(*sides) for sides in patient) <= PATIENCE_STEPS - budget.patience <= PATIENCE_STEPS
    assert sum(shared_items(*sides) for sides in plain) <= PLAIN_ITEMS - budget.plain <= PLAIN_ITEMS
    assert diff.coarse == (name in COARSE_PAIRS)

    rows = side_by_side(diff.hunks, diff.folded)
    assert diff.hunks
    assert len(rows) < 30_000
    assert max(sum(len(token.text) for token in row.left + row.right) for row in rows) < 60_000
    assert sum(1 for hunk in diff.hunks for line in hunk.lines if line.op != "equal") <= 2_000
    assert diff.truncated == (diff.added + diff.removed > 2_000)
    assert diff.truncated == any(note.startswith("Showing the first 2,000 of") for note in diff.notes)


def test_diff_text__too_repetitive_to_align__says_that_it_is_coarse() -> None:
    old, new = HOSTILE_PAIRS["ten symbols"]()
    fewer = [text[:290_000] for text in (old, new)]

    for pair, words in (((old, new), "too many lines"), (fewer, "repeat so much")):
        diff = diff_text(*pair)
        assert diff.coarse
        assert any(words in note for note in diff.notes)


def test_match__two_megabytes_of_json__finds_as_few_changes_as_patience() -> None:
    chance = random.Random(3)
    nodes = {f"node_{n}": {"type": "say", "wait": chance.randint(1, 30), "on": n % 2} for n in range(18_000)}
    edited = {key: dict(node) for key, node in nodes.items() if chance.random() > 0.02}
    touched = [key for key in edited if chance.random() < 0.1]
    for key in touched:
        edited[key]["wait"] = -1
    old, new = (list(io.StringIO(json.dumps(each, indent=2, sort_keys=True))) for each in (nodes, edited))

    found = match(old, new)

    changed = sum(b - a + d - c for a, b, c, d in gaps(found.blocks, len(old), len(new)))
    least = 2 * len(touched) + 5 * (len(nodes) - len(edited))
    assert least <= changed <= least * 1.02
    assert not found.coarse


@given(
    old=st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=40),
    new=st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=40),
)
def test_match__any_items__blocks_are_equal_ordered_and_maximal(old: list[str], new: list[str]) -> None:
    blocks = match(old, new).blocks

    at = new_at = 0
    for block in blocks:
        assert block.size
        assert block.old >= at
        assert block.new >= new_at
        assert old[block.old : block.old + block.size] == new[block.new : block.new + block.size]
        at, new_at = block.old + block.size, block.new + block.size
