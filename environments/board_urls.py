"""Addresses of the pages of many agents; part of `environments.urls`."""

from django.urls import path

from environments.views import boards

AGENT = "o/<slug:organization>/agents/<slug:agent>/"

urlpatterns = [
    path(f"{AGENT}peek", boards.peek, name="agent-peek"),
]
