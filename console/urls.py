"""Every address of the console."""

from django.urls import include, path

from console import views
from console.api.routes import urls as api_urls

handler400 = views.bad_request
handler500 = views.server_error

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("api/v1/", api_urls()),
    path("", include("console.people_urls")),
    path("", include("audit.urls")),
    path("", include("agents.urls")),
    path("", include("environments.urls")),
]
