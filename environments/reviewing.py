"""What a person reads before a pin moves: what replaces what, the checklist, the difference, what is lost."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.authorship import Authorship, authors_by_part, shares
from agents.compare import Side
from agents.comparison import Comparison, Disappearing, disappearing
from agents.doors import rights_of
from agents.models import Agent, Version
from agents.summaries import title_of
from console.organizations.actor import Actor
from console.organizations.doors import actor_of
from console.organizations.errors import Holder
from console.organizations.models import User
from console.organizations.policies import holder_of
from environments.available import (
    Offer,
    address,
    cut_of,
    draft_refusal,
    gates_of,
    merge_address,
    plainly,
    promotion_refusal,
    publish_gates,
    push_refusal,
)
from environments.doors import standing_for
from environments.gates import Gate
from environments.models import Environment, Pin
from environments.pipeline import previous_hop
from environments.reading import can_read, comparison_of, draft_side, served_side, version_side, with_manifest
from environments.replacing import consequences_of, facts_of
from environments.standing import Standing
from environments.versions import included


@dataclass(frozen=True)
class Work:
    """What one person changed in the draft: the parts by their titles, and when they saved last."""

    name: str
    at: datetime
    titles: list[str]


@dataclass(frozen=True, kw_only=True)
class Review:
    """One move before it happens. `seen_*` is what the form carries, so that a move meanwhile is noticed.

    `may`: whether this person's role can do it at all; who cannot reads the page without its fields.
    """

    target: Environment
    button: str
    facts: str
    gates: list[dict[str, Any]]
    seen_live: int
    seen_digest: str
    may: bool = True
    refusal: Offer | None = None
    comparison: Comparison | None = None
    lost: list[Disappearing] = field(default_factory=list)
    consequences: list[str] = field(default_factory=list)
    version: Version | None = None
    included: list[Version] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)
    authors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def initial(self) -> dict[str, Any]:
        """The hidden fields of the form."""
        number = self.version.number if self.version else None
        return {"expected_live": self.seen_live, "expected_digest": self.seen_digest, "number": number}


def draft_review(request: HttpRequest, agent: Agent) -> Review | None:
    """The draft into the first environment after Development; None where the pipeline has none."""
    standing, rights, actor = standing_for(request, agent), rights_of(request, agent), actor_of(request)
    if not standing.places:
        return None
    target, cut = standing.places[0], cut_of(standing)
    pin = standing.pin(target)
    readable = "view_draft" in rights and can_read(rights, pin.version if pin else None)
    right = draft_side(agent, standing.draft)
    refusal = _missing(rights, _permission(target), agent) or draft_refusal(standing, actor)
    gates = [gate for gate in publish_gates(standing, actor) if _is_asked(gate, target)]
    comparison = _compared(agent, target, pin, right) if readable else None
    authors = authors_by_part(standing.draft) if readable else {}
    return Review(
        target=target,
        button=_("Promote to %(target)s") % {"target": target.name},
        facts=facts_of(
            target, pin, cut, _("as it was published") if standing.draft_version else _("cut from the draft")
        ),
        gates=[gate_line(request, gate, standing, rights) for gate in gates],
        seen_live=pin.version.number if pin else 0,
        seen_digest=standing.draft.manifest.digest,
        may=_permission(target) in rights,
        refusal=refusal,
        comparison=comparison,
        lost=disappearing(comparison) if comparison else [],
        consequences=consequences_of(pin, target, None),
        work=_work(authors),
        authors={path: [one.person.name for one in found] for path, found in authors.items()},
    )


def version_review(request: HttpRequest, agent: Agent, version: Version, target: Environment) -> Review:
    """A version that exists into an environment: a promotion, or into production a push."""
    standing, rights, actor = standing_for(request, agent), rights_of(request, agent), actor_of(request)
    pin = standing.pin(target)
    version = with_manifest(version)
    comparison = None
    if can_read(rights, version, pin.version if pin else None):
        comparison = _compared(agent, target, pin, version_side(version))
    verb = "Push" if target.is_production else "Promote"
    return Review(
        target=target,
        button=_("%(verb)s to %(target)s: v%(version)s")
        % {"verb": verb, "target": target.name, "version": version.number},
        facts=facts_of(target, pin, version),
        gates=[
            gate_line(request, gate, standing, rights)
            for gate in gates_of(agent, version, target, actor)
            if _is_asked(gate, target)
        ],
        seen_live=pin.version.number if pin else 0,
        seen_digest=version.digest,
        may=_permission(target) in rights,
        refusal=_refusal(standing, rights, actor, version, target),
        comparison=comparison,
        lost=disappearing(comparison) if comparison else [],
        consequences=consequences_of(pin, target, version),
        version=version,
        included=included(agent, after=pin.version.number if pin else 0, upto=version.number),
    )


def _work(authors: dict[str, list[Authorship]]) -> list[Work]:
    """The changes of the draft by who made them, the busiest first (ux.md, criterion 12)."""

    def titles(person: User) -> list[str]:
        return [title_of(path) for path, found in authors.items() if any(one.person == person for one in found)]

    return [Work(share.person.name, share.at, titles(share.person)) for share in shares(authors)]


def gate_line(request: HttpRequest, gate: Gate, standing: Standing, rights: frozenset[str]) -> dict[str, Any]:
    """A gate as a line of the checklist: who can meet it, and the way there where this person can go it."""
    state, message = gate.state, plainly(gate.message)
    if gate.rule == "ticket" and state == "fail":
        state, message = "pending", _("A change ticket is required: name it below.")
    holder = gate.who_can_fix if state != "pass" else None
    line = {"rule": gate.rule, "state": state, "message": message, "who": needs(holder)}
    return line | (_way_to_fix(request, gate, standing, rights) if state != "pass" else {})


def needs(holder: Holder | None) -> str:
    """Who could do it, in words: "Needs QA: Quinn Abara."."""
    if holder is None:
        return ""
    people = ", ".join(holder.people) or _("nobody at the moment")
    return _("Needs %(roles)s: %(people)s.") % {
        "roles": " or ".join(holder.roles) or _("a role that nobody has"),
        "people": people,
    }


def _is_asked(gate: Gate, target: Environment) -> bool:
    """Leaves out the question that cannot be asked: what comes before the first environment."""
    return gate.rule != "previous_environment" or previous_hop(target) is not None


def _refusal(
    standing: Standing, rights: frozenset[str], actor: Actor, version: Version, target: Environment
) -> Offer | None:
    if missing := _missing(rights, _permission(target), standing.agent):
        return missing
    ask = push_refusal if target.is_production else promotion_refusal
    return ask(standing, actor, version, target)


def _permission(target: Environment) -> str:
    return "push_to_production" if target.is_production else "promote_to_staging"


def _missing(rights: frozenset[str], permission: str, agent: Agent) -> Offer | None:
    if agent.archived_at:
        return Offer(verb=permission, label="", url="", enabled=False, reason=_("This agent is archived."))
    if permission in rights:
        return None
    holder = holder_of(permission, agent.organization)
    reason = _("You may not %(permission)s.") % {"permission": holder.permission}
    return Offer(verb=permission, label="", url="", enabled=False, reason=reason, holder=holder)


def _compared(agent: Agent, target: Environment, pin: Pin | None, right: Side) -> Comparison:
    left = served_side(target, with_manifest(pin.version) if pin else None)
    return comparison_of(agent, left, right)


def _way_to_fix(request: HttpRequest, gate: Gate, standing: Standing, rights: frozenset[str]) -> dict[str, str]:
    agent = standing.agent
    if gate.rule == "not_on_hold" and "lift_hold" in rights and gate.refusal:
        return {"fix_url": address(agent, "lift-hold", gate.refusal.extra["version"]), "fix_label": _("Lift hold")}
    if gate.rule == "sign_off" and "view_staging" in rights:
        return {"fix_url": address(agent, "decide"), "fix_label": _("Open Staging")}
    if gate.rule == "draft_base" and "edit_draft" in rights:
        return {"fix_url": merge_address(agent, gate.refusal), "fix_label": "Merge"}
    if gate.rule == "draft_errors" and "view_draft" in rights:
        draft = reverse("agents:draft", args=[agent.organization.slug, agent.slug])
        return {"fix_url": f"{draft}#problems", "fix_label": "Problems"}
    if gate.rule == "ticket":
        return {"fix_url": "#id_ticket", "fix_label": _("Name it")}
    if gate.rule == "fresh_sign_in":
        confirm = f"{reverse('account_reauthenticate')}?next={quote(request.get_full_path())}"
        return {"fix_url": confirm, "fix_label": _("Confirm who you are")}
    return {}
