"""Addresses of the audit log."""

from django.urls import path

from audit import views

urlpatterns = [
    path("o/<slug:organization>/audit", views.audit, name="audit"),
    path("o/<slug:organization>/audit/export", views.audit_export, name="audit_export"),
    path("o/<slug:organization>/audit/<int:sequence>", views.audit_event, name="audit_event"),
]
