"""Taking something up and putting it down: a note to colleagues, no act on a release, so in no organization's log."""

from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext

from agents.models import Version
from console.organizations.errors import Conflict
from console.organizations.models import User
from environments.models import Claim, Release
from environments.querysets import ClaimQuerySet

# The row decides: two people who take the same version at once meet here, and one of them finds the other's name.
_TAKE = """
INSERT INTO environments_claim (version_id, organization_id, state, by_id, at)
VALUES (%s, %s, %s, %s, clock_timestamp())
ON CONFLICT (version_id) DO UPDATE SET by_id = excluded.by_id, state = excluded.state, at = excluded.at
    WHERE environments_claim.by_id = excluded.by_id OR environments_claim.state <> excluded.state
       OR environments_claim.at <= clock_timestamp() - %s
RETURNING by_id
"""


@transaction.atomic
def take_up(version: Version, *, person: User) -> Claim:
    """Note that the person is on it for the next two hours; `Conflict` naming the colleague who is already."""
    state = Release.objects.values_list("state", flat=True).get(version=version)
    values: list[Any] = [version.pk, version.organization_id, state, person.pk, ClaimQuerySet.LIFE]
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, values)
        taken = cursor.fetchone()
    claim = Claim.objects.select_related("by").get(version=version)
    if taken is None:
        raise Conflict(
            gettext("%(by)s is on it since %(at)s UTC. Nothing was changed.")
            % {"by": claim.by.name, "at": f"{claim.at:%H:%M}"}
        )
    return claim


def put_down(version: Version, *, person: User) -> bool:
    """Take one's own note away; whether there was one."""
    removed, _ = Claim.objects.filter(version=version, by=person).delete()
    return removed > 0
