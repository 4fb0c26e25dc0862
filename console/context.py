"""What every page shows around its content: navigation, organization, theme, version."""

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Context of the frame; pages inside an organization add their own."""
    return {"theme": "system", "nav": {"items": [], "organizations": []}, "version": "0.1.0"}
