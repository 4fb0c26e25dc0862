"""Steps that the verbs making and naming agents share; each is called under a verb's lock."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agents.authorship import noted
from agents.contents import store
from agents.models import Agent, Draft
from agents.names import name_fault, pointer
from agents.parts import split
from agents.schema import validate
from agents.soundness import errors_in
from audit.clock import database_time
from console.organizations.actor import Actor
from console.organizations.errors import ContentError, Invalid, SlugTaken
from console.organizations.models import SLUG, Organization, User
from console.organizations.texts import checked_text
from console.organizations.tracking import credit

LABELS = 50


def make_agent(
    organization: Organization,
    actor: Actor,
    slug: str,
    name: str,
    description: str,
    labels: Mapping[str, str],
    config: Mapping[str, Any],
    reason: str,
) -> Agent:
    """A new agent with its draft; `SlugTaken` when another one has the slug."""
    validate(config)
    contents = store(organization, split(config))
    person, now = maker(actor), database_time()
    agent = Agent(
        organization=organization,
        slug=checked_slug(slug),
        name=checked_agent_name(name),
        description=checked_text(description, "description"),
        labels=checked_labels(labels),
        created_by=person,
        created_at=now,
    )
    try:
        with transaction.atomic():
            save_agent(agent, actor)
    except IntegrityError:
        raise SlugTaken(
            _("An agent named %(slug)s exists already. Choose another name. Nothing was changed.") % {"slug": slug}
        ) from None
    draft = Draft(
        agent=agent,
        organization=organization,
        manifest=contents.manifest,
        layout=contents.layout,
        based_at=now,
        contributors=[person.pk],
        authors=noted({}, contents.manifest.entries, before={}, base={}, by=person.pk, at=now),
        errors=len(errors_in(config)),
        updated_at=now,
        updated_by=person,
    )
    credit(draft, by=person, reason=reason, at=now)
    draft.save(force_insert=True)
    return agent


def save_agent(agent: Agent, actor: Actor, fields: list[str] | None = None) -> None:
    """Write the agent, all of it or these fields, and credit the person."""
    credit(agent, by=actor.user)
    agent.save(update_fields=fields, force_insert=fields is None)


def maker(actor: Actor) -> User:
    """The person behind the verb; only people make agents."""
    if actor.user is None:
        raise LookupError(_("only people make agents"))
    return actor.user


def checked_slug(slug: str) -> str:
    """The slug, or `Invalid`."""
    try:
        SLUG(slug)
    except ValidationError as error:
        message = error.messages[0]
        raise Invalid(
            _("%(message)s Nothing was changed.") % {"message": message}, [ContentError("/slug", message)]
        ) from None
    return slug


def checked_agent_name(name: str) -> str:
    """The name without outer spaces, or `Invalid` (T25)."""
    fault = name_fault(name.strip())
    if fault:
        raise Invalid(_("The name %(fault)s. Nothing was changed.") % {"fault": fault}, [ContentError("/name", fault)])
    return name.strip()


def checked_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels, or `Invalid` naming the one that is wrong."""
    if len(labels) > LABELS:
        raise Invalid(
            _("Too many labels."), [ContentError("/labels", _("At most %(labels)s labels.") % {"labels": LABELS})]
        )
    checked = {}
    for key, value in labels.items():
        fault = name_fault(key) or (name_fault(value) if value else None)
        if fault:
            raise Invalid(
                _("A label %(fault)s. Nothing was changed.") % {"fault": fault},
                [ContentError(pointer("labels", key), fault)],
            )
        checked[key] = value
    return checked
