"""The lifecycle of one agent as a small model: what should happen, without a database.

Each method answers what the verb should: `ok`, or the code of the refusal. Texts stand for configurations,
numbers for versions, and a counter for time.
"""

from dataclasses import dataclass, field

CANDIDATE = {"staging", "ready", "changes_requested"}


@dataclass
class ModelVersion:
    """A version: its text, what it was cut on, and how far it is approved."""

    text: str
    base: int | None
    state: str = "development"
    was_last_marked_ready: bool = False


@dataclass
class ModelPin:
    """What an environment serves, since when, and whether that was a step back."""

    number: int
    at: int
    went_back: bool


@dataclass
class Lifecycle:
    """One agent with a draft, its versions, two environments and the holds."""

    draft: str = "a"
    base: int | None = None
    based_at: int = 0
    now: int = 0
    versions: dict[int, ModelVersion] = field(default_factory=dict)
    pins: dict[str, ModelPin] = field(default_factory=dict)
    held: set[int] = field(default_factory=set)
    was_live: set[int] = field(default_factory=set)

    def save(self, text: str) -> str:
        self.draft = text
        return "ok"

    def publish(self) -> str:
        latest, pin = max(self.versions, default=0), self.pins.get("staging")
        for number in [pin.number if pin else 0, latest]:
            if number and self.versions[number].text == self.draft:
                return self.promote(number)
        if self._is_behind():
            return "stale_base"
        if self._is_held(self.draft):
            return "on_hold"
        number = latest + 1
        self.versions[number] = ModelVersion(self.draft, self.base)
        self.base, self.based_at = number, self._tick()
        return self.promote(number)

    def promote(self, number: int) -> str:
        version, pin = self.versions[number], self.pins.get("staging")
        if pin and pin.number == number and version.state not in {"superseded", "rolled_back"}:
            return "unchanged"
        if self._is_held(version.text):
            return "on_hold"
        self._move("staging", number)
        if version.state in {"development", "superseded"}:
            version.state = "staging"
        return "ok"

    def mark_ready(self, number: int) -> str:
        if self.versions[number].state != "staging":
            return "illegal_transition"
        self._decide(number, "ready")
        self.versions[number].was_last_marked_ready = True
        return "ok"

    def request_changes(self, number: int) -> str:
        return self._step(number, "staging", "changes_requested")

    def withdraw(self, number: int) -> str:
        return self._step(number, "changes_requested", "staging")

    def revoke(self, number: int) -> str:
        return self._step(number, "ready", "staging")

    def push(self, number: int) -> str:
        version, live, staging = self.versions[number], self.pins.get("production"), self.pins.get("staging")
        if live and live.number == number:
            return "unchanged"
        if self._is_held(version.text):
            return "on_hold"
        if version.state != "ready":
            replaced = staging is not None and staging.number != number
            return "approval_stale" if version.was_last_marked_ready and replaced else "illegal_transition"
        self._move("production", number)
        version.state = "production"
        self.was_live.add(number)
        return "ok"

    def rollback(self, number: int) -> str:
        live = self.pins.get("production")
        if live is None:
            return "environment_unpinned"
        if self.versions[live.number].text == self.versions[number].text:
            return "unchanged"
        if self._is_held(self.versions[number].text):
            return "on_hold"
        if number not in self.was_live:
            return "illegal_transition"
        former = live.number
        self.held.add(former)
        self.versions[former].state = "rolled_back"
        self._move("production", number)
        self.versions[number].state = "production"
        return "ok"

    def lift(self, number: int) -> str:
        if number not in self.held:
            return "illegal_transition"
        self.held.remove(number)
        self.versions[number].state = "superseded"
        return "ok"

    def fork(self, number: int) -> str:
        self.draft, self.base, self.based_at = self.versions[number].text, number, self._tick()
        return "ok"

    def discard(self) -> str:
        return self.fork(max(self.versions)) if self.versions else "conflict"

    def merge_theirs(self, number: int) -> str:
        base = self.versions[self.base].text if self.base else None
        theirs = self.versions[number].text
        if theirs != base:
            self.draft = theirs
        self.base, self.based_at = number, self._tick()
        return "ok"

    def _tick(self) -> int:
        self.now += 1
        return self.now

    def _step(self, number: int, source: str, target: str) -> str:
        if self.versions[number].state != source:
            return "illegal_transition"
        self._decide(number, target)
        return "ok"

    def _decide(self, number: int, state: str) -> None:
        self.versions[number].state = state
        self.versions[number].was_last_marked_ready = False

    def _move(self, environment: str, number: int) -> None:
        former = self.pins.get(environment)
        went_back = former is not None and former.number > number
        self.pins[environment] = ModelPin(number, self._tick(), went_back)
        if former is None or former.number == number:
            return
        left = self.versions[former.number]
        if left.state in (CANDIDATE if environment == "staging" else {"production"}):
            left.state = "superseded"

    def _is_held(self, text: str) -> bool:
        return any(self.versions[number].text == text for number in self.held)

    def _is_behind(self) -> bool:
        known, number = set(), self.base
        while number is not None:
            known.add(number)
            number = self.versions[number].base
        moved = [pin for pin in self.pins.values() if pin.at > self.based_at]
        return any(pin.went_back or pin.number not in known for pin in moved)
