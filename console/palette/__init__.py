"""Find and act: what the palette and the search page answer to a few words (ux.md 2.0)."""

from console.palette.answering import Group, answer
from console.palette.entries import Entry
from console.palette.question import Question

__all__ = ["Entry", "Group", "Question", "answer"]
