"""Releases told in single steps, by the verbs that tell them anywhere: so a broken rule breaks the set-up.

Each step takes who does it; the agent's slug makes stories of one organization independent.
"""

from agents.actions import create_agent, save_draft
from agents.actions.drafts import draft_token
from agents.models import Agent, Draft, Version
from console.organizations.models import Organization
from environments.actions import mark_ready, publish, push_to_production, request_changes, rollback
from environments.models import Deployment, Pin, Release
from tests.cast import Person
from tests.remembering import remembered


@remembered
def new_agent(organization: Organization, developer: Person, slug: str = "order-desk", prompt: str = "One.") -> Agent:
    """An agent that is only a draft."""
    return create_agent(organization, actor=developer.actor(), slug=slug, name=slug.title(), config={"prompt": prompt})


@remembered
def write(agent: Agent, developer: Person, prompt: str) -> Draft:
    """Another prompt in the draft."""
    draft = Draft.objects.select_related("manifest", "layout").get(agent=agent)
    return save_draft(agent, actor=developer.actor(), config={"prompt": prompt}, token=draft_token(draft))


@remembered
def to_staging(agent: Agent, developer: Person, prompt: str) -> Version:
    """The prompt as the next version in Staging."""
    write(agent, developer, prompt)
    return publish(agent, actor=developer.actor(), description=prompt).version


@remembered
def to_ready(agent: Agent, developer: Person, tester: Person, prompt: str) -> Version:
    """The prompt as a version that QA marked ready."""
    version = to_staging(agent, developer, prompt)
    mark_ready(agent, actor=tester.actor(), number=version.number)
    return version


@remembered
def to_live(agent: Agent, developer: Person, tester: Person, admin: Person, prompt: str) -> Version:
    """The prompt as the version that Production serves."""
    version = to_ready(agent, developer, tester, prompt)
    push_to_production(agent, actor=admin.actor(), number=version.number)
    return version


@remembered
def version_in(
    state: str, organization: Organization, *, developer: Person, tester: Person, admin: Person, slug: str = "agent"
) -> tuple[Agent, Version]:
    """A fresh agent with a version in exactly this state."""
    agent = new_agent(organization, developer, slug=slug.replace("_", "-"))
    if state == Release.State.STAGING:
        return agent, to_staging(agent, developer, "v1")
    if state == Release.State.CHANGES_REQUESTED:
        version = to_staging(agent, developer, "v1")
        request_changes(agent, actor=tester.actor(), number=version.number, reason="Too long")
        return agent, version
    if state == Release.State.READY:
        return agent, to_ready(agent, developer, tester, "v1")
    first = to_live(agent, developer, tester, admin, "v1")
    if state == Release.State.PRODUCTION:
        return agent, first
    second = to_live(agent, developer, tester, admin, "v2")
    if state == Release.State.SUPERSEDED:
        return agent, first
    rollback(agent, actor=admin.actor(), environment="production", number=first.number, reason="Wrong answers")
    assert state == Release.State.ROLLED_BACK
    return agent, second


def state_of(version: Version) -> str:
    """The state in the database, not the one in memory."""
    return str(Release.objects.get(version=version).state)


def served(agent: Agent) -> dict[str, int]:
    """Environment slug -> number of the version it serves."""
    pins = Pin.objects.filter(agent=agent).select_related("environment", "version")
    return {pin.environment.slug: pin.version.number for pin in pins}


def moves(agent: Agent) -> list[tuple[str, str, int]]:
    """The timeline, oldest first: action, environment, version."""
    rows = Deployment.objects.filter(agent=agent).select_related("environment", "version").order_by("at")
    return [(move.action, move.environment.slug, move.version.number) for move in rows]
