"""Addresses of the pages of many agents; part of `environments.urls`."""

from django.urls import path

from environments.views import boards

AGENT = "o/<slug:organization>/agents/<slug:agent>/"

urlpatterns = [
    path("o/<slug:organization>/queue", boards.queue, name="queue"),
    path("o/<slug:organization>/queue/claim", boards.claim, name="queue-claim"),
    path(f"{AGENT}peek", boards.peek, name="agent-peek"),
]
