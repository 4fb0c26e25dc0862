"""Every address of the console."""

from django.urls import include, path

from console import palette_views, views
from console.api.routes import urls as api_urls
from environments.views.boards import dashboard

handler400 = views.bad_request
handler500 = views.server_error

urlpatterns = [
    path("help", views.help_page, name="help"),
    path("healthz", views.health, name="health"),
    path("api/v1/", api_urls()),
    path("o/<slug:organization>/palette", palette_views.palette, name="palette"),
    path("o/<slug:organization>/search", palette_views.search, name="search"),
    path("o/<slug:organization>/", dashboard, name="organization"),
    path("", include("console.people_urls")),
    path("", include("console.webhooks.urls")),
    path("", include("audit.urls")),
    path("", include("agents.urls")),
    path("", include("environments.urls")),
]
