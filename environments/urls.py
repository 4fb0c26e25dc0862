"""Addresses of an agent's releases: the list, the agent's page, and every step on the way to Production."""

from django.urls import path

from environments import board_urls, version_views
from environments.views import agents, chronicle, comparing, deciding, moving, notices, places, records, returning

app_name = "environments"

AGENT = "o/<slug:organization>/agents/<slug:agent>/"

urlpatterns = [
    *board_urls.urlpatterns,
    path("o/<slug:organization>/agents/", agents.agent_list, name="agent-list"),
    path("o/<slug:organization>/releases", chronicle.release_list, name="release-list"),
    path("o/<slug:organization>/history", chronicle.project_history, name="project-history"),
    path("o/<slug:organization>/audit/<int:sequence>/difference", chronicle.event_difference, name="event-difference"),
    path("o/<slug:organization>/notifications", notices.notices, name="notices"),
    path("o/<slug:organization>/notifications/read", notices.read_notices, name="notices-read"),
    path("o/<slug:organization>/notifications/<uuid:notice>", notices.open_notice, name="notice"),
    path(AGENT, agents.agent_overview, name="agent-overview"),
    path(f"{AGENT}archive", agents.archive, name="agent-archive"),
    path(f"{AGENT}unarchive", agents.unarchive, name="agent-unarchive"),
    path(f"{AGENT}promote", moving.promote_page, name="promote"),
    path(f"{AGENT}staging", deciding.decide_page, name="decide"),
    path(f"{AGENT}staging/now/<int:seen>", deciding.candidate_now, name="candidate"),
    path(f"{AGENT}push", moving.push_page, name="push"),
    path(f"{AGENT}push/emergency", moving.break_glass_page, name="break-glass"),
    path(f"{AGENT}versions/", version_views.version_list, name="version-list"),
    path(f"{AGENT}versions/<int:number>/", version_views.version, name="version"),
    path(f"{AGENT}versions/<int:number>/export.<slug:ending>", version_views.export, name="version-export"),
    path(f"{AGENT}versions/<int:number>/activate", moving.activate_page, name="activate"),
    path(f"{AGENT}rollback", returning.rollback_page, name="rollback"),
    path(f"{AGENT}hold/<int:number>/lift", returning.lift_hold_page, name="lift-hold"),
    path(f"{AGENT}releases/", records.timeline, name="releases"),
    path(f"{AGENT}releases/<uuid:deployment>/", records.record_page, name="release"),
    path(f"{AGENT}env/<slug:environment>", places.environment_page, name="environment"),
    path(f"{AGENT}compare", comparing.compare_page, name="compare"),
    path(f"{AGENT}compare/<str:pair>", comparing.compare_page, name="compare-pair"),
    path(f"{AGENT}compare/<str:pair>/lines", comparing.compare_lines, name="compare-lines"),
    path(f"{AGENT}compare/<str:pair>/changes.diff", comparing.compare_patch, name="compare-patch"),
]
