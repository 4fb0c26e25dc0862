"""A receiver in a bad mood: it fails a part of the calls at random, some messages always, and keeps account."""

import base64
import hashlib
import hmac
import random
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from tests.webhooks.receiving import Answer, Got, Handler, raw, status

FAILURES: tuple[Answer, ...] = (status(500, b"No"), status(503), status(302, Location="/elsewhere"), raw(b""))
POISON = 199  # one message of so many is never taken


@dataclass
class Moody:
    """What it did, by path of the webhook. A call counts as taken once it is to be answered 2xx."""

    dice: random.Random
    failing: float = 0.3
    taken: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    at_once: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    most_at_once: int = 0
    oldest: float = 0.0  # seconds between a signature's time and its arrival, at most
    failed: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, handler: Handler) -> None:
        """Answer one call."""
        path, name = handler.path, handler.headers["webhook-id"]
        with self._lock:
            self.at_once[path] += 1
            self.most_at_once = max(self.most_at_once, self.at_once[path])
            self.oldest = max(self.oldest, abs(time.time() - int(handler.headers["webhook-timestamp"])))
            fails = is_poison(name) or self.dice.random() < self.failing
            answer = self.dice.choice(FAILURES) if fails else status(204)
            self.failed += fails
            if not fails:
                self.taken[path][name] += 1
        try:
            answer(handler)
        finally:
            with self._lock:
                self.at_once[path] -= 1

    def count(self) -> int:
        """How many messages were taken by now."""
        with self._lock:
            return sum(len(names) for names in self.taken.values())


def is_poison(name: str) -> bool:
    """Whether the receiver never takes this message, whoever brings it and however often."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % POISON == 0


def is_signed(got: Got, secret: str) -> bool:
    """As the standard has it, without any code of the console."""
    signed = f"{got.id}.{got.headers['webhook-timestamp']}.".encode() + got.body
    made = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}" in got.headers["webhook-signature"].split()
