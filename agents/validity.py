"""Whether stored content still is a valid document; asked before each move, so it remembers by digest.

What was valid under the schema of this process stays valid: digests never change their content.
"""

from functools import lru_cache
from uuid import UUID

from agents.contents import load
from agents.models import Manifest
from agents.schema import validate
from console.organizations.errors import InvalidContent
from console.organizations.models import Organization

REMEMBERED = 20_000


def document_fault(organization: Organization, digest: str) -> str | None:
    """The first mistake of a configuration, in words; None while it is valid. `LookupError` for an unknown digest."""
    return _fault(organization.pk, digest)


@lru_cache(maxsize=REMEMBERED)
def _fault(organization_id: UUID, digest: str) -> str | None:
    manifest = Manifest.objects.filter(organization=organization_id, digest=digest).first()
    if manifest is None:
        raise LookupError(f"no manifest {digest[:7]}")
    try:
        validate(load(manifest))
    except InvalidContent as error:
        return error.detail
    return None
