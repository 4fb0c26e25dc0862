"""A push past failing gates before it happens: what would be passed over, and what stands all the same."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from agents.models import Agent
from environments.available import ASKED_ON_THE_PAGE, address
from environments.gates import BREAKABLE
from environments.reviewing import Review


@dataclass(frozen=True)
class Emergency:
    """The lines of the checklist that do not pass, by whether an Org Admin may pass them over."""

    passed_over: list[dict[str, Any]]
    standing: list[dict[str, Any]]
    is_served: bool = False

    @property
    def is_possible(self) -> bool:
        """Whether there is something to pass over, and nothing else in the way but a fresh sign-in."""
        if self.is_served:
            return False
        over = [line for line in self.passed_over if line["rule"] not in ASKED_ON_THE_PAGE]
        return bool(over) and all(line["rule"] in ASKED_ON_THE_PAGE for line in self.standing)


def emergency_of(review: Review) -> Emergency:
    """What a push past the gates of this move would mean."""
    failing = [line for line in review.gates if line["state"] != "pass"]
    return Emergency(
        passed_over=[line for line in failing if line["rule"] in BREAKABLE],
        standing=[line for line in failing if line["rule"] not in BREAKABLE],
        is_served=review.version is not None and review.seen_live == review.version.number,
    )


def emergency_address(agent: Agent, review: Review | None, rights: Collection[str]) -> str:
    """Where this person can go past the gates that fail; empty where they may not or nothing fails."""
    if review is None or review.version is None or not {"break_glass", "push_to_production"} <= set(rights):
        return ""
    if not review.target.is_production or not emergency_of(review).is_possible:
        return ""
    asked = {"version": review.version.number, "environment": review.target.slug}
    return f"{address(agent, 'break-glass')}?{urlencode(asked)}"
