"""Agents in any situation, made by the verbs that make them anywhere: a broken rule breaks the set-up.

Who does a step is always said: `a_live_version(organization, author=dana, tester=quinn, admin=mara)`.
"""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from agents.actions import create_agent, save_draft, save_section
from agents.actions.drafts import draft_token, section_token
from agents.contents import load
from agents.models import Agent, Draft, Version
from console.organizations.compiled import compiled
from console.organizations.ids import new_id
from console.organizations.models import Organization
from environments.actions import mark_ready, publish, push_to_production, request_changes, rollback
from environments.models import Release
from tests.cast import Person
from tests.remembering import remembered

CONFIG: dict[str, Any] = {
    "settings": {
        "language": "en-US",
        "greeting": "Hello, this is the order desk.",
        "model": {"provider": "openai", "name": "gpt-4.1", "temperature": 0.3},
    },
    "prompt": "You answer questions about orders.\nBe brief.\nNever promise a refund.\n",
    "tools": {
        "order-lookup": {
            "type": "http",
            "description": "Find an order",
            "method": "GET",
            "endpoint": "https://orders.example/orders",
            "parameters": {"type": "object", "properties": {"order_id": {"type": "string"}}},
        }
    },
    "knowledge": {"returns": {"title": "Returns", "content": "Thirty days.\nWith the receipt.\n"}},
}


@remembered
def an_agent(
    organization: Organization,
    author: Person,
    *,
    slug: str = "order-desk",
    name: str = "Order desk",
    config: dict[str, Any] | None = None,
    labels: dict[str, str] | None = None,
) -> Agent:
    """An agent that is only a draft."""
    return create_agent(
        organization,
        actor=author.actor(),
        slug=slug,
        name=name,
        labels=labels,
        config=CONFIG if config is None else config,
    )


@remembered
def a_small_agent(organization: Organization, author: Person, slug: str = "order-desk", prompt: str = "One.") -> Agent:
    """An agent that is only a draft, and the draft only a prompt."""
    return an_agent(organization, author, slug=slug, name=slug.title(), config={"prompt": prompt})


def draft_of(agent: Agent) -> Draft:
    """The draft as it is now."""
    return _draft_of.get(agent.pk)


@compiled
def _draft_of(agent: UUID) -> QuerySet[Draft]:
    return Draft.objects.filter(agent=agent).select_related("manifest", "layout", "base")


def config_of(agent: Agent) -> dict[str, Any]:
    """The draft's configuration."""
    draft = draft_of(agent)
    return load(draft.manifest, draft.layout)


@remembered
def edited(agent: Agent, author: Person, prompt: str) -> Draft:
    """The draft with another prompt."""
    token = section_token(draft_of(agent), "prompt")
    return save_section(agent, actor=author.actor(), path="prompt", value=prompt, token=token)


@remembered
def rewritten(agent: Agent, author: Person, config: dict[str, Any]) -> Draft:
    """The draft with another configuration."""
    return save_draft(agent, actor=author.actor(), config=config, token=draft_token(draft_of(agent)))


@remembered
def published(agent: Agent, author: Person, prompt: str = "", description: str = "") -> Version:
    """The draft, with this prompt if one is given, as a version that Staging serves."""
    if prompt:
        edited(agent, author, prompt)
    words = description or prompt.partition("\n")[0] or "A change"
    return publish(agent, actor=author.actor(), description=words).version


@remembered
def approved(agent: Agent, author: Person, tester: Person, prompt: str = "") -> Version:
    """A version that QA marked ready."""
    version = published(agent, author, prompt)
    mark_ready(agent, actor=tester.actor(), number=version.number, note="Tested the order flow")
    return version


@remembered
def pushed(agent: Agent, author: Person, tester: Person, admin: Person, prompt: str = "") -> Version:
    """A version that Production serves."""
    version = approved(agent, author, tester, prompt)
    push_to_production(agent, actor=admin.actor(), number=version.number, ticket="OPS-1")
    return version


@remembered
def a_candidate(organization: Organization, *, author: Person, **agent: Any) -> Agent:
    """v1 waits for QA."""
    made = an_agent(organization, author, **agent)
    published(made, author)
    return made


@remembered
def an_agent_sent_back(organization: Organization, *, author: Person, tester: Person, **agent: Any) -> Agent:
    """QA requested changes to v1."""
    made = a_candidate(organization, author=author, **agent)
    request_changes(made, actor=tester.actor(), number=1, reason="It promises refunds")
    return made


@remembered
def a_ready_version(organization: Organization, *, author: Person, tester: Person, **agent: Any) -> Agent:
    """v1 is ready for Production."""
    made = an_agent(organization, author, **agent)
    approved(made, author, tester)
    return made


@remembered
def a_live_version(organization: Organization, *, author: Person, tester: Person, admin: Person, **agent: Any) -> Agent:
    """v1 is live."""
    made = an_agent(organization, author, **agent)
    pushed(made, author, tester, admin)
    return made


@remembered
def two_live_versions(
    organization: Organization, *, author: Person, tester: Person, admin: Person, **agent: Any
) -> Agent:
    """v2 is live and v1 was."""
    made = a_live_version(organization, author=author, tester=tester, admin=admin, **agent)
    pushed(made, author, tester, admin, "You answer questions about orders.\nBe kind.\n")
    return made


@remembered
def a_rolled_back_version(
    organization: Organization, *, author: Person, tester: Person, admin: Person, **agent: Any
) -> Agent:
    """v1 is live again and v2 is on hold."""
    made = two_live_versions(organization, author=author, tester=tester, admin=admin, **agent)
    rollback(made, actor=admin.actor(), environment="production", number=1, reason="Wrong answers about refunds")
    return made


def copies(agent: Agent, slugs: list[str]) -> None:
    """More agents with the same draft; made in bulk, because only their number matters."""
    draft = draft_of(agent)
    for slug in slugs:
        copy = Agent(organization=agent.organization, slug=slug, name=slug, created_by=agent.created_by)
        copy.save_without_historical_record()  # type: ignore[attr-defined]  # simple-history has no types
        draft.pk = copy.pk
        draft.agent = copy
        draft._state.adding = True
        draft.base = None
        draft.save_without_historical_record()  # type: ignore[attr-defined]  # as above


def more_versions(agent: Agent, how_many: int) -> None:
    """More versions with the content of the first; made in bulk, because only their number matters."""
    first, made = Version.objects.get(agent=agent, number=1), range(2, 2 + how_many)
    for number in made:
        first.pk, first.number, first._state.adding = new_id(), number, True
        first.save()
    versions = Version.objects.filter(agent=agent, number__in=made)
    Release.objects.bulk_create(
        Release(version=version, organization=agent.organization, agent=agent) for version in versions
    )


@remembered
def version_in(
    state: str, organization: Organization, *, developer: Person, tester: Person, admin: Person, slug: str = "agent"
) -> tuple[Agent, Version]:
    """A fresh agent with a version in exactly this state."""
    agent = a_small_agent(organization, developer, slug=slug.replace("_", "-"))
    if state == Release.State.STAGING:
        return agent, published(agent, developer, "v1")
    if state == Release.State.CHANGES_REQUESTED:
        version = published(agent, developer, "v1")
        request_changes(agent, actor=tester.actor(), number=version.number, reason="Too long")
        return agent, version
    if state == Release.State.READY:
        return agent, approved(agent, developer, tester, "v1")
    first = pushed(agent, developer, tester, admin, "v1")
    if state == Release.State.PRODUCTION:
        return agent, first
    second = pushed(agent, developer, tester, admin, "v2")
    if state == Release.State.SUPERSEDED:
        return agent, first
    rollback(agent, actor=admin.actor(), environment="production", number=first.number, reason="Wrong answers")
    assert state == Release.State.ROLLED_BACK
    return agent, second
