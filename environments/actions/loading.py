"""What the verbs read again under the agent's lock, and the freshness of what their caller saw."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import Agent, Version
from console.organizations.actor import Actor
from console.organizations.compiled import compiled
from console.organizations.errors import NotFound, Stale
from console.organizations.models import User
from environments.errors import EnvironmentUnpinned
from environments.facts import UnderLock
from environments.models import Environment, Pin

NOTHING = 0  # `expected_live` of a caller who saw that the environment serves nothing


def version_of(agent: Agent, number: int) -> Version:
    """A version of the locked agent with its release, or `NotFound`."""
    version = _version.first(agent.pk, number)
    if version is None:
        raise NotFound(_("There is no v%(number)s of %(agent)s.") % {"number": number, "agent": agent.name})
    version.agent = agent
    return version


@compiled
def _version(agent: UUID, number: int) -> QuerySet[Version]:
    return Version.objects.select_related("release").filter(agent=agent, number=number)


def environment_of(agent: Agent, slug: str, facts: UnderLock) -> Environment:
    """An environment of the agent's organization by slug, or `NotFound`; never another one instead (R4)."""
    pipeline = facts.pipeline_of(agent.organization)
    environment = next((place for place in pipeline if place.slug == slug), None)
    if environment is None:
        raise NotFound(_("There is no environment %(slug)s.") % {"slug": slug})
    return environment


def pin_of(agent: Agent, environment: Environment, facts: UnderLock) -> Pin:
    """What the environment serves, or `EnvironmentUnpinned`."""
    pin = facts.pin(agent, environment)
    if pin is None:
        raise EnvironmentUnpinned(
            _("%(environment)s serves nothing of %(agent)s.") % {"environment": environment.name, "agent": agent.name},
            environment=environment.slug,
        )
    return pin


def person(actor: Actor) -> User:
    """The person behind the verb; releases are moved by people only."""
    if actor.user is None:
        raise LookupError(_("only people move releases"))
    return actor.user


def require_digest(version: Version, expected: str | None) -> None:
    """The caller saw this content, or `Stale` (412); no expectation passes."""
    if expected is not None and expected != version.digest:
        raise Stale(
            _("v%(version)s is not what you reviewed: its digest is %(digest)s. Nothing was changed. Review it again.")
            % {"version": version.number, "digest": version.digest[:7]},
            etag=version.digest,
        )


def require_live(agent: Agent, environment: Environment, expected: int | None, facts: UnderLock) -> Pin | None:
    """What the environment serves; `Stale`, naming who moved it, when that is not what the caller saw (T7, T8)."""
    pin = facts.pin(agent, environment)
    live = pin.version.number if pin else NOTHING
    if expected is None or live == expected:
        return pin
    seen = f"v{expected}" if expected else "nothing"
    now = (
        _("v%(live)s, by %(by)s at %(at)s UTC")
        % {"live": live, "by": pin.deployment.by.name, "at": f"{pin.deployment.at:%H:%M:%S}"}
        if pin
        else "nothing"
    )
    raise Stale(
        _(
            "%(environment)s served %(seen)s when this page was opened and now serves "
            "%(now)s. Nothing was changed. Look at the new comparison and decide again."
        )
        % {"environment": environment.name, "seen": seen, "now": now},
        current_version=live or None,
        environment=environment.slug,
    )
