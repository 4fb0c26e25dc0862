"""What QA reads before deciding: the candidate, what changed against what, and which decisions are open."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from agents.comparison import Comparison
from agents.doors import rights_of
from agents.models import Agent, Version
from audit.clock import database_time
from console.organizations.doors import actor_of
from environments.approvals import approval_of, staleness
from environments.available import Offer, gates_of, offers
from environments.doors import standing_for
from environments.forms import DecisionForm
from environments.golden import Golden, cases_of
from environments.models import Environment, Pin, SignOff
from environments.reading import can_read, comparison_of, version_side, with_manifest
from environments.reviewing import gate_line
from environments.standing import Standing
from environments.transitions import State

OF_THE_VERSION = frozenset({"not_on_hold", "sign_off", "previous_environment"})
DECISIONS = ("mark_ready", "request_changes", "withdraw_request", "revoke_ready")


@dataclass(frozen=True)
class Choice:
    """A decision with its form; refused ones say why instead."""

    offer: Offer
    form: DecisionForm


@dataclass(frozen=True, kw_only=True)
class Case:
    """The candidate as QA sees it."""

    place: Environment
    pin: Pin
    version: Version
    choices: list[Choice]
    history: list[SignOff]
    approval: SignOff | None = None
    stale: str | None = None
    against: str = ""
    bases: list[dict[str, Any]] = field(default_factory=list)
    comparison: Comparison | None = None
    cases: list[Golden] = field(default_factory=list)
    gates: list[dict[str, Any]] = field(default_factory=list)

    @property
    def can_tick(self) -> bool:
        """Whether this person can mark the version ready now, so that ticks have a note to go to."""
        return any(choice.offer.verb == "mark_ready" and choice.offer.enabled for choice in self.choices)

    @property
    def ticked(self) -> list[str]:
        """The test cases ticked in a refused form."""
        forms = [choice.form for choice in self.choices if choice.offer.verb == "mark_ready" and choice.form.is_bound]
        return [str(name) for form in forms for name in form["tested"].value() or []]

    def fields_for(self, form: DecisionForm) -> set[str]:
        """The fields of a sent decision that the page shows again: none when it is not open any more."""
        offered = {choice.offer.verb for choice in self.choices if choice.offer.enabled}
        return set(form.fields) if form.data.get("decision") in offered else set()


def case_of(request: HttpRequest, agent: Agent, bound: DecisionForm | None) -> Case | None:
    """The candidate of this agent for this person; None while the last staging environment serves nothing."""
    standing, rights = standing_for(request, agent), rights_of(request, agent)
    pin = standing.candidate
    if pin is None:
        return None
    version = with_manifest(pin.version)
    version.agent, version.release = agent, pin.version.release
    approval = approval_of(version) if version.release.state == State.READY else None
    stale = staleness(approval, version, standing.environments, now=database_time()) if approval else None
    bases = _bases(standing, version)
    against = request.GET.get("against", "")
    base = next((one for one in bases if one["name"] == against), bases[0] if bases else None)
    comparison = None
    if base and can_read(rights, version, base["version"]):
        left = version_side(with_manifest(base["version"]), base["place"])
        comparison = comparison_of(agent, left, version_side(version, standing.tested[-1]))
    return Case(
        place=standing.tested[-1],
        pin=pin,
        version=version,
        choices=_choices(request, standing, rights, version, bound),
        history=list(SignOff.objects.filter(version=version).select_related("by").newest_first()),
        approval=approval,
        stale=stale,
        against=base["name"] if base else "",
        bases=bases,
        comparison=comparison,
        cases=cases_of(version) if can_read(rights, version) else [],
        gates=_gates(request, standing, rights, version),
    )


def _gates(request: HttpRequest, standing: Standing, rights: frozenset[str], version: Version) -> list[dict[str, Any]]:
    """What a push of the candidate would still ask for; what it asks of the person who pushes is left out."""
    if not standing.live or version.release.state == State.PRODUCTION:
        return []
    gates = gates_of(standing.agent, version, standing.live[0], actor_of(request))
    return [gate_line(request, gate, standing, rights) for gate in gates if gate.rule in OF_THE_VERSION]


def _choices(
    request: HttpRequest, standing: Standing, rights: frozenset[str], version: Version, bound: DecisionForm | None
) -> list[Choice]:
    found = [one for one in offers(standing, actor_of(request), rights) if one.verb in DECISIONS]
    seen = {"number": version.number, "expected_digest": version.digest}
    choices = []
    for one in found:
        form = bound if bound and bound.data.get("decision") == one.verb else None
        choices.append(Choice(one, _again(request, form, seen) if form else _fresh(one.verb, seen)))
    return choices


def _fresh(verb: str, seen: dict[str, Any]) -> DecisionForm:
    return DecisionForm(decision=verb, initial={"decision": verb, **seen})


def _again(request: HttpRequest, form: DecisionForm, seen: dict[str, Any]) -> DecisionForm:
    """The refused form with its text, speaking of the candidate that the page shows now."""
    data = request.POST.copy()
    data.update({name: str(value) for name, value in seen.items()})
    form.data = data
    return form


def _bases(standing: Standing, version: Version) -> list[dict[str, Any]]:
    """What a candidate can be compared with: what is live, and the version that QA decided on before."""
    bases: list[dict[str, Any]] = []
    live = standing.production
    if live and live.version_id != version.pk:
        label = _("What %(environment)s serves: v%(version)s") % {
            "environment": live.environment.name,
            "version": live.version.number,
        }
        bases.append({"name": "live", "label": label, "version": live.version, "place": live.environment})
    before = SignOff.objects.filter(
        agent=standing.agent, decision__in=[SignOff.Decision.READY, SignOff.Decision.CHANGES_REQUESTED]
    ).exclude(version=version)
    last = before.select_related("version").newest_first().first()
    if last and (not live or last.version_id != live.version_id):
        label = _("The version decided on before: v%(version)s") % {"version": last.version.number}
        bases.append({"name": "decided", "label": label, "version": last.version, "place": None})
    return bases
