"""The last scheduled verification of each chain, kept for the banner of the audit page (T13).

It lives in the shared cache: losing it costs a banner until the next run, never evidence.
"""

from typing import Any
from uuid import UUID

from django.core.cache import cache

from audit.findings import Verification

KEPT_SECONDS = 7 * 24 * 60 * 60


def remember(result: Verification) -> None:
    """Keep the result until the next run replaces it."""
    cache.set(_key(result.organization_id), result.as_json(), KEPT_SECONDS)


def known_break(organization_id: UUID) -> dict[str, Any] | None:
    """The last result if it was red: `{ok, checked, first_bad}`."""
    result: dict[str, Any] | None = cache.get(_key(organization_id))
    return result if result and not result["ok"] else None


def _key(organization_id: UUID) -> str:
    return f"audit.verification.{organization_id}"
