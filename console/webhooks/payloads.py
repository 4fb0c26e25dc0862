"""The body of a message: `{type, timestamp, data}`, made from an event of the log that never changes.

By a list of what is told, not of what is left out: no content of a document, no secret, no e-mail address (T32).
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.urls import reverse

from agents.models import Agent
from audit.models import Event
from console.organizations.models import Organization

# What is told of an event's own data, under the same names.
TOLD = ("version", "from_version", "deployment", "sign_off", "ticket", "total", "source", "follows", "counts")


def body_of(kind: str, event: Event, organization: Organization, agents: Mapping[UUID, Agent]) -> str:
    """The message of an event; `agents` has the event's agent, if it has one."""
    agent = agents.get(event.agent_id) if event.agent_id else None
    data: dict[str, Any] = {"organization": organization.slug, "event": str(event.pk), "by": _by(event)}
    if agent is not None:
        data["agent"] = {"id": str(agent.pk), "slug": agent.slug, "name": event.target_label}
    if event.target_kind == "job":
        data["job"] = {"id": event.target_id, "name": event.target_label}
    if event.environment:
        data["environment"] = event.environment
    data |= {name: event.data[name] for name in TOLD if event.data.get(name) not in (None, "")}
    if "version" in data and event.after_digest:
        data["digest"] = event.after_digest
    if event.reason:
        data["note"] = event.reason
    data["url"] = _link(event, organization, agent)
    return written(kind, event.at, data)


def test_body(organization: Organization, at: datetime, by: str) -> str:
    """The message that a person sends to try a webhook."""
    address = f"{settings.PUBLIC_URL.rstrip('/')}{reverse('webhooks', args=[organization.slug])}"
    text = "This is a test. Nothing happened."
    return written(
        "webhook.test", at, {"organization": organization.slug, "by": {"name": by}, "text": text, "url": address}
    )


def written(kind: str, at: datetime, data: dict[str, Any]) -> str:
    """The JSON text, in one spelling."""
    timestamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return orjson.dumps({"type": kind, "timestamp": timestamp, "data": data}).decode()


def _by(event: Event) -> dict[str, Any]:
    by: dict[str, Any] = {"id": str(event.actor_id) if event.actor_id else None, "name": event.actor_label}
    key = event.data.get("key")
    return by | {"key": {"name": key["name"], "prefix": key["prefix"]} if key else None}


def _link(event: Event, organization: Organization, agent: Agent | None) -> str:
    """The page of what happened."""
    return settings.PUBLIC_URL.rstrip("/") + _path(event, organization.slug, agent)


def _path(event: Event, slug: str, agent: Agent | None) -> str:
    if event.target_kind == "job":
        return reverse("environments:job", args=[slug, event.target_id])
    if agent is None:
        return reverse("organization", args=[slug])
    if deployment := event.data.get("deployment"):
        return reverse("environments:release", args=[slug, agent.slug, deployment])
    if isinstance(number := event.data.get("version"), int):
        return reverse("environments:version-list", args=[slug, agent.slug]) + f"{number}/"
    return reverse("environments:agent-overview", args=[slug, agent.slug])
