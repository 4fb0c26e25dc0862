"""What people are told: mails under way, and notifications in the console."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.organizations.ids import new_id
from console.organizations.models.people import Organization, User
from console.organizations.querysets import (
    NotificationQuerySet,
)


class OutgoingMail(models.Model):
    """A mail that was promised: written with the act that promised it, sent after the commit, then forgotten.

    So a slow or missing mail server neither holds a request nor tells known addresses from unknown ones (G40).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    to = ArrayField(models.EmailField(max_length=254))
    subject = models.CharField(max_length=300)
    body = models.TextField()
    html = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.subject} to {', '.join(self.to)}"


class Notification(models.Model):
    """What a person is told, mostly about a release: written by the verb, in its transaction, and theirs alone.

    `data` keeps the names as they were; `agent_id` lets the page ask whether the person may still see the agent,
    and is None for what is about no agent.
    """

    class Event(models.TextChoices):
        PROMOTED = "promoted", _("Promoted to Staging")
        READY = "ready", _("Ready for Production")
        CHANGES_REQUESTED = "changes_requested", _("Changes requested")
        PUSHED = "pushed", _("Pushed to Production")
        GLASS_BROKEN = "glass_broken", _("Pushed past failing gates")
        ROLLED_BACK = "rolled_back", _("Rolled back")
        APPROVAL_STALE = "approval_stale", _("Approval ended: stale or revoked")
        WEBHOOK_DISABLED = "webhook_disabled", _("A webhook was switched off")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    event = models.CharField(max_length=20, choices=Event.choices)
    agent_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    said = models.TextField(blank=True)
    path = models.CharField(max_length=300)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["user", "organization", "-id"], name="notification_list"),
            models.Index(fields=["user", "organization"], name="notification_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["at"], name="notification_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.event} for {self.user_id}"


class NotificationSwitch(models.Model):
    """Whether a person wants to hear of one kind of event, by which channel; without a row: by both."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notification_switches")
    event = models.CharField(max_length=20, choices=Notification.Event.choices)
    console = models.BooleanField(default=True)
    mail = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="one_switch_per_event")]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.event}"
