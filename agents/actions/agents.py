"""Verbs that make and name agents."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from agents import policies
from agents.canonical import canonical
from agents.contents import store
from agents.errors import DraftUnchanged
from agents.locks import lock_agent
from agents.models import Agent, Draft
from agents.names import name_fault, pointer
from agents.parts import digest, split
from agents.schema import validate
from audit.clock import database_time
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import ContentError, Invalid, SlugTaken, Stale
from console.organizations.models import SLUG, Organization, User
from console.organizations.policies import require
from console.organizations.texts import checked_text
from console.organizations.tracking import credit

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
    agent = _make(organization, actor, slug, name, description, labels or {}, config or {}, "Created")
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
    agent = _make(organization, actor, slug, name, description, labels, config, f"Imported from {source}"[:100])
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
        raise Stale("Somebody changed the name, description or labels meanwhile. Nothing was saved; your text is kept.")
    before = {"name": locked.name, "description": locked.description, "labels": locked.labels}
    locked.name, locked.description = _checked_name(name), checked_text(description, "description")
    locked.labels = _checked_labels(labels)
    after = {"name": locked.name, "description": locked.description, "labels": locked.labels}
    if before == after:
        raise DraftUnchanged("Name, description and labels are these already. Nothing was changed.")
    _save(locked, actor, ["name", "description", "labels"])
    record("agent.changed", locked.audit_target(), actor=actor, data={"before": before, "after": after})
    return locked


@verb("agent.unarchived")
def unarchive_agent(agent: Agent, *, actor: Actor) -> Agent:
    """Bring an archived agent back as it was."""
    locked = lock_agent(agent, archived_too=True)
    policies.require(actor, "archive_agent", locked)
    if locked.archived_at is None:
        raise DraftUnchanged(f"{locked.name} is not archived. Nothing was changed.")
    locked.archived_at = None
    _save(locked, actor, ["archived_at"])
    record("agent.unarchived", locked.audit_target(), actor=actor)
    return locked


def agent_token(agent: Agent) -> str:
    """What a writer of name, description and labels must have seen."""
    return digest(canonical([agent.name, agent.description, agent.labels]))


def _make(
    organization: Organization,
    actor: Actor,
    slug: str,
    name: str,
    description: str,
    labels: Mapping[str, str],
    config: Mapping[str, Any],
    reason: str,
) -> Agent:
    validate(config)
    contents = store(organization, split(config))
    person, now = _person(actor), database_time()
    agent = Agent(
        organization=organization,
        slug=_checked_slug(slug),
        name=_checked_name(name),
        description=checked_text(description, "description"),
        labels=_checked_labels(labels),
        created_by=person,
        created_at=now,
    )
    try:
        with transaction.atomic():
            _save(agent, actor)
    except IntegrityError:
        raise SlugTaken(f"An agent named {slug} exists already. Choose another name. Nothing was changed.") from None
    draft = Draft(
        agent=agent,
        organization=organization,
        manifest=contents.manifest,
        layout=contents.layout,
        based_at=now,
        contributors=[person.pk],
        updated_at=now,
        updated_by=person,
    )
    credit(draft, by=person, reason=reason, at=now)
    draft.save(force_insert=True)
    return agent


def _save(agent: Agent, actor: Actor, fields: list[str] | None = None) -> None:
    credit(agent, by=actor.user)
    agent.save(update_fields=fields, force_insert=fields is None)


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise LookupError("only people make agents")
    return actor.user


def _checked_slug(slug: str) -> str:
    try:
        SLUG(slug)
    except ValidationError as error:
        message = error.messages[0]
        raise Invalid(f"{message} Nothing was changed.", [ContentError("/slug", message)]) from None
    return slug


def _checked_name(name: str) -> str:
    fault = name_fault(name.strip())
    if fault:
        raise Invalid(f"The name {fault}. Nothing was changed.", [ContentError("/name", fault)])
    return name.strip()


def _checked_labels(labels: Mapping[str, str]) -> dict[str, str]:
    if len(labels) > LABELS:
        raise Invalid("Too many labels.", [ContentError("/labels", f"At most {LABELS} labels.")])
    checked = {}
    for key, value in labels.items():
        fault = name_fault(key) or (name_fault(value) if value else None)
        if fault:
            raise Invalid(f"A label {fault}. Nothing was changed.", [ContentError(pointer("labels", key), fault)])
        checked[key] = value
    return checked
