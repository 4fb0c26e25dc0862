"""Who may open which environment and read which version. The questions are those of `agents.policies`."""

from typing import TYPE_CHECKING

from agents.policies import holders_on, may, permissions_on_agent, require
from console.organizations.policies import beyond_key, environments_open_to, holder_of, missing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from console.organizations.actor import Actor
    from environments.models import Environment

__all__ = [
    "beyond_key",
    "can_open",
    "can_read_config",
    "can_read_version",
    "environments_open_to",
    "holder_of",
    "holders_on",
    "may",
    "missing",
    "permissions_on_agent",
    "require",
    "require_everywhere",
    "require_within_key",
]

OPENING = {"development": "view_development", "staging": "view_staging", "production": "view_production"}


def require_within_key(actor: "Actor", *places: "Environment | None") -> None:
    """Let a key act on, and read of, only the environments that it is limited to; people and other keys pass."""
    limit = environments_open_to(actor.user)
    if limit and any(place is not None and place.slug not in limit for place in places):
        raise beyond_key(limit)


def require_everywhere(actor: "Actor") -> None:
    """Refuse what concerns all environments to a key that is limited to some."""
    limit = environments_open_to(actor.user)
    if limit:
        raise beyond_key(limit)


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
