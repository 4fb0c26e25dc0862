"""Webhooks, the messages they are told, and each try to deliver one. Rows are the truth, a task only wakes a worker."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from console.organizations.actor import Target
from console.organizations.ids import new_id
from console.organizations.models import Organization, User
from console.webhooks.kinds import KIND_NAMES, TEST
from console.webhooks.querysets import DeliveryQuerySet, WebhookQuerySet


class Webhook(models.Model):
    """An address that hears of chosen events. Its secret is kept encrypted and shown only when it is made.

    `former_secret` still signs beside the new one until `former_until`. While `disabled_at` is set, messages are
    kept for it and none is sent. `failing_since` and `failures` count what failed since the last success.
    """

    class Reason(models.TextChoices):
        PERSON = "person", _("A person switched it off")
        GONE = "gone", _("The receiver answered 410 Gone")
        FAILING = "failing", _("Nothing arrived for three days")
        NOT_ALLOWED = "not_allowed", _("Its address leads where the console must not connect to")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="webhooks")
    url = models.CharField(max_length=2000)
    description = models.CharField(max_length=200, blank=True)
    kinds = ArrayField(models.CharField(max_length=40))
    secret = models.TextField()
    former_secret = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    disabled_at = models.DateTimeField(null=True)
    disabled_because = models.CharField(max_length=12, choices=Reason.choices, blank=True)
    failing_since = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["organization", "-id"], name="webhook_list")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kinds__contained_by=KIND_NAMES, kinds__len__gt=0), name="webhook_hears_known_kinds"
            ),
            models.CheckConstraint(
                condition=Q(former_secret="", former_until=None)
                | (~Q(former_secret="") & Q(former_until__isnull=False)),
                name="webhook_former_secret_ends",
            ),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_because="")
                | Q(disabled_at__isnull=False, disabled_because__in=["person", "gone", "failing", "not_allowed"]),
                name="webhook_disabled_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(failing_since=None, failures=0) | Q(failing_since__isnull=False, failures__gt=0),
                name="webhook_failures_began",
            ),
            models.CheckConstraint(condition=~Q(secret="") & ~Q(url=""), name="webhook_signs_and_leads"),
        ]

    def __str__(self) -> str:
        return self.description or self.host

    @property
    def host(self) -> str:
        """Who is talked to; the rest of a URL is often a secret of the receiver and is shown to few."""
        return self.url.partition("://")[2].partition("/")[0].partition("?")[0]

    def audit_target(self) -> Target:
        """The webhook as audit events name it: never with its whole address."""
        label = f"{self.description} ({self.host})" if self.description else self.host
        return Target(self.organization, "webhook", str(self.pk), label)


class LogMark(models.Model):
    """How far an organization's log was read for webhooks; made with its first webhook (docs/adr/013)."""

    organization = models.OneToOneField(Organization, primary_key=True, on_delete=models.CASCADE, related_name="+")
    sequence = models.PositiveBigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"read up to {self.sequence}"


class Message(models.Model):
    """What is told: its body stays as it was made, byte for byte, for every receiver and every try.

    `sequence` is the event of the log that it tells, None for a test.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    sequence = models.PositiveBigIntegerField(null=True)
    kind = models.CharField(max_length=40)
    body = models.TextField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "sequence"], name="one_message_per_event"),
            models.CheckConstraint(
                condition=Q(sequence=None, kind=TEST) | (Q(sequence__isnull=False) & ~Q(kind=TEST)),
                name="message_tells_an_event_or_tests",
            ),
        ]
        indexes = [models.Index(fields=["at"], name="message_by_time")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The id of the header `webhook-id`: the same for every try and every replay."""
        return f"msg_{self.id.hex}"


class Delivery(models.Model):
    """One message for one webhook. `tries` count from the last time somebody asked for it, `attempts` all of them."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        DELIVERED = "delivered", _("Delivered")
        DEAD = "dead", _("Dead letter")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    tries = models.PositiveSmallIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=32, blank=True)  # which run of a worker holds the lease
    ended_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["webhook", "message"], name="message_once_per_webhook"),
            models.CheckConstraint(
                condition=Q(state="pending", ended_at=None)
                | Q(state__in=["delivered", "dead"], ended_at__isnull=False, lease_until=None),
                name="delivery_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="delivery_list"),
            models.Index(fields=["next_at"], condition=Q(state="pending"), name="delivery_due"),
            models.Index(fields=["webhook", "next_at"], condition=Q(state="pending"), name="delivery_due_of_webhook"),
            models.Index(fields=["webhook", "-id"], condition=Q(state="dead"), name="delivery_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id}: {self.state}"

    def audit_data(self) -> dict[str, Any]:
        """What an event about it keeps."""
        return {"message": self.message.name, "kind": self.message.kind}


class Attempt(models.Model):
    """One try: when, signed how, and what came back, cut to its beginning."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="log")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    signature = models.CharField(max_length=400, blank=True)
    status = models.PositiveSmallIntegerField(null=True)
    milliseconds = models.PositiveIntegerField()
    trouble = models.CharField(max_length=300, blank=True)
    reply = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="attempt_number_once")]

    def __str__(self) -> str:
        return f"{self.number}: {self.status or self.trouble}"

    @property
    def timestamp(self) -> int:
        """The header `webhook-timestamp` of this try: seconds since 1970."""
        return int(self.at.timestamp())

    @property
    def is_success(self) -> bool:
        """2xx."""
        return self.status is not None and 200 <= self.status < 300


def is_signed_by_both(webhook: Webhook, now: datetime) -> bool:
    """Whether the former secret still signs beside the new one."""
    return webhook.former_until is not None and webhook.former_until > now
