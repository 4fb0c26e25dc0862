"""Filters that people keep."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.organizations.ids import new_id
from console.organizations.models.people import Organization, User


class SavedView(models.Model):
    """One person's name for a filtered list of one organization; nobody else sees it."""

    class Page(models.TextChoices):
        DASHBOARD = "dashboard", _("Dashboard")
        AGENTS = "agents", _("Agents")
        QUEUE = "queue", _("My queue")
        AUDIT = "audit", _("Audit log")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_views")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=20, choices=Page.choices)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=2000)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["person", "organization", "page", "name"], name="saved_view_named_once"),
        ]

    def __str__(self) -> str:
        return self.name
