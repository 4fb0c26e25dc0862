"""Django with nothing in it: one view that answers nothing, no middleware. Run by granian for a comparison."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path


def nothing(_: HttpRequest) -> HttpResponse:
    """An empty answer."""
    return HttpResponse()


urlpatterns = [re_path("", nothing)]

if not settings.configured:
    settings.configure(
        ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"], SECRET_KEY="-" * 50, LOGGING_CONFIG=None
    )

application = get_wsgi_application()
