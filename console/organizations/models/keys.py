"""Programs that call: their keys, what they asked under an Idempotency-Key, how often they call."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from console.organizations.actor import Target
from console.organizations.ids import new_id
from console.organizations.models.people import ROLE_CHOICES, Organization, User
from console.organizations.querysets import (
    ApiKeyQuerySet,
)
from console.organizations.roles import Role


class ApiKey(models.Model):
    """Lets a program act with at most the rights of the person who made it. Only a digest of the key is kept (G26)."""

    class Kind(models.TextChoices):
        PERSONAL = "personal", "Personal"
        SERVICE = "service", "Service account"
        ASSISTANT = "assistant", "Assistant"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="api_keys")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PERSONAL)
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    environments = ArrayField(models.CharField(max_length=63), default=list, blank=True)  # slugs; none: everywhere
    may_push = models.BooleanField(default=False)  # an Org Admin allowed pushes to Production by this key
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    last_used_from = models.CharField(max_length=64, blank=True)
    revoked_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="made")  # when a program did

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                condition=models.Q(revoked_at=None, replaced_by=None),
                name="api_key_name_unique",
            ),
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("created_at")), name="api_key_expires"),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="api_key_has_known_role"
            ),
            models.CheckConstraint(condition=~models.Q(kind="assistant", may_push=True), name="assistant_never_pushes"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def audit_target(self) -> Target:
        """The key as audit events name it."""
        return Target(self.organization, "api_key", str(self.pk), str(self))


class IdempotentCall(models.Model):
    """One call of the API under an Idempotency-Key, and its answer once there is one (status is None before)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    caller = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    execution = models.CharField(max_length=64)  # request id of the audit events of this execution
    lease_until = models.DateTimeField()
    created_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    rights = ArrayField(models.CharField(max_length=63), default=list)  # what the caller might do when it was sent
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=bytes)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return f"{self.key} of {self.caller}"


class ApiCallCount(models.Model):
    """How many calls a caller sent in one minute (minutes since 1970); an unlogged table, swept every hour."""

    caller = models.CharField(max_length=100)
    minute = models.PositiveIntegerField()
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["caller", "minute"], name="api_calls_by_minute")]

    def __str__(self) -> str:
        return f"{self.caller}: {self.calls}"
