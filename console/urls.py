"""Every address of the console."""

from django.urls import include, path

from console import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("", views.home, name="home"),
    path("accounts/", include("allauth.urls")),
]
