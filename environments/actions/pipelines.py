"""Verbs of the pipeline: the organization's own ordered list of environments, with what each asks for."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, ContentError, Invalid, NotFound, SlugTaken, Stale
from console.organizations.models import SLUG, Organization
from console.organizations.names import checked_name, refused
from console.organizations.policies import require, require_fresh_sign_in
from console.organizations.roles import DEVELOPMENT_SLUGS
from console.organizations.texts import checked_text
from console.organizations.tracking import credit
from environments import policies
from environments.errors import StillServed
from environments.models import Deployment, Environment, Job, Pin, SignOff
from environments.pipeline import environments_of
from environments.presets import STANDARD, Preset
from environments.rules import Rules, parsed_rules

Kind = Environment.Kind
MOST = 20
NAME_LENGTH, DESCRIPTION_LENGTH = 60, 500
_RANK = {Kind.DEVELOPMENT: 0, Kind.STAGING: 1, Kind.PRODUCTION: 2}
RESERVED = frozenset({"ready", "new", "diff", "promote"}) | DEVELOPMENT_SLUGS


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is to change of an environment; None leaves a thing as it is. `position` counts from 0 in the pipeline."""

    name: str | None = None
    description: str | None = None
    position: int | None = None
    rules: dict[str, Any] | None = None
    is_default: bool | None = None


def create_pipeline(organization: Organization, *, actor: Actor, preset: Preset = STANDARD) -> list[Environment]:
    """Give a new organization its environments, in this order; the last one is what programs get by default.

    A step of founding it: it runs in that verb's transaction and adds its own event there.
    """
    require(actor, "manage_environments", organization)
    if environments_of(organization):
        raise Conflict(
            _("%(organization)s has environments already. Nothing was changed.") % {"organization": organization.name}
        )
    made = []
    for position, (slug, name, kind) in enumerate(preset.places):
        place = Environment(organization=organization, slug=slug, name=name, kind=kind, position=position)
        place.requires_sign_off = preset.has_staging
        place.is_default = position == len(preset.places) - 1
        credit(place, by=actor.user)
        place.save(force_insert=True)
        made.append(place)
    names = [place.name for place in made]
    record("environment.created", organization.audit_target(), actor=actor, data={"names": names})
    return made


@verb("environment.created")
def create_environment(
    organization: Organization,
    *,
    actor: Actor,
    name: str,
    kind: str = Kind.STAGING,
    position: int | None = None,
    description: str = "",
    slug: str = "",
    rules: dict[str, Any] | None = None,
) -> Environment:
    """Add an environment; without a position a staging one comes before Production, a production one last.

    Approvals that were given before become stale where it changes what they speak of.
    """
    organization = Organization.objects.locked(organization)
    require(actor, "manage_environments", organization)
    policies.require_everywhere(actor)
    pipeline = environments_of(organization)
    if len(pipeline) >= MOST:
        raise Conflict(_("A pipeline has at most %(most)s environments. Nothing was changed.") % {"most": MOST})
    place = Environment(organization=organization, kind=_checked_kind(kind), name=_checked_place_name(name))
    place.slug = _checked_slug(slug or _slug_of(place.name), pipeline)
    place.description = checked_text(description, "description", limit=DESCRIPTION_LENGTH)
    _set_rules(place, parsed_rules(rules or {}))
    at = _default_position(pipeline, place.kind) if position is None else _checked_position(position, len(pipeline))
    _require_order([*pipeline[:at], place, *pipeline[at:]])
    if place.is_production and not place.requires_sign_off:
        require_fresh_sign_in(actor, organization)  # a way to live traffic past QA
    place.position = at
    _make_room(pipeline, at, actor)
    credit(place, by=actor.user)
    place.save(force_insert=True)
    data = {"names": [place.name], "kind": place.kind, "position": at}
    record("environment.created", place.audit_target(), actor=actor, environment=place.slug, data=data)
    return place


@verb("environment.changed")
def change_environment(
    environment: Environment, *, actor: Actor, changes: Changes, token: str | None = None
) -> Environment:
    """Rename, describe, move, change the rules, or make it the default; the slug stays, because programs use it.

    `token`, when given, is what the writer had seen (`environment_token`), else `Stale`. Rules are changed by a
    person with a fresh sign-in where the organization asks for one (T37), and so is what programs get by default.
    """
    organization = Organization.objects.locked(environment.organization)
    require(actor, "manage_environments", organization)
    policies.require_everywhere(actor)
    pipeline = environments_of(organization)
    place = next((one for one in pipeline if one.pk == environment.pk), None)
    if place is None:
        raise NotFound(_("There is no such environment any more."))
    place.organization = organization
    if token is not None and token != environment_token(place):
        raise Stale(_("Somebody changed this environment meanwhile. Nothing was saved; your text is kept."))
    before = _facts(place)
    if changes.rules is not None:
        require_fresh_sign_in(actor, organization)
        _set_rules(place, parsed_rules(changes.rules))
    _apply(place, changes)
    if changes.position is not None:
        _move(pipeline, place, _checked_position(changes.position, len(pipeline) - 1), actor)
    if changes.is_default is not None:
        _set_default(pipeline, place, actor, changes.is_default)
        if not before["is_default"] and place.is_default:
            require_fresh_sign_in(actor, organization)
    after = _facts(place)
    if before == after:
        return place
    credit(place, by=actor.user)
    place.save(update_fields=["name", "description", "position", "requires_sign_off", "entry_rules", "is_default"])
    data = {"before": before, "after": after}
    record("environment.changed", place.audit_target(), actor=actor, environment=place.slug, data=data)
    return place


@verb("environment.deleted")
def delete_environment(environment: Environment, *, actor: Actor) -> None:
    """Take an environment out of the pipeline; refused while anything is pinned there, or as long as it is needed."""
    organization = Organization.objects.locked(environment.organization)
    require(actor, "manage_environments", organization)
    policies.require_everywhere(actor)
    pipeline = environments_of(organization)
    place = next((one for one in pipeline if one.pk == environment.pk), None)
    if place is None:
        raise NotFound(_("There is no such environment any more."))
    place.organization = organization
    pinned = Pin.objects.filter(environment=place).count()
    if pinned:
        raise StillServed(
            _("%(place)s serves %(pinned)s agents. Nothing was changed.") % {"place": place.name, "pinned": pinned},
            environment=place.slug,
        )
    if _has_history(place):
        raise Conflict(
            _("%(place)s is part of the history of agents, which stays. Nothing was changed.") % {"place": place.name}
        )
    if place.is_default:
        raise Conflict(
            _("%(place)s is what programs get by default. Nothing was changed. Choose another first.")
            % {"place": place.name}
        )
    if place.is_development:
        raise Conflict(_("Development shows the drafts and stays. Nothing was changed."))
    credit(place, by=actor.user)
    target = place.audit_target()
    others = [one for one in pipeline if one is not place]
    place.delete()  # from here on it has no id
    for position, one in enumerate(others):
        _place_at(one, position, actor)
    record("environment.deleted", target, actor=actor, environment=environment.slug)


def _has_history(place: Environment) -> bool:
    if Deployment.objects.filter(environment=place).exists() or SignOff.objects.filter(environment=place).exists():
        return True
    return Job.objects.filter(Q(source=place) | Q(target=place)).exists()


def environment_token(place: Environment) -> str:
    """What a writer of an environment must have seen."""
    history = Environment.history.filter(id=place.pk).order_by("-history_id").values_list("history_id", flat=True)
    return f"{place.pk.hex[:12]}.{history.first() or 0}"


def _apply(place: Environment, changes: Changes) -> None:
    if changes.name is not None:
        place.name = _checked_place_name(changes.name)
    if changes.description is not None:
        place.description = checked_text(changes.description, "description", limit=DESCRIPTION_LENGTH)


def _set_rules(place: Environment, rules: Rules) -> None:
    """Keep what differs from the default, so that a later default holds for who never said otherwise."""
    wrong = []
    if not place.is_production:
        wrong = [name for name in ("approvals", "ticket_pattern") if getattr(rules, name)]
    if wrong:
        message = _("Only a production environment asks for this: it is part of a push.")
        raise Invalid(
            _("%(wrong)s: %(message)s Nothing was changed.") % {"wrong": wrong[0], "message": message},
            [ContentError(f"/rules/{wrong[0]}", message)],
        )
    place.requires_sign_off = rules.requires_sign_off
    place.entry_rules = rules.model_dump(mode="json", exclude={"requires_sign_off"}, exclude_defaults=True)


def _set_default(pipeline: list[Environment], place: Environment, actor: Actor, wanted: bool) -> None:
    if place.is_development and wanted:
        raise refused("is_default", _("Development serves nobody."))
    if place.is_default and not wanted:
        raise refused("is_default", _("Choose another environment as the default instead."))
    for one in pipeline:
        if wanted and one.is_default and one.pk != place.pk:
            one.is_default = False
            credit(one, by=actor.user)
            one.save(update_fields=["is_default"])
    place.is_default = place.is_default or wanted


def _move(pipeline: list[Environment], place: Environment, position: int, actor: Actor) -> None:
    others = [one for one in pipeline if one.pk != place.pk]
    ordered = [*others[:position], place, *others[position:]]
    _require_order(ordered)
    for at, one in enumerate(ordered):
        if one.pk == place.pk:
            place.position = at
        else:
            _place_at(one, at, actor)


def _make_room(pipeline: list[Environment], position: int, actor: Actor) -> None:
    for at, one in enumerate(pipeline):
        _place_at(one, at + (at >= position), actor)


def _place_at(place: Environment, position: int, actor: Actor) -> None:
    if place.position != position:
        place.position = position
        credit(place, by=actor.user)
        place.save(update_fields=["position"])


def _require_order(pipeline: list[Environment]) -> None:
    """One Development first, then what is tested, then what is live: otherwise hops would lead backwards."""
    ranks = [_RANK[Kind(place.kind)] for place in pipeline]
    if ranks != sorted(ranks) or ranks.count(0) != 1:
        raise refused(
            "position", _("Development comes first, staging environments next, production environments last.")
        )


def _default_position(pipeline: list[Environment], kind: str) -> int:
    return sum(1 for place in pipeline if _RANK[Kind(place.kind)] <= _RANK[Kind(kind)])


def _checked_position(position: int, most: int) -> int:
    if not 0 <= position <= most:
        raise refused("position", _("Choose 0 to %(most)s.") % {"most": most})
    return position


def _checked_kind(kind: str) -> str:
    if kind not in Kind.values:
        raise refused(
            "kind",
            _("%(kind)s is no kind; there are %(values)s.")
            % {"kind": f"{kind[:20]!r}", "values": ", ".join(Kind.values)},
        )
    if kind == Kind.DEVELOPMENT:
        raise refused("kind", _("A pipeline has one Development, which shows the drafts."))
    return kind


def _checked_place_name(name: str) -> str:
    name = checked_name(name)
    if len(name) > NAME_LENGTH:
        raise refused(
            "name",
            _("The name has %(count)s characters; %(name_length)s are allowed.")
            % {"count": len(name), "name_length": NAME_LENGTH},
        )
    return name


def _slug_of(name: str) -> str:
    letters = "".join(character if character.isascii() and character.isalnum() else "-" for character in name.lower())
    return "-".join(part for part in letters.split("-") if part)[:63] or "environment"


def _checked_slug(slug: str, pipeline: list[Environment]) -> str:
    try:
        SLUG(slug)
    except ValidationError as error:
        raise refused("slug", error.messages[0]) from None
    if slug in RESERVED:
        raise refused("slug", _("%(slug)s is a word of the console itself. Choose another.") % {"slug": slug})
    if any(place.slug == slug for place in pipeline):
        raise SlugTaken(
            _("An environment named %(slug)s exists already. Choose another name. Nothing was changed.")
            % {"slug": slug}
        )
    return slug


def _facts(place: Environment) -> dict[str, Any]:
    return {
        "name": place.name,
        "description": place.description,
        "position": place.position,
        "is_default": place.is_default,
        "rules": place.rules.model_dump(mode="json"),
    }
