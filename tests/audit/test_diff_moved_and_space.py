"""What changed its place, what differs in white space alone, and that cut ends change nothing."""

from hypothesis import given
from hypothesis import strategies as st

from audit.diff import CONTEXT_ALL, TextDiff, diff_text, split_lines
from audit.side_by_side import side_by_side, unified
from audit.trimming import window
from tests.audit.test_diff import applied

texts = st.text(alphabet="ab \n\té", max_size=60)
PARAGRAPH = "Never promise a refund before the order was found.\nAsk for the number first.\n"


def lines(diff: TextDiff) -> list[tuple[str, str, int | None]]:
    return [(line.op, line.text, line.moved) for hunk in diff.hunks for line in hunk.lines if line.op != "equal"]


@given(old=texts, new=texts, around=st.integers(0, 3))
def test_window__any_two_texts__cuts_equal_whole_lines_only(old: str, new: str, around: int) -> None:
    cut = window(old, new, around)

    left, right = split_lines(old), split_lines(new)
    after = len(left) - cut.after
    new_after = len(right) - cut.after
    assert split_lines(cut.old) == left[cut.before : after]
    assert split_lines(cut.new) == right[cut.before : new_after]
    assert left[: cut.before] == right[: cut.before]
    assert left[after:] == right[new_after:]


@given(old=texts, new=texts)
def test_diff_text__with_all_lines_as_context__folds_nothing_and_still_applies(old: str, new: str) -> None:
    diff = diff_text(old, new, context=CONTEXT_ALL)

    assert applied(old, diff) == new
    assert [row for row in side_by_side(diff.hunks, diff.folded) if row.kind == "fold"] == []


def test_diff_text__a_paragraph_that_went_elsewhere__is_said_to_have_moved() -> None:
    middle = "".join(f"Line {number} stays.\n" for number in range(10))

    diff = diff_text(PARAGRAPH + middle, middle + PARAGRAPH)

    assert lines(diff) == [
        ("delete", "Never promise a refund before the order was found.", 11),
        ("delete", "Ask for the number first.", 12),
        ("insert", "Never promise a refund before the order was found.", 1),
        ("insert", "Ask for the number first.", 2),
    ]
    rows = [row for row in side_by_side(diff.hunks) if row.moved]
    assert [(row.kind, row.begins, row.moved) for row in rows] == [
        ("removed", True, 11),
        ("removed", False, 12),
        ("added", True, 1),
        ("added", False, 2),
    ]


def test_diff_text__short_lines_elsewhere__have_not_moved() -> None:
    diff = diff_text("}\na\nb\nc\nd\n", "a\nb\nc\nd\n}\n")

    assert [moved for _, _, moved in lines(diff)] == [None, None]


@given(old=texts, new=texts)
def test_diff_text__ignoring_white_space__hides_nothing_else_and_never_stays_silent(old: str, new: str) -> None:
    diff = diff_text(old, new, ignore_space=True)

    assert bool(diff.hunks or diff.notes) == (old != new)
    bare = [[" ".join(line.split()) for line in split_lines(text)] for text in (old, new)]
    assert bool(diff.hunks) == (bare[0] != bare[1])


def test_diff_text__ignoring_white_space__says_how_many_lines_were_left_out() -> None:
    some = diff_text("a\n b\nc\n", "a\nb\nd\n", ignore_space=True)
    only = diff_text("a\n b\n", "a\nb\n", ignore_space=True)

    assert (some.added, some.removed, some.notes) == (
        1,
        1,
        ("White space alone differs in 1 line more. It is left out here.",),
    )
    assert (only.hunks, only.notes) == ((), ("Only white space differs, in 1 line. It is left out here.",))


def test_side_by_side__with_spaces__shows_them_in_changed_lines() -> None:
    diff = diff_text("a b\nend\n", "a  b\tc\nend\n")

    changed, equal = side_by_side(diff.hunks, spaces=True)

    assert "".join(token.text for token in changed.right) == "a··b→\tc"
    assert "".join(token.text for token in equal.right) == "end"


def test_rows__of_a_change__begin_once_in_both_layouts() -> None:
    diff = diff_text("a\nb\n" + "same\n" * 20 + "c\n", "x\ny\nz\n" + "same\n" * 20)

    for arrange in (side_by_side, unified):
        rows = arrange(diff.hunks, diff.folded)
        assert sum(row.begins for row in rows) == 2
        assert [(row.left_no, row.right_no, row.hidden) for row in rows if row.kind == "fold"] == [(6, 7, 14)]


def test_diff_text__cut_inside_a_replaced_block__shows_no_equal_line_behind_it() -> None:
    old, new = ("".join(f"{word} {number}\n" for number in range(100)) for word in ("old", "new"))

    diff = diff_text(old, new, most=10)

    assert {line.op for hunk in diff.hunks for line in hunk.lines} == {"delete", "insert"}
