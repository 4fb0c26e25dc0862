"""What the verbs read again under the agent's lock, and the freshness of what their caller saw."""

from agents.models import Agent, Version
from console.organizations.actor import Actor
from console.organizations.errors import NotFound, Stale
from console.organizations.models import User
from environments.errors import EnvironmentUnpinned
from environments.models import Environment, Pin
from environments.moves import current_pin
from environments.pipeline import environment_named

NOTHING = 0  # `expected_live` of a caller who saw that the environment serves nothing


def version_of(agent: Agent, number: int) -> Version:
    """A version of the locked agent with its release, or `NotFound`."""
    version = (
        Version.objects.select_related("release", "agent__organization").filter(agent=agent, number=number).first()
    )
    if version is None:
        raise NotFound(f"There is no v{number} of {agent.name}.")
    return version


def environment_of(agent: Agent, slug: str) -> Environment:
    """An environment of the agent's organization by slug, or `NotFound`; never another one instead (R4)."""
    environment = environment_named(agent.organization, slug)
    if environment is None:
        raise NotFound(f"There is no environment {slug}.")
    return environment


def pin_of(agent: Agent, environment: Environment) -> Pin:
    """What the environment serves, or `EnvironmentUnpinned`."""
    pin = current_pin(agent, environment)
    if pin is None:
        raise EnvironmentUnpinned(f"{environment.name} serves nothing of {agent.name}.", environment=environment.slug)
    return pin


def person(actor: Actor) -> User:
    """The person behind the verb; releases are moved by people only."""
    if actor.user is None:
        raise LookupError("only people move releases")
    return actor.user


def require_digest(version: Version, expected: str | None) -> None:
    """The caller saw this content, or `Stale` (412); no expectation passes."""
    if expected is not None and expected != version.digest:
        raise Stale(
            f"v{version.number} is not what you reviewed: its digest is {version.digest[:7]}."
            " Nothing was changed. Review it again.",
            etag=version.digest,
        )


def require_live(agent: Agent, environment: Environment, expected: int | None) -> None:
    """The environment still serves what the caller compared with, or `Stale` naming who moved it (T7, T8)."""
    if expected is None:
        return
    pin = current_pin(agent, environment)
    live = pin.version.number if pin else NOTHING
    if live == expected:
        return
    seen = f"v{expected}" if expected else "nothing"
    now = f"v{live}, by {pin.deployment.by.name} at {pin.deployment.at:%H:%M:%S} UTC" if pin else "nothing"
    raise Stale(
        f"{environment.name} served {seen} when this page was opened and now serves {now}."
        " Nothing was changed. Look at the new comparison and decide again.",
        current_version=live or None,
        environment=environment.slug,
    )
