"""Addresses of people, set-up and the rules of an organization, and of sign-in."""

from django.urls import include, path

from console import people_views

urlpatterns = [
    path("", people_views.home, name="home"),
    path("setup", people_views.setup, name="setup"),
    path("o/<slug:organization>/settings", people_views.settings, name="settings"),
    path("o/<slug:organization>/members/<uuid:membership>/remove", people_views.remove_member, name="remove_member"),
    path("", include("console.organizations.urls")),
    path("", include("agents.grant_urls")),
    path("accounts/", include("allauth.urls")),
]
