"""Which items of two sequences are the same: the one matcher under every diff and merge.

libgit2's patience diff is minimal and fast on real documents, but it recurses once per line that becomes
unique inside a range: 40,000 lines of 130 KB built for it take half a minute and gigabytes, in C code that
nobody can interrupt. So its cost is bounded before it is called: what is too dear is split at the lines that
are unique on both sides and handed over piece by piece, then to the plain algorithm, then not matched at all.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from pygit2 import Patch
from pygit2.enums import DiffOption

PATIENCE_STEPS_PER_CALL = 1_000_000  # about 70 ms and 100 MB on 2 shared cores
PATIENCE_STEPS = 4_000_000
PLAIN_ITEMS_PER_CALL = 200_000  # items that occur on both sides; the plain algorithm takes n * sqrt(n)
PLAIN_ITEMS = 300_000
CALLS = 20_000  # each costs some 10 microseconds, however small


_Counts = tuple[Counter[str], Counter[str]]


@dataclass(frozen=True, slots=True)
class Block:
    """`size` equal items from `old` on the left and from `new` on the right."""

    old: int
    new: int
    size: int


@dataclass(frozen=True, slots=True)
class Matching:
    """Equal runs in order, neighbours merged. `coarse` when some stretch was too dear to align."""

    blocks: tuple[Block, ...]
    coarse: bool


@dataclass(slots=True)
class Budget:
    """What aligning may cost, in one text or shared by all texts of a comparison; used up, matches turn coarse."""

    patience: int = PATIENCE_STEPS
    plain: int = PLAIN_ITEMS
    calls: int = CALLS


@dataclass(slots=True)
class _Found:
    budget: Budget
    runs: list[tuple[int, int, int]] = field(default_factory=list)
    coarse: bool = False

    def add(self, old: int, new: int, size: int) -> None:
        if not size:
            return
        if self.runs:
            last_old, last_new, last_size = self.runs[-1]
            if last_old + last_size == old and last_new + last_size == new:
                self.runs[-1] = (last_old, last_new, last_size + size)
                return
        self.runs.append((old, new, size))


def match(old: Sequence[str], new: Sequence[str], budget: Budget | None = None) -> Matching:
    """The runs of equal items, in order on both sides, in bounded time whatever the input.

    Each item ends with a newline and holds no other; only the last of a side may lack it.
    """
    found = _Found(budget or Budget())
    head, tail = _common_ends(old, new, 0, len(old), 0, len(new))
    found.add(0, 0, head)
    _align(old, new, (head, len(old) - tail, head, len(new) - tail), found)
    found.add(len(old) - tail, len(new) - tail, tail)
    return Matching(tuple(Block(*run) for run in found.runs), found.coarse)


def _align(old: Sequence[str], new: Sequence[str], span: tuple[int, int, int, int], found: _Found) -> None:
    """Match one span whose ends differ: as a whole if that is cheap, otherwise between its unique lines."""
    low, high, new_low, new_high = span
    counts = Counter(old[low:high]), Counter(new[new_low:new_high])
    if _call(old, new, span, found, dear=False, counts=counts):
        return
    cursor, new_cursor = low, new_low
    for anchor, new_anchor in [*_anchors(old, new, span, counts), (high, new_high)]:
        if anchor > cursor or new_anchor > new_cursor:
            head, tail = _common_ends(old, new, cursor, anchor, new_cursor, new_anchor)
            found.add(cursor, new_cursor, head)
            gap = (cursor + head, anchor - tail, new_cursor + head, new_anchor - tail)
            _call(old, new, gap, found, dear=True)
            found.add(anchor - tail, new_anchor - tail, tail)
        if anchor < high:
            found.add(anchor, new_anchor, 1)
        cursor, new_cursor = anchor + 1, new_anchor + 1


def _call(
    old: Sequence[str],
    new: Sequence[str],
    span: tuple[int, int, int, int],
    found: _Found,
    *,
    dear: bool,
    counts: _Counts | None = None,
) -> bool:
    """One call of libgit2 for one span. Without `dear`, False when only the plain algorithm is affordable."""
    budget = found.budget
    low, high, new_low, new_high = span
    if low >= high or new_low >= new_high:
        return True
    left, right = old[low:high], new[new_low:new_high]
    shared = counts[0].keys() & counts[1].keys() if counts else set(left).intersection(right)
    if not shared:
        return True
    steps, repeated, plain = _cost(left, right, shared, counts)
    patient = steps <= min(PATIENCE_STEPS_PER_CALL, budget.patience)
    if patient and repeated <= min(PLAIN_ITEMS_PER_CALL, budget.plain) and budget.calls:
        budget.patience -= steps
        budget.plain -= repeated
        flag = DiffOption.PATIENCE
    elif not dear:
        return False
    elif plain <= min(PLAIN_ITEMS_PER_CALL, budget.plain) and budget.calls:
        budget.plain -= plain
        flag = DiffOption.NORMAL
    else:
        found.coarse = True
        return True
    budget.calls -= 1
    for a, b, size in _equal_runs(left, right, flag):
        found.add(low + a, new_low + b, size)
    return True


def _cost(left: Sequence[str], right: Sequence[str], shared: Set[str], known: _Counts | None) -> tuple[int, int, int]:
    """Upper bounds: steps of patience; items it leaves to the plain algorithm; items of the plain one alone.

    Each level of patience needs a line that was repeated one level above, so there are at most as many levels
    as repeated shared lines. Where no line is unique, it calls the plain algorithm itself.
    """
    size = len(left) + len(right)
    if size <= 64:
        return size * min(len(shared), size), size, size
    counts, new_counts = known or (Counter(left), Counter(right))
    repeated = left_over = matching = 0
    for line in shared:
        here, there = counts[line], new_counts[line]
        matching += here + there
        if here > 1 or there > 1:
            repeated += 1
            left_over += here + there
    return size * (repeated + 1), left_over, matching


def _equal_runs(left: Sequence[str], right: Sequence[str], flag: DiffOption) -> Iterator[tuple[int, int, int]]:
    patch = Patch.create_from(
        "".join(left).encode("utf-8", "surrogatepass"),
        "".join(right).encode("utf-8", "surrogatepass"),
        flag=flag | DiffOption.FORCE_TEXT,
        context_lines=0,
    )
    a = b = 0
    for hunk in patch.hunks:
        # With no line on a side, its start names the line before.
        start = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
        yield a, b, start - a
        a, b = start + hunk.old_lines, b + (start - a) + hunk.new_lines
    yield a, b, len(left) - a


def _anchors(
    old: Sequence[str], new: Sequence[str], span: tuple[int, int, int, int], counts: _Counts
) -> list[tuple[int, int]]:
    """The longest rising chain of lines that are unique on both sides of the span."""
    low, high, new_low, new_high = span
    once = {line for line, count in counts[0].items() if count == 1 and counts[1].get(line) == 1}
    if not once:
        return []
    new_places = {new[place]: place for place in range(new_low, new_high) if new[place] in once}
    pairs = [(place, new_places[old[place]]) for place in range(low, high) if old[place] in once]
    return [pairs[index] for index in longest_rising([new_place for _, new_place in pairs])]


def longest_rising(numbers: Sequence[int]) -> list[int]:
    """Indexes of a longest strictly rising chain, in order. Takes n * log n."""
    ends: list[int] = []
    holders: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        at = len(ends) if not ends or number > ends[-1] else bisect_left(ends, number)
        before.append(holders[at - 1] if at else -1)
        if at == len(ends):
            ends.append(number)
            holders.append(index)
        else:
            ends[at], holders[at] = number, index
    chain: list[int] = []
    index = holders[-1] if holders else -1
    while index >= 0:
        chain.append(index)
        index = before[index]
    return chain[::-1]


def _common_ends(
    old: Sequence[str], new: Sequence[str], low: int, high: int, new_low: int, new_high: int
) -> tuple[int, int]:
    """How many items are equal at the start and, behind that, at the end of the two ranges."""
    most = min(high - low, new_high - new_low)
    head = 0
    while head < most and old[low + head] == new[new_low + head]:
        head += 1
    tail = 0
    while tail < most - head and old[high - 1 - tail] == new[new_high - 1 - tail]:
        tail += 1
    return head, tail


def gaps(blocks: Sequence[Block], old_size: int, new_size: int) -> Iterator[tuple[int, int, int, int]]:
    """Between equal runs: (old start, old end, new start, new end), none empty on both sides."""
    edges = [Block(0, 0, 0), *blocks, Block(old_size, new_size, 0)]
    for before, after in pairwise(edges):
        gap = (before.old + before.size, after.old, before.new + before.size, after.new)
        if gap[0] < gap[1] or gap[2] < gap[3]:
            yield gap
