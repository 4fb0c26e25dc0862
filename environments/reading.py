"""The sides of a comparison, read with rights: a version, an environment, the draft, an earlier save of it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from agents.compare import Options, Side
from agents.comparing import stored_comparison
from agents.comparison import Comparison
from agents.models import Agent, Draft, Version
from agents.querysets import VersionQuerySet
from agents.reading import draft_side as side_of_draft
from agents.reading import version_side as side_of_version
from console.organizations.compiled import compiled
from console.organizations.errors import NotFound
from console.organizations.roles import DEVELOPMENT_SLUGS
from environments.errors import EnvironmentUnpinned
from environments.models import Deployment, Environment, Pin
from environments.pipeline import environment_named
from environments.policies import beyond_key, can_read_version, missing

DRAFT = "draft"
HISTORY = "history:"
ENVIRONMENT = "environment:"
BETWEEN = "..."  # stands between the two sides in an address
NOTHING = "nothing"


def side_of(agent: Agent, name: str, rights: frozenset[str], limit: Collection[str] = ()) -> Side:
    """The side that an address names: `v15`, `15`, `draft`, `history:12`, `staging`, `environment:staging`.

    Refuses with `NotFound` what does not exist, `EnvironmentUnpinned`, and what the person may not read.
    `limit`: the only environments (slugs) that the caller's key knows; none for all.
    """
    if name == DRAFT or name.startswith(HISTORY):
        if "view_draft" not in rights:
            raise missing("view_draft", agent.organization)
        return _draft_side(agent) if name == DRAFT else _save_side(agent, name.removeprefix(HISTORY))
    if name.startswith(ENVIRONMENT):
        return _served_side(agent, name.removeprefix(ENVIRONMENT), rights, limit)
    number = _number(name.removeprefix("v"))
    if not number and environment_named(agent.organization, name):
        return _served_side(agent, name, rights, limit)
    versions = Version.objects.select_related("manifest", "layout").defer("layout__body")
    version = versions.filter(agent=agent, number=number).first()
    if version is None:
        raise NotFound(_("There is no version %(name)s of %(agent)s.") % {"name": name[:80], "agent": agent.name})
    require_reached(version, limit)
    return _readable(version, rights, _with_layout(version_side(version), version))


def within(versions: VersionQuerySet, limit: Collection[str]) -> VersionQuerySet:
    """Those of the versions that ran in one of these environments (slugs); all without a limit or with Development."""
    if not limit or not DEVELOPMENT_SLUGS.isdisjoint(limit):
        return versions
    return versions.filter(pk__in=Deployment.objects.filter(environment__slug__in=limit).values("version"))


def require_reached(version: Version, limit: Collection[str]) -> None:
    """Refuse a version that never ran where the caller's key may read."""
    if limit and not within(Version.objects.filter(pk=version.pk), limit).exists():
        raise beyond_key(limit)


def draft_side(agent: Agent, draft: Draft | None = None) -> Side:
    """The draft as it is."""
    return side_of_draft(draft or Draft.objects.select_related("manifest").get(agent=agent))


def version_side(version: Version, place: Environment | None = None) -> Side:
    """A version, named after the environment that serves it when one is given."""
    side = side_of_version(version)
    return replace(side, label=f"{place.name} (v{version.number})") if place else side


def served_side(environment: Environment, version: Version | None) -> Side:
    """What an environment serves; when it serves nothing, everything on the other side is new."""
    return version_side(version, environment) if version else Side(f"{environment.name} ({NOTHING})", {}, {})


def comparison_of(agent: Agent, left: Side, right: Side, options: Options | None = None) -> Comparison:
    """The right side against the left one, with the address of its own page; only parts that differ are read."""
    return replace(stored_comparison(agent, left, right, options), address=address_of(agent, left, right))


def name_of(side: Side) -> str:
    """The name that this side has in an address for good: a version or a save; empty when it has none."""
    if "version" in side.ref:
        return f"v{side.ref['version']}"
    if "history" in side.ref:
        return f"{HISTORY}{side.ref['history']}"
    return DRAFT if "draft" in side.ref else ""


def address_of(agent: Agent, left: Side, right: Side) -> str:
    """Where these two are compared on a page of their own."""
    names = name_of(left), name_of(right)
    return pair_address(agent, *names) if all(names) else ""


def pair_address(agent: Agent, left: str, right: str) -> str:
    """The page that compares the sides of these names."""
    return reverse("environments:compare-pair", args=[agent.organization.slug, agent.slug, f"{left}{BETWEEN}{right}"])


def can_read(rights: frozenset[str], *versions: Version | None) -> bool:
    """Whether the person may read the content of all these versions."""
    wanted = [version for version in versions if version]
    return len(readable(rights, wanted)) == len(wanted)


def readable(rights: frozenset[str], versions: Sequence[Version]) -> list[Version]:
    """Those of the versions whose content the person may read; one query at most."""
    if "view_development" in rights or not versions:
        return list(versions)
    wanted = [version.pk for version in versions]
    moves = Deployment.objects.filter(version__in=wanted).values_list("version_id", "environment__kind").distinct()
    kinds: dict[Any, list[str]] = {}
    for version_id, kind in moves:
        kinds.setdefault(version_id, []).append(kind)
    return [version for version in versions if can_read_version(rights, kinds.get(version.pk, []))]


def with_manifest(version: Version) -> Version:
    """The version with its manifest read; pin strips leave it out."""
    return _with_manifest.get(version.pk)


@compiled
def _with_manifest(version: UUID) -> QuerySet[Version]:
    return Version.objects.filter(pk=version).select_related("manifest", "author")


def _draft_side(agent: Agent) -> Side:
    draft = Draft.objects.select_related("manifest", "layout").defer("layout__body").get(agent=agent)
    return _with_layout(side_of_draft(draft), draft)


def _with_layout(side: Side, holder: Any) -> Side:
    return replace(side, layout=holder.layout.digest if holder.layout else "")


def _save_side(agent: Agent, name: str) -> Side:
    saves = Draft.history.select_related("manifest", "layout").defer("layout__body")
    entry = saves.filter(agent=agent, pk=_number(name)).first()
    if entry is None:
        raise NotFound(_("There is no such save in the history of this draft."))
    label = _("Save of %(history_date)s UTC") % {"history_date": f"{entry.history_date:%Y-%m-%d %H:%M:%S}"}
    manifest, ref = entry.manifest, {"history": entry.pk}
    side = Side(label, manifest.entries, ref, manifest.digest, manifest.size, at=entry.history_date)
    return _with_layout(side, entry)


def _served_side(agent: Agent, slug: str, rights: frozenset[str], limit: Collection[str]) -> Side:
    environment = environment_named(agent.organization, slug)
    if environment is None:
        raise NotFound(_("There is no environment %(slug)s.") % {"slug": slug[:80]})
    if limit and slug not in limit:
        raise beyond_key(limit)
    pins = Pin.objects.filter(agent=agent, environment=environment)
    pin = pins.select_related("version__manifest", "version__layout").defer("version__layout__body").first()
    if pin is None:
        raise EnvironmentUnpinned(
            _("%(environment)s serves nothing of %(agent)s.") % {"environment": environment.name, "agent": agent.name},
            environment=slug,
        )
    return _readable(pin.version, rights, _with_layout(version_side(pin.version, environment), pin.version))


def _readable(version: Version, rights: frozenset[str], side: Side) -> Side:
    if not can_read(rights, version):
        raise missing("view_development", version.agent.organization)
    return side


def _number(text: str) -> int:
    """The number in an address; whatever cannot be one names nothing (and must not reach the database)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0
