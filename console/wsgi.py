"""The WSGI door: the hot path in front, Django behind."""

import gc
import os
from collections.abc import Iterable

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

django_application = get_wsgi_application()

# Models can be imported only now that Django is set up.
from console.api.problems import problem  # noqa: E402
from console.organizations.ids import request_id_of  # noqa: E402
from environments.serving.door import Door, Environ, StartResponse  # noqa: E402


def unavailable(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """503 in the words of the API."""
    request = WSGIRequest(environ)
    request.request_id = request_id_of(environ.get("HTTP_X_REQUEST_ID", ""))  # type: ignore[attr-defined]
    response = problem(request, 503)
    response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
    response.headers["Cache-Control"] = "no-store"
    start_response(f"{response.status_code} {response.reason_phrase}", list(response.items()))
    return [response.content]


application = Door(django_application, unavailable)

# What is loaded by now stays for the life of the process. Without this the collector walks through all of it again
# whenever a page made many objects: a sixth of the time of the dashboard.
get_resolver().url_patterns  # noqa: B018  # imports every view, which the first request would wait for
gc.collect()
gc.freeze()
