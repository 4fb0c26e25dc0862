"""Verbs that bring a version to a staging environment."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.locks import draft_of, lock_agent
from agents.models import Agent, Draft, Version
from agents.soundness import error_count
from agents.versions import cut_version, start_from
from audit.checkpoints import after_commit
from audit.clock import database_time
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.compiled import compiled
from console.organizations.errors import Conflict, Stale
from console.organizations.texts import checked_text
from environments import policies
from environments.actions.loading import environment_of, person, require_digest, require_live, version_of
from environments.actions.pushing import push_under_lock
from environments.approvals import approved_by_others
from environments.errors import Unchanged
from environments.facts import UnderLock
from environments.gates import Move, enforce, has_errors
from environments.lineage import behind, moved_past, version_of_content
from environments.models import Deployment, Environment, Pin, Release
from environments.moves import Why, change_state, move_pin
from environments.pipeline import entry_environment
from environments.telling import tell_of_move

State = Release.State


@dataclass(frozen=True, kw_only=True)
class _Promotion:
    """One promotion under the agent's lock."""

    agent: Agent
    version: Version
    environment: Environment
    actor: Actor
    action: str
    note: str
    facts: UnderLock


@verb("release.published")
def publish(
    agent: Agent,
    *,
    actor: Actor,
    description: str = "",
    environment: str | None = None,
    ticket: str = "",
    expected_digest: str | None = None,
    expected_live: int | None = None,
) -> Deployment:
    """Promote to Staging: cut the draft as the next version and pin it to the first environment after Development.

    In a pipeline without staging environments that is a push, with its right and gates. A draft equal to the
    latest version promotes that version. Refuses `Unchanged`, `StaleBase` when something moved that the draft
    does not know of, `Stale` when the draft or the environment is not what was seen.
    """
    locked, facts = lock_agent(agent), UnderLock()
    target = _entry(locked, environment, facts)
    policies.require(actor, "push_to_production" if target.is_production else "promote_to_staging", locked)
    policies.require_within_key(actor, target)
    note = checked_text(description, "description")
    draft = draft_of(locked)
    if expected_digest is not None and expected_digest != draft.manifest.digest:
        raise Stale(
            _(
                "%(updated_by)s changed the draft at %(updated_at)s UTC. Nothing was published. "
                "Review the new comparison."
            )
            % {"updated_by": draft.updated_by.name, "updated_at": f"{draft.updated_at:%H:%M:%S}"},
            etag=draft.manifest.digest,
        )
    pin = require_live(locked, target, expected_live, facts)
    version = _version_to_publish(locked, pin, draft, actor, note)
    deployment = _publish(locked, version, target, facts, actor, note, ticket)
    record(
        "release.published",
        locked.audit_target(),
        actor=actor,
        environment=target.slug,
        before=deployment.from_version.digest if deployment.from_version else "",
        after=version.digest,
        reason=note,
        data=deployment.data,
    )
    return deployment


@verb("release.promoted")
def promote(
    agent: Agent,
    *,
    actor: Actor,
    number: int,
    environment: str,
    note: str = "",
    expected_digest: str | None = None,
    expected_live: int | None = None,
) -> Deployment:
    """Promote a version that exists already to a staging environment; it needs a new sign-off there."""
    locked, facts = lock_agent(agent), UnderLock()
    policies.require(actor, "promote_to_staging", locked)
    note = checked_text(note, "note")
    target = environment_of(locked, environment, facts)
    policies.require_within_key(actor, target)
    if not target.is_staging:
        raise Conflict(_("%(target)s is not a staging environment. Nothing was changed.") % {"target": target.name})
    version = version_of(locked, number)
    require_digest(version, expected_digest)
    require_live(locked, target, expected_live, facts)
    action = Deployment.Action.PROMOTE
    deployment = _promote(
        _Promotion(
            agent=locked, version=version, environment=target, actor=actor, action=action, note=note, facts=facts
        )
    )
    _record_move("release.promoted", deployment, actor)
    return deployment


@verb("release.activated")
def activate(
    agent: Agent,
    *,
    actor: Actor,
    number: int,
    environment: str,
    note: str = "",
    ticket: str = "",
    expected_live: int | None = None,
) -> Deployment:
    """Pin a published version to an environment, with the rights and gates of a promotion or a push into it."""
    locked, facts = lock_agent(agent), UnderLock()
    target = environment_of(locked, environment, facts)
    policies.require_within_key(actor, target)
    note, action = checked_text(note, "note"), Deployment.Action.ACTIVATE
    if target.is_production:
        policies.require(actor, "push_to_production", locked)
        require_live(locked, target, expected_live, facts)
        deployment = push_under_lock(
            locked, version_of(locked, number), target, facts, actor=actor, note=note, ticket=ticket, action=action
        )
    else:
        policies.require(actor, "promote_to_staging", locked)
        if not target.is_staging:
            raise Conflict(
                _("%(target)s shows the draft; nothing is activated there. Nothing was changed.")
                % {"target": target.name}
            )
        require_live(locked, target, expected_live, facts)
        version = version_of(locked, number)
        deployment = _promote(
            _Promotion(
                agent=locked, version=version, environment=target, actor=actor, action=action, note=note, facts=facts
            )
        )
    _record_move("release.activated", deployment, actor)
    if target.is_production:
        after_commit(locked.organization)
    return deployment


def _publish(
    agent: Agent, version: Version, target: Environment, facts: UnderLock, actor: Actor, note: str, ticket: str
) -> Deployment:
    action = Deployment.Action.PUBLISH
    if target.is_production:
        deployment = push_under_lock(
            agent, version, target, facts, actor=actor, note=note, ticket=ticket, action=action
        )
        after_commit(agent.organization)
        return deployment
    return _promote(
        _Promotion(agent=agent, version=version, environment=target, actor=actor, action=action, note=note, facts=facts)
    )


def _entry(agent: Agent, slug: str | None, facts: UnderLock) -> Environment:
    entry = entry_environment(facts.pipeline_of(agent.organization))
    if slug is not None and environment_of(agent, slug, facts).pk != entry.pk:
        raise Conflict(
            _("A publish goes to %(entry)s first. Nothing was changed.") % {"entry": entry.name}, environment=entry.slug
        )
    return entry


def _version_to_publish(agent: Agent, pin: Pin | None, draft: Draft, actor: Actor, description: str) -> Version:
    """The version that has the draft's content already, otherwise a new one cut from the draft."""
    latest = _latest.first(agent.pk)
    same = version_of_content(draft.manifest.digest, pin.version if pin else None, latest)
    if same is not None:
        return version_of(agent, same.number)
    move = moved_past(agent, draft)
    if move is not None:
        raise behind(move)
    if errors := error_count(draft):
        raise has_errors(errors)
    approved = approved_by_others(agent)
    version = cut_version(agent, draft, author=person(actor), description=description, approved=approved)
    start_from(draft, version, author=person(actor))
    Release.objects.create(version=version, organization=agent.organization, agent=agent)
    return version_of(agent, version.number)


@compiled
def _latest(agent: UUID) -> QuerySet[Version]:
    return Version.objects.filter(agent=agent).newest_first()[:1]


def _promote(promotion: _Promotion) -> Deployment:
    agent, version, environment = promotion.agent, promotion.version, promotion.environment
    now, facts = database_time(), promotion.facts
    pin = facts.pin(agent, environment)
    # A version whose hold was lifted while Staging still serves it becomes a candidate again (ADR 006);
    # while it is held, the gate says so.
    renewed = version.release.state in {State.SUPERSEDED, State.ROLLED_BACK}
    if pin and pin.version_id == version.pk and not renewed:
        raise Unchanged(
            _("%(environment)s serves v%(version)s already. Nothing was changed.")
            % {"environment": environment.name, "version": version.number},
            environment=environment.slug,
            version=version.number,
        )
    move = Move(agent=agent, version=version, environment=environment, actor=promotion.actor, now=now, facts=facts)
    gates = enforce(move)
    why = Why(
        action=promotion.action,
        by=person(promotion.actor),
        at=now,
        note=promotion.note,
        gates=gates,
        job=promotion.actor.job,
    )
    was = pin.version.release.state if pin else ""
    deployment = move_pin(agent, environment, version, why, pin)
    # A live version stays PRODUCTION when it is pinned to an earlier environment again.
    if version.release.state in {State.DEVELOPMENT, State.SUPERSEDED}:
        change_state(version.release, version.release.to_staging, now)
    tell_of_move(deployment, promotion.actor, facts, was=was)
    return deployment


def _record_move(name: str, deployment: Deployment, actor: Actor) -> None:
    former = deployment.from_version
    record(
        name,
        deployment.agent.audit_target(),
        actor=actor,
        environment=deployment.environment.slug,
        before=former.digest if former else "",
        after=deployment.version.digest,
        reason=deployment.note,
        data=deployment.data,
    )
