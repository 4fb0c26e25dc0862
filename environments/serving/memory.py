"""What a web process remembers: keys with what they may read, and bytes under what never changes.

What a key is served hangs on its `Known`; a `Pointer` says which bytes. The listener drops pointers and keys
when something they rest on has changed; bytes need no dropping, because they are named by their content.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter
from threading import Lock

from environments.serving.answers import Ready, Served

MOST_POINTERS = 200_000
KEPT_SHARE = 0.8  # of the room, after bytes had to go

Asked = tuple[str, str]  # path and query as they were sent


@dataclass(slots=True, eq=False)
class Pointer:
    """Which bytes a key is served at an address; without `ready` it has to be looked up again."""

    ready: Ready | None
    last: Ready  # what was served last: its content is not read again when it still is that

    @property
    def known(self) -> str:
        """The digest of content that is still in memory, or nothing."""
        return self.last.served.digest if self.last.plain else ""


@dataclass(slots=True, eq=False)
class Known:
    """A key that was looked up: whose it is, until when it is good by the monotonic clock, what it is served.

    `rights` are those on the whole organization, `allowed` is what the key leaves of a grant on one agent.
    """

    id: str
    owner: str
    organization: str
    good_until: float
    allowed: frozenset[str]
    rights: frozenset[str]
    limited_to: list[str]
    pointers: dict[Asked, Pointer] = field(default_factory=dict)


class Memory:
    """The memory of one process; readers take no lock, writers one.

    `changes` counts what was forgotten: a lookup that began before a change must not be kept after it.
    """

    def __init__(self, room: int) -> None:
        self.room = room  # bytes
        self.keys: dict[bytes, Known] = {}
        self.changes = 0
        self._lock = Lock()
        self._agents: dict[str, list[Pointer]] = {}
        self._bytes: dict[Served, Ready] = {}
        self._taken = 0
        self._pointers = 0

    def kept(self, served: Served) -> Ready | None:
        """The bytes under this name, when they are in memory."""
        return self._bytes.get(served)

    def keep_bytes(self, found: Ready) -> None:
        """Keep bytes that fit; those that nobody has asked for the longest make room."""
        with self._lock:
            if found.size > self.room:
                return
            former = self._bytes.get(found.served)
            self._taken += found.size - (former.size if former else 0)
            self._bytes[found.served] = found
            if self._taken > self.room:
                self._make_room()

    def keep(self, key_digest: bytes, key: Known, agent_id: str, asked: Asked, found: Ready, changes: int) -> None:
        """Remember a key and what it is served, unless something has changed since `changes` was read."""
        with self._lock:
            if changes != self.changes:
                return
            if self._pointers >= MOST_POINTERS:
                self._forget()
            known = self.keys.setdefault(key_digest, key)
            if self._bytes.get(found.served) is not found:
                return  # there is no room for it
            pointer = Pointer(found, found)
            known.pointers[asked] = pointer
            self._agents.setdefault(agent_id, []).append(pointer)
            self._pointers += 1

    def hear(self, announcement: str) -> None:
        """Forget what rests on the thing that has changed; everything, when the word is not known."""
        word, _, name = announcement.partition(" ")
        with self._lock:
            self.changes += 1
            if word == "agent":
                for pointer in self._agents.pop(name, ()):
                    pointer.ready = None
                    self._pointers -= 1
            elif word in {"key", "owner", "organization"}:
                field_of = attrgetter("id" if word == "key" else word)
                self._drop([digest for digest, known in self.keys.items() if field_of(known) == name])
            else:
                self._forget()

    def forget(self) -> None:
        """Start anew; only bytes stay, which nothing can make wrong."""
        with self._lock:
            self.changes += 1
            self._forget()

    def _make_room(self) -> None:
        for one in sorted(self._bytes.values(), key=attrgetter("used")):
            if self._taken <= KEPT_SHARE * self.room:
                return
            del self._bytes[one.served]
            self._taken -= one.size
            one.plain = one.packed = None  # pointers still know it: they find it empty

    def _forget(self) -> None:
        self._drop(list(self.keys))
        self._agents.clear()
        self._pointers = 0

    def _drop(self, digests: Iterable[bytes]) -> None:
        for digest in digests:
            known = self.keys.pop(digest)
            known.good_until = 0.0  # for a thread that has it in hand
            for pointer in known.pointers.values():
                pointer.ready = None
