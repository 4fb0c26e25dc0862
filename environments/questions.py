"""What `gathering` asks of all agents of a board at once; each question is compiled (ADR 018)."""

from uuid import UUID

from django.db.models import QuerySet

from agents.models import Draft, Manifest, Version, VersionContributor
from console.organizations.compiled import compiled
from environments.models import Hold, Pin, SignOff


@compiled
def pins_of(agents: list[UUID], pipeline: list[UUID]) -> QuerySet[Pin]:
    """What these environments serve of these agents, with the move that brought it and what was there before."""
    pins = Pin.objects.filter(agent__pk__any=agents, environment__pk__any=pipeline)
    return pins.select_related("deployment__from_version").defer("deployment__gates")


@compiled
def drafts_of(agents: list[UUID]) -> QuerySet[Draft]:
    """The drafts, without the entries of their manifests, which are what is large."""
    return Draft.objects.filter(agent__pk__any=agents).select_related("manifest").defer("manifest__entries")


@compiled
def newest(agents: list[UUID]) -> QuerySet[Version, tuple[UUID, UUID]]:
    """Agent and id of its newest version."""
    versions = Version.objects.filter(agent__pk__any=agents).order_by("agent", "-number").distinct("agent")
    return versions.values_list("agent", "pk")


@compiled
def versions(wanted: list[UUID]) -> QuerySet[Version]:
    """Versions with their releases."""
    return Version.objects.filter(pk__any=wanted).select_related("release")


@compiled
def manifests(wanted: list[int]) -> QuerySet[Manifest]:
    """Manifests with their entries."""
    return Manifest.objects.filter(pk__any=wanted)


@compiled
def open_holds(agents: list[UUID]) -> QuerySet[Hold]:
    """Holds that nobody lifted, the newest first."""
    holds = Hold.objects.filter(agent__pk__any=agents, lifted_at=None)
    return holds.select_related("version", "by").order_by("-at")


@compiled
def decisions_on(versions: list[UUID]) -> QuerySet[SignOff]:
    """QA's decisions, the newest first."""
    return SignOff.objects.filter(version__pk__any=versions).newest_first()


@compiled
def contributors(versions: list[UUID]) -> QuerySet[VersionContributor, tuple[UUID, UUID]]:
    """Version and contributor."""
    return VersionContributor.objects.filter(version__pk__any=versions).values_list("version_id", "user_id")
