"""The organization's pipeline: what comes before what, by kind and position."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from console.organizations.compiled import compiled
from console.organizations.errors import Conflict
from console.organizations.models import Organization
from environments.models import Environment


def environments_of(organization: Organization) -> list[Environment]:
    """The pipeline in order."""
    places = _places(organization.pk)
    for place in places:
        place.organization = organization
    return places


@compiled
def _places(organization: UUID) -> QuerySet[Environment]:
    return Environment.objects.filter(organization=organization).in_order()


def environment_named(organization: Organization, slug: str) -> Environment | None:
    """The environment with this slug; compared here, because an address may hold what no database takes (NUL)."""
    return next((place for place in environments_of(organization) if place.slug == slug), None)


def environment_called(organization: Organization, name: str) -> Environment | None:
    """The environment that a program calls by slug or id."""
    return next((place for place in environments_of(organization) if name in {place.slug, str(place.pk)}), None)


def default_environment(organization: Organization) -> Environment | None:
    """What a program gets that names no environment; the organization says which, nothing is guessed (R4)."""
    return next((one for one in _places(organization.pk) if one.is_default), None)


def entry_environment(places: Iterable[Environment]) -> Environment:
    """The first environment after Development in a pipeline: where a publish goes."""
    for environment in places:
        if environment.kind != Environment.Kind.DEVELOPMENT:
            return environment
    raise Conflict(_("The pipeline has no environment after Development. An Org Admin can add one."))


def next_environment(environment: Environment) -> Environment | None:
    """The environment that comes after this one: the next hop; Development is no hop."""
    places = _places(environment.organization_id)
    return next((one for one in places if one.position > environment.position and not one.is_development), None)


def previous_hop(environment: Environment) -> Environment | None:
    """The environment right before this one, the hop that may not be skipped; None for the entry environment."""
    return hop_before(environment, _places(environment.organization_id))


def hop_before(environment: Environment, places: Iterable[Environment]) -> Environment | None:
    """The same in a pipeline that was read already, in order."""
    before = [one for one in places if not one.is_development and one.position < environment.position]
    return before[-1] if before else None


def sign_off_environment(organization: Organization) -> Environment | None:
    """The last staging environment: where QA decides."""
    return next((one for one in reversed(_places(organization.pk)) if one.is_staging), None)


def production_environment(places: Iterable[Environment]) -> Environment | None:
    """The first production environment of a pipeline: where a push goes by default."""
    return next((place for place in places if place.is_production), None)
