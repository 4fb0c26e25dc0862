"""What somebody typed: words, and the number of a version when one of them is one."""

import re
from dataclasses import dataclass
from functools import cached_property

LONGEST = 100  # characters; the rest of a question is not read
WORDS_READ = 8
_VERSION = re.compile(r"v(\d{1,9})\Z")

# Words that speak of an act or a place of an agent, not of its name; the first letters are enough.
ACT_WORDS = frozenset(
    re.findall(
        r"\w+",
        """promote publish push production staging ready approve mark request changes reject withdraw revoke roll
        rollback back revert lift hold archive bring compare difference draft edit versions releases history settings
        open overview""",
    )
)


@dataclass(frozen=True)
class Question:
    """The words of a question, in lower case."""

    text: str

    @cached_property
    def words(self) -> list[str]:
        """Everything typed, without the version."""
        return [word for word in self._all if not _VERSION.match(word)]

    @cached_property
    def version(self) -> int | None:
        """The number in `v18`; the last one when there are several."""
        numbers = [int(hit.group(1)) for word in self._all if (hit := _VERSION.match(word))]
        return numbers[-1] if numbers else None

    @cached_property
    def names(self) -> list[str]:
        """The words that can only be part of a name."""
        return [word for word in self.words if not self._is_act(word)]

    @property
    def is_about_acts(self) -> bool:
        """Whether a word speaks of an act."""
        return len(self.names) < len(self.words)

    def fits(self, *texts: str) -> bool:
        """Whether each word begins a word of these texts, or stands inside one when it is longer than two letters.

        Nothing typed fits everything; a version alone asks for versions only.
        """
        if not self.words:
            return self.version is None
        hay = " ".join(texts).lower()
        begins = set(re.split(r"[\s\-:,.]+", hay))
        return all(
            any(begin.startswith(word) for begin in begins) or (len(word) > 2 and word in hay) for word in self.words
        )

    @cached_property
    def _all(self) -> list[str]:
        return self.text.replace("\0", "")[:LONGEST].lower().split()[:WORDS_READ]

    @staticmethod
    def _is_act(word: str) -> bool:
        return len(word) > 1 and any(act.startswith(word) for act in ACT_WORDS)
