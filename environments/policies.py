"""Who may open which environment and read which version. The questions are those of `agents.policies`."""

from typing import TYPE_CHECKING

from agents.policies import holders_on, may, permissions_on_agent, require
from console.organizations.policies import holder_of, missing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from environments.models import Environment

__all__ = [
    "can_open",
    "can_read_config",
    "can_read_version",
    "holder_of",
    "holders_on",
    "may",
    "missing",
    "permissions_on_agent",
    "require",
]

OPENING = {"development": "view_development", "staging": "view_staging", "production": "view_production"}


def can_open(permissions: frozenset[str], environment: "Environment") -> bool:
    """Whether these permissions open an environment: its page, logs and variables."""
    return OPENING[environment.kind] in permissions


def can_read_version(permissions: frozenset[str], served_in: "Iterable[str]") -> bool:
    """Whether these permissions let somebody read a version's content.

    It was cut in Development, so who reads Development reads it; and who may open an environment
    (by kind) in which it is or was pinned (design.md section 3).
    """
    return "view_development" in permissions or any(OPENING[kind] in permissions for kind in served_in)


def can_read_config(
    permissions: frozenset[str], places: "Iterable[Sequence[str]]", limited_to: "Collection[str]" = ()
) -> bool:
    """Whether somebody with these permissions is served a configuration that runs, or ran, in one of these places.

    A place is an environment's slug and kind. A key that is limited to environments (slugs) knows only those.
    """
    return any(
        (not limited_to or slug in limited_to) and not permissions.isdisjoint(("view_development", OPENING[kind]))
        for slug, kind in places
    )
