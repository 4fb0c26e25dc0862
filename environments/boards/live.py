"""A board that looks again: has anything changed at all? Asked first, so that an unchanged board costs two queries.

Every act, of whatever kind, adds an event to the organization's chain: the hash of the last one says whether a page
made before is still true. Ages ("4 min ago") move without an act; the browser asks for a whole answer once a minute.
"""

from hashlib import sha256
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from audit.models import ChainHead
from console.organizations.compiled import compiled
from console.organizations.doors import person_of
from console.organizations.models import Organization

LIVE_HEADER = "X-Slipway-Live"
AS_OF_HEADER = "X-Slipway-As-Of"


def head_of(organization: Organization) -> str:
    """The hash of the last event: as long as it is the same, nothing has happened."""
    return _head.first(organization.pk) or ""


@compiled
def _head(organization: UUID) -> QuerySet[ChainHead, str]:
    return ChainHead.objects.filter(organization=organization).values_list("hash", flat=True)


def is_live(request: HttpRequest) -> bool:
    """Whether a page asks for its changed regions only."""
    return LIVE_HEADER in request.headers


def stamp_of(request: HttpRequest, organization: Organization, *more: object) -> str:
    """The ETag of what this person would see at this address now."""
    parts = (person_of(request).pk, request.get_full_path(), organization.pk, head_of(organization), *more)
    return f'"{sha256(repr(parts).encode()).hexdigest()[:32]}"'


def unchanged(request: HttpRequest, stamp: str) -> HttpResponse | None:
    """The short answer when the page shows this already."""
    if not is_live(request) or request.headers.get("If-None-Match") != stamp:
        return None
    return stamped(HttpResponseNotModified(), stamp)


def stamped(response: HttpResponse, stamp: str) -> HttpResponse:
    """The answer with its stamp and the time it is true for, in the zone of the page's other times."""
    response.headers["ETag"] = stamp
    response.headers[AS_OF_HEADER] = f"{timezone.localtime():%H:%M:%S}"
    patch_vary_headers(response, [LIVE_HEADER])
    return response
