"""What the tests of the agent and draft pages share: addresses, the newest audit row as a dict, the draft's token."""

from typing import Any

from agents.actions import draft_token
from agents.models import Agent
from audit.models import Event
from tests.builders import draft_of
from tests.cast import ADDRESS, Person
from tests.pages import Answer, by_id

AGENTS = "/o/harbourline/agents"
AGENT = f"{AGENTS}/order-desk"
DRAFT = f"{AGENT}/draft"


def token_of(agent: Agent) -> str:
    """The draft as somebody sees it who looks now."""
    return draft_token(draft_of(agent))


def digest_of(agent: Agent) -> str:
    """The draft's digest now."""
    return draft_of(agent).manifest.digest


def newest_row() -> dict[str, Any]:
    """The newest event, without what differs from run to run."""
    event = Event.objects.order_by("sequence").last()
    assert event is not None
    assert event.request_id
    return {
        "verb": event.verb,
        "outcome": event.outcome,
        "refusal": event.refusal,
        "actor": event.actor_label,
        "door": event.door,
        "target": (event.target_kind, event.target_id, event.target_label),
        "agent": event.agent_id,
        "environment": event.environment,
        "before": event.before_digest,
        "after": event.after_digest,
        "reason": event.reason,
        "data": event.data,
        "address": event.address,
    }


def row(
    verb: str,
    agent: Agent,
    person: Person,
    *,
    before: str = "",
    after: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The row that a verb on an agent through a page leaves."""
    return {
        "verb": verb,
        "outcome": "done",
        "refusal": "",
        "actor": person.name,
        "door": "page",
        "target": ("agent", str(agent.pk), agent.name),
        "agent": agent.pk,
        "environment": "",
        "before": before,
        "after": after,
        "reason": reason,
        "data": data or {},
        "address": ADDRESS,
    }


def refused(verb: str, code: str) -> tuple[str, str, str]:
    """What the row of a refused attempt says first."""
    return (verb, "refused", code)


def newest_refusal() -> tuple[str, str, str]:
    """Verb, outcome and code of the newest event."""
    found = newest_row()
    return (found["verb"], found["outcome"], found["refusal"])


def seen_in(response: Answer, form: str) -> str:
    """The token that a form carries: what its reader saw."""
    return str(by_id(response, form).xpath("string(.//input[@name='token']/@value)"))


def typed(response: Answer, name: str = "id_text") -> str:
    """The text in a textarea of the page, to the character."""
    return str(by_id(response, name).text_content()).removeprefix("\n")
