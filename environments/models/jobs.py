"""Work that takes longer than a request: a job and its items. The rows are the truth, a message only wakes a worker."""

from typing import Any

from django.db import models
from django.db.models import Count, Q

from agents.models import Agent, Version
from console.organizations.actor import Target
from console.organizations.ids import new_id
from console.organizations.models import ApiKey, Organization, User
from environments.models.releases import Deployment, Environment


class Job(models.Model):
    """Many agents moved by one act. What it does to each is frozen when it is made."""

    class Kind(models.TextChoices):
        PROMOTION = "bulk_promotion", "Bulk promotion"
        ROLLBACK = "bulk_rollback", "Bulk rollback"

    class State(models.TextChoices):
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        CANCELLED = "cancelled", "Cancelled"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    source = models.ForeignKey(Environment, null=True, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)
    ticket = models.CharField(max_length=100, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="+")
    proven_at = models.DateTimeField(null=True)  # when the person had proven their identity as they started it
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancel_asked_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    holder = models.CharField(max_length=32, blank=True)  # which run of a worker holds the lease
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["organization", "-created_at"], name="job_by_time"),
            models.Index(fields=["lease_until"], condition=Q(finished_at=None), name="job_unfinished"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["finished", "cancelled"], finished_at__isnull=False)
                | Q(state__in=["queued", "running"], finished_at=None),
                name="job_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    def audit_target(self) -> Target:
        """The job as audit events name it."""
        label = f"{self.Kind(self.kind).label} to {self.target.name}"
        return Target(self.organization, "job", str(self.pk), label)

    @property
    def is_over(self) -> bool:
        """Whether nothing will happen any more."""
        return self.finished_at is not None

    def counts(self) -> dict[str, int]:
        """How many items are in each state, counted from the rows."""
        found: Any = self.items.values_list("state").annotate(number=Count("pk"))
        return dict.fromkeys(JobItem.State.values, 0) | dict(found)


class JobItem(models.Model):
    """One agent of a job: what is to move, from what, and how it ended."""

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        PROMOTED = "promoted", "Moved"
        UNCHANGED = "unchanged", "Unchanged"
        SKIPPED = "skipped", "Skipped"
        FAILED = "failed", "Failed"

    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, blank=True)
    live = models.PositiveIntegerField(default=0)  # number of the version that the target served, 0 for none
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    code = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)
    deployment = models.ForeignKey(Deployment, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["job", "agent"], name="agent_once_per_job"),
            models.UniqueConstraint(fields=["job", "position"], name="job_item_position"),
        ]
        indexes = [models.Index(fields=["job", "state", "position"], name="job_item_by_state")]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.state}"
