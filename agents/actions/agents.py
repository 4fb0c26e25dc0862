"""Verbs that make and name agents."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from agents import policies
from agents.actions.making import checked_agent_name, checked_labels, make_agent, save_agent
from agents.canonical import canonical
from agents.errors import DraftUnchanged
from agents.locks import lock_agent
from agents.models import Agent
from agents.parts import digest
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import Stale
from console.organizations.models import Organization
from console.organizations.policies import require
from console.organizations.texts import checked_text

LABELS = 50


@verb("agent.created")
def create_agent(
    organization: Organization,
    *,
    actor: Actor,
    slug: str,
    name: str,
    description: str = "",
    labels: Mapping[str, str] | None = None,
    config: Mapping[str, Any] | None = None,
) -> Agent:
    """Make an agent with its draft. It is in Development: QA does not see it yet.

    Refuses an unusable slug or name (`Invalid`), a taken slug (`SlugTaken`) and an invalid configuration.
    """
    organization = Organization.objects.steady(organization)
    require(actor, "create_agent", organization)
    agent = make_agent(organization, actor, slug, name, description, labels or {}, config or {}, "Created")
    record(
        "agent.created",
        agent.audit_target(),
        actor=actor,
        after=agent.draft.manifest.digest,
        data={"slug": slug},
    )
    return agent


@verb("agent.imported")
def import_agent(
    organization: Organization,
    *,
    actor: Actor,
    slug: str,
    document: Mapping[str, Any],
    source: str,
) -> Agent:
    """Make an agent from a standalone document; `source` says what it was (a file name, a vendor).

    It enters Development only: approvals and pins are never imported (T56).
    """
    organization = Organization.objects.steady(organization)
    require(actor, "create_agent", organization)
    metadata = document.get("metadata", {})
    name, description = metadata.get("name") or slug, metadata.get("description", "")
    labels, config = metadata.get("labels", {}), document.get("spec", {})
    agent = make_agent(
        organization,
        actor,
        slug,
        name,
        description,
        labels,
        config,
        (_("Imported from %(source)s") % {"source": source})[:100],
    )
    record(
        "agent.imported",
        agent.audit_target(),
        actor=actor,
        after=agent.draft.manifest.digest,
        data={"slug": slug, "source": source},
    )
    return agent


@verb("agent.changed")
def change_agent(
    agent: Agent, *, actor: Actor, name: str, description: str, labels: Mapping[str, str], token: str | None = None
) -> Agent:
    """Rename or relabel an agent; the slug stays, because programs use it.

    `token`, when given, is what the writer had seen (`agent_token`), else `Stale`.
    """
    locked = lock_agent(agent)
    policies.require(actor, "edit_draft", locked)
    if token is not None and token != agent_token(locked):
        raise Stale(
            _("Somebody changed the name, description or labels meanwhile. Nothing was saved; your text is kept.")
        )
    before = {"name": locked.name, "description": locked.description, "labels": locked.labels}
    locked.name, locked.description = checked_agent_name(name), checked_text(description, "description")
    locked.labels = checked_labels(labels)
    after = {"name": locked.name, "description": locked.description, "labels": locked.labels}
    if before == after:
        raise DraftUnchanged(_("Name, description and labels are these already. Nothing was changed."))
    save_agent(locked, actor, ["name", "description", "labels"])
    record("agent.changed", locked.audit_target(), actor=actor, data={"before": before, "after": after})
    return locked


@verb("agent.unarchived")
def unarchive_agent(agent: Agent, *, actor: Actor) -> Agent:
    """Bring an archived agent back as it was."""
    locked = lock_agent(agent, archived_too=True)
    policies.require(actor, "archive_agent", locked)
    if locked.archived_at is None:
        raise DraftUnchanged(_("%(locked)s is not archived. Nothing was changed.") % {"locked": locked.name})
    locked.archived_at = None
    save_agent(locked, actor, ["archived_at"])
    record("agent.unarchived", locked.audit_target(), actor=actor)
    return locked


def agent_token(agent: Agent) -> str:
    """What a writer of name, description and labels must have seen."""
    return digest(canonical([agent.name, agent.description, agent.labels]))
