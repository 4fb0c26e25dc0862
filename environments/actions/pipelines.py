"""Making environments."""

from audit.log import record
from console.organizations.actor import Actor
from console.organizations.errors import Conflict
from console.organizations.models import Organization
from console.organizations.policies import require
from console.organizations.tracking import credit
from environments.models import Environment
from environments.pipeline import STANDARD, environments_of


def create_pipeline(organization: Organization, *, actor: Actor) -> list[Environment]:
    """Give a new organization Development, Staging and Production, in this order.

    A step of founding it: it runs in that verb's transaction and adds its own event there.
    """
    require(actor, "manage_settings", organization)
    if environments_of(organization):
        raise Conflict(f"{organization.name} has environments already. Nothing was changed.")
    made = []
    for position, (slug, name, kind) in enumerate(STANDARD):
        environment = Environment(organization=organization, slug=slug, name=name, kind=kind, position=position)
        credit(environment, by=actor.user)
        environment.save(force_insert=True)
        made.append(environment)
    names = [environment.name for environment in made]
    record("environment.created", organization.audit_target(), actor=actor, data={"names": names})
    return made
