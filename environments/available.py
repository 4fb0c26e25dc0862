"""Which acts a person sees on an agent: offered, refused with the reason and who can, or not shown at all.

It asks the same rights, states and gates as the verbs (ux.md, rule 3): an offered act is not refused for
any of them. An act that the person's role can never do is left out, unless it is what the agent waits for.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from agents.models import Agent, Version
from console.organizations.actor import Actor
from console.organizations.errors import Holder, Refusal
from environments.doors import only_looks_on
from environments.errors import StaleBase
from environments.facts import LIVE, Facts
from environments.gates import Gate, Move, checklist, has_errors, own_decision
from environments.lineage import behind, moved_past
from environments.models import Environment, Pin, Release
from environments.standing import Standing, earlier_in
from environments.transitions import STEPS, State

# The push page itself asks for these two, so that they do not take the button away.
ASKED_ON_THE_PAGE = frozenset({"ticket", "fresh_sign_in"})
RENEWABLE = frozenset({State.SUPERSEDED, State.ROLLED_BACK})


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One act on the agent. `place` is the slug of the environment it belongs to."""

    verb: str
    label: str
    url: str
    place: str = ""
    enabled: bool = True
    reason: str = ""
    holder: Holder | None = None
    fix_url: str = ""
    fix_label: str = ""

    def refused(self, reason: str, holder: Holder | None = None) -> "Offer":
        """The same act, not possible now: why, and who could make it so."""
        return replace(self, enabled=False, reason=plainly(reason), holder=holder)


def offers(standing: Standing, actor: Actor, rights: frozenset[str]) -> list[Offer]:
    """The acts that this person sees on this agent now, in the order of the pipeline."""
    if only_looks_on(rights):
        return []
    asked = _Asked(standing, actor, rights)
    if standing.agent.archived_at:
        return asked.unarchive()
    return [*asked.steps(), *asked.rollbacks(), *asked.holds(), *asked.archive()]


def steps(standing: Standing, actor: Actor, rights: frozenset[str]) -> list[Offer]:
    """The offers that lead forward and the holds to lift: what boards show of many agents."""
    if only_looks_on(rights) or standing.agent.archived_at:
        return []
    asked = _Asked(standing, actor, rights)
    return [*asked.steps(), *asked.holds()]


def plainly(reason: str) -> str:
    """A refusal's words before anything was tried: without what was not changed, as a whole sentence."""
    text = reason.removesuffix(" Nothing was changed.").strip()
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def offer(found: list[Offer], verb: str, place: str = "") -> Offer | None:
    """One of the offers by verb, and by environment where there are several."""
    return next((one for one in found if one.verb == verb and place in {"", one.place}), None)


def address(agent: Agent, name: str, *args: object, **query: object) -> str:
    """The address of one of the agent's pages; empty values are left out of the query."""
    path = _path(f"environments:{name}", agent.organization.slug, agent.slug, *args)
    wanted = {key: value for key, value in query.items() if value not in {None, ""}}
    return f"{path}?{urlencode(wanted)}" if wanted else path


def draft_address(agent: Agent) -> str:
    """The page of the agent's draft."""
    return _path("agents:draft", agent.organization.slug, agent.slug)


@lru_cache(maxsize=20_000)
def _path(name: str, *args: object) -> str:
    """Addresses depend on nothing but names; a board needs a dozen for each of 200 agents."""
    return reverse(name, args=args)


def draft_refusal(standing: Standing, actor: Actor) -> Offer | None:
    """Why the draft cannot be published now; None when it can. Rights are another question."""
    entry, version = standing.places[0], cut_of(standing)
    publish = _promotion(standing.agent, entry)
    if standing.draft_version and _serves(standing.pin(entry), version) and not _is_renewed(version):
        return publish.refused(
            _("%(entry)s serves exactly this draft: v%(version)s.") % {"entry": entry.name, "version": version.number}
        )
    gates = publish_gates(standing, actor)
    merge = merge_address(standing.agent, gates[0].refusal)
    return _first_failing(replace(publish, fix_url=merge, fix_label="Merge"), gates)


def publish_gates(standing: Standing, actor: Actor) -> list[Gate]:
    """The checklist of a publish: that it undoes nobody's move, and the gates of the environment."""
    return [
        _knows_all(standing),
        _is_sound(standing),
        *gates_of(standing.agent, cut_of(standing), standing.places[0], actor, standing.facts),
    ]


def merge_address(agent: Agent, refusal: Refusal | None) -> str:
    """Where the three-way merge is offered when a publish is refused because the draft is behind."""
    if not isinstance(refusal, StaleBase):
        return ""
    merge = reverse("agents:draft-merge", args=[agent.organization.slug, agent.slug])
    return f"{merge}?number={refusal.extra['version']}"


def promotion_refusal(standing: Standing, actor: Actor, version: Version, target: Environment) -> Offer | None:
    """Why a version that exists cannot be promoted into a staging environment now; None when it can."""
    promotion = _promotion(standing.agent, target)
    if _serves(standing.pin(target), version) and not _is_renewed(version):
        return promotion.refused(
            _("%(target)s serves v%(version)s already.") % {"target": target.name, "version": version.number}
        )
    return _first_failing(promotion, gates_of(standing.agent, version, target, actor, standing.facts))


def push_refusal(standing: Standing, actor: Actor, version: Version, target: Environment) -> Offer | None:
    """Why a version cannot be pushed now; None when it can, or when only the page's own questions are open."""
    push = _push(standing.agent, version, target)
    if _serves(standing.pin(target), version):
        return push.refused(
            _("%(target)s serves v%(version)s already.") % {"target": target.name, "version": version.number}
        )
    return _first_failing(push, gates_of(standing.agent, version, target, actor, standing.facts))


def decision_refusal(standing: Standing, actor: Actor, version: Version) -> Offer | None:
    """Why this person may not mark the version ready although they hold the right: four eyes."""
    if not standing.agent.organization.four_eyes:
        return None
    own = own_decision(standing.agent, version, standing.tested[-1], actor, standing.facts)
    mark = _decision(standing, "mark_ready")
    return mark.refused(own.detail, own.holder) if own else None


@dataclass(frozen=True)
class _Asked:
    """The question: which acts, for whom, where the agent stands now."""

    standing: Standing
    actor: Actor
    rights: frozenset[str]

    def steps(self) -> list[Offer]:
        """Forward along the pipeline."""
        return [*self.publish(), *self.next_hops(), *self.decisions(), *self.pushes()]

    def publish(self) -> list[Offer]:
        if not self.standing.places or "promote_to_staging" not in self.rights:
            return []
        entry = self.standing.places[0]
        return [draft_refusal(self.standing, self.actor) or _promotion(self.standing.agent, entry)]

    def next_hops(self) -> list[Offer]:
        """From one staging environment to the next, where the pipeline has several."""
        found = []
        for before, target in zip(self.standing.tested, self.standing.tested[1:], strict=False):
            pin = self.standing.pin(before)
            if (
                pin is None
                or "promote_to_staging" not in self.rights
                or _serves(self.standing.pin(target), pin.version)
            ):
                continue
            refusal = promotion_refusal(self.standing, self.actor, pin.version, target)
            found.append(refusal or _promotion(self.standing.agent, target, version=pin.version.number))
        return found

    def decisions(self) -> list[Offer]:
        pin = self.standing.candidate
        if pin is None:
            return []
        found = []
        for verb in ("mark_ready", "request_changes", "withdraw_request", "revoke_ready"):
            step = STEPS[verb]
            if pin.version.release.state not in step.states:
                continue
            one = _decision(self.standing, verb)
            if step.permission in self.rights:
                own = decision_refusal(self.standing, self.actor, pin.version) if verb == "mark_ready" else None
                found.append(own or one)
            elif verb == "mark_ready":
                found.append(self._needs(one, "mark_ready"))
        return found

    def pushes(self) -> list[Offer]:
        pin, found = self.standing.candidate, []
        for target in self.standing.live:
            if pin is None or _serves(self.standing.pin(target), pin.version):
                continue
            push = _push(self.standing.agent, pin.version, target)
            if "push_to_production" in self.rights:
                found.append(push_refusal(self.standing, self.actor, pin.version, target) or push)
            elif pin.version.release.state == State.READY:
                found.append(self._needs(push, "push_to_production"))
        return found

    def rollbacks(self) -> list[Offer]:
        if "roll_back" not in self.rights:
            return []
        pinned = [place for place in self.standing.live if self.standing.pin(place)]
        return [self._rollback(place) for place in pinned]

    def _rollback(self, place: Environment) -> Offer:
        agent = self.standing.agent
        back = Offer(
            verb="rollback", label="Rollback", url=address(agent, "rollback", environment=place.slug), place=place.slug
        )
        earlier = earlier_in(place, agent)
        held = {hold.version.digest for hold in self.standing.holds}
        if not earlier:
            return back.refused(
                _("Only one version was ever in %(place)s; there is nothing to go back to.") % {"place": place.name}
            )
        if all(move.version.digest in held for move in earlier):
            return back.refused(_("Every earlier version is on hold."))
        return back

    def holds(self) -> list[Offer]:
        if "lift_hold" not in self.rights:
            return []
        return [
            Offer(
                verb="lift_hold",
                label=_("Lift hold: v%(version)s") % {"version": hold.version.number},
                url=address(self.standing.agent, "lift-hold", hold.version.number),
            )
            for hold in self.standing.holds
        ]

    def archive(self) -> list[Offer]:
        if "archive_agent" not in self.rights:
            return []
        put_away = Offer(verb="archive", label="Archive", url=address(self.standing.agent, "agent-archive"))
        serving = [place.name for place in self.standing.live if self.standing.pin(place)]
        return [
            put_away.refused(_("%(serving)s serves this agent.") % {"serving": ", ".join(serving)})
            if serving
            else put_away
        ]

    def unarchive(self) -> list[Offer]:
        if "archive_agent" not in self.rights:
            return []
        url = address(self.standing.agent, "agent-unarchive")
        return [Offer(verb="unarchive", label=_("Bring back"), url=url)]

    def _needs(self, one: Offer, permission: str) -> Offer:
        return one.refused("", self.standing.facts.holder(permission, self.standing.agent.organization))


def _promotion(agent: Agent, target: Environment, version: int | None = None) -> Offer:
    url = address(agent, "promote", version=version, environment=target.slug if version else None)
    return Offer(
        verb="promote_to_staging",
        label=_("Promote to %(target)s") % {"target": target.name},
        url=url,
        place=target.slug,
    )


def _decision(standing: Standing, verb: str) -> Offer:
    url = address(standing.agent, "decide")
    return Offer(verb=verb, label=STEPS[verb].label, url=url, place=standing.tested[-1].slug)


def _push(agent: Agent, version: Version, target: Environment) -> Offer:
    label = _("Push to %(target)s: v%(version)s") % {"target": target.name, "version": version.number}
    url = address(agent, "push", environment=target.slug)
    return Offer(verb="push_to_production", label=label, url=url, place=target.slug)


def _knows_all(standing: Standing) -> Gate:
    """Whether the draft knows of everything that was moved since it was started."""
    move = None if standing.draft_version else moved_past(standing.agent, standing.draft, standing.facts)
    if move is None:
        base = (
            _("started from v%(base)s") % {"base": standing.draft.base.number}
            if standing.draft.base
            else _("is the first")
        )
        return Gate(
            "draft_base",
            "pass",
            _("The draft %(base)s; nothing was released since that it does not know of.") % {"base": base},
        )
    refusal = behind(move)
    return Gate("draft_base", "fail", refusal.detail.replace(" Nothing was published.", ""), None, refusal)


def _is_sound(standing: Standing) -> Gate:
    """Whether the draft has no errors; of one that is a version already that was asked when it was cut."""
    errors = 0 if standing.draft_version else standing.draft.errors
    if not errors:
        return Gate("draft_errors", "pass", _("The draft has no errors."))
    refusal = has_errors(errors)
    return Gate("draft_errors", "fail", refusal.detail.replace(" Nothing was published.", ""), None, refusal)


def _is_renewed(version: Version) -> bool:
    """A version whose hold was lifted while Staging still serves it becomes a candidate again (ADR 006)."""
    return version.release.state in RENEWABLE


def cut_of(standing: Standing) -> Version:
    """The version that a publish would put into Staging, for the gates; a new one is not saved."""
    if standing.draft_version:
        return standing.draft_version
    draft = standing.draft
    version = Version(agent=standing.agent, number=standing.next_number, digest=draft.manifest.digest)
    version.release = Release(version=version, agent=standing.agent)
    return version


def gates_of(agent: Agent, version: Version, target: Environment, actor: Actor, facts: Facts = LIVE) -> list[Gate]:
    """The checklist of a move by this person now, as the verb will ask it."""
    version.agent = agent  # the rules are read from the agent's organization as it is now
    now = facts.now()
    return checklist(Move(agent=agent, version=version, environment=target, actor=actor, now=now, facts=facts))


def _first_failing(one: Offer, gates: list[Gate]) -> Offer | None:
    failing = next((gate for gate in gates if gate.state != "pass" and gate.rule not in ASKED_ON_THE_PAGE), None)
    if failing is None:
        return None
    return one.refused(failing.message, failing.who_can_fix)


def _serves(pin: Pin | None, version: Version) -> bool:
    return pin is not None and pin.version_id == version.pk
