"""Addresses of the roles on a single agent."""

from django.urls import path

from agents import grant_views

urlpatterns = [
    path("o/<slug:organization>/agents/<slug:agent>/grants", grant_views.grants, name="grants"),
    path("o/<slug:organization>/agents/<slug:agent>/grants/give", grant_views.grant, name="grant_role"),
    path("o/<slug:organization>/agents/<slug:agent>/grants/take", grant_views.take, name="take_role"),
]
