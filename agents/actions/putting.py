"""The verb of configuration as code: an agent becomes what a document says."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from agents import policies
from agents.actions.drafts import save_config
from agents.actions.making import checked_agent_name, checked_labels, make_agent, maker, save_agent
from agents.locks import draft_of, lock_agent
from agents.models import Agent
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.models import Organization
from console.organizations.policies import require
from console.organizations.texts import checked_text


@verb("agent.put")
def put_agent(
    organization: Organization, *, actor: Actor, slug: str, document: Mapping[str, Any], source: str
) -> tuple[Agent, bool]:
    """Create the agent with this slug from a document, or make name, labels and draft equal to it.

    Returns the agent and whether it is new. The same document again changes nothing and records nothing.
    A part that the document leaves out of its metadata stays as it is.
    """
    organization = Organization.objects.steady(organization)
    visible = Agent.objects.visible_to(maker(actor), organization)
    known = visible.filter(slug=slug).first()
    if known is None:
        return _create(organization, actor, slug, document, source), True
    return _update(known, actor, document, source), False


def _create(organization: Organization, actor: Actor, slug: str, document: Mapping[str, Any], source: str) -> Agent:
    require(actor, "create_agent", organization)
    metadata = document.get("metadata", {})
    agent = make_agent(
        organization,
        actor,
        slug,
        metadata.get("name") or slug,
        metadata.get("description", ""),
        metadata.get("labels", {}),
        document.get("spec", {}),
        (_("From %(source)s") % {"source": source})[:100],
    )
    data = {"slug": slug, "source": source, "created": True}
    record("agent.put", agent.audit_target(), actor=actor, after=agent.draft.manifest.digest, data=data)
    return agent


def _update(agent: Agent, actor: Actor, document: Mapping[str, Any], source: str) -> Agent:
    locked = lock_agent(agent)
    policies.require(actor, "edit_draft", locked)
    metadata, draft = document.get("metadata", {}), draft_of(locked)
    before, before_names = draft.manifest.digest, (locked.name, locked.description, locked.labels)
    locked.name = checked_agent_name(metadata.get("name") or locked.name)
    locked.description = checked_text(metadata.get("description", locked.description), "description")
    locked.labels = checked_labels(metadata.get("labels", locked.labels))
    renamed = (locked.name, locked.description, locked.labels) != before_names
    if renamed:
        save_agent(locked, actor, ["name", "description", "labels"])
    save_config(locked, draft, actor, document.get("spec", {}), _("From %(source)s") % {"source": source})
    if renamed:
        data = {"slug": locked.slug, "source": source, "created": False}
        record("agent.put", locked.audit_target(), actor=actor, before=before, after=draft.manifest.digest, data=data)
    return locked
