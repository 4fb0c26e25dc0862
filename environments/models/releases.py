"""Environments, releases, decisions, moves, pins and holds."""

from typing import Any

from django.db import models
from django.utils import timezone
from django_fsm import FSMField, FSMModelMixin, transition
from simple_history.models import HistoricalRecords

from agents.models import Agent, Version
from console.organizations.actor import Target
from console.organizations.ids import new_id
from console.organizations.models import SLUG, ApiKey, Organization, User
from environments.querysets import DeploymentQuerySet, EnvironmentQuerySet, PinQuerySet, SignOffQuerySet
from environments.rules import Rules, known_rules


class Environment(models.Model):
    """A place that serves versions. The pipeline is the organization's environments by position."""

    class Kind(models.TextChoices):
        DEVELOPMENT = "development", "Development"
        STAGING = "staging", "Staging"
        PRODUCTION = "production", "Production"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="environments")
    slug = models.CharField(max_length=63, validators=[SLUG])
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    position = models.PositiveSmallIntegerField()
    description = models.TextField(max_length=500, blank=True)
    requires_sign_off = models.BooleanField(default=True)
    entry_rules = models.JSONField(default=dict, blank=True)
    is_default = models.BooleanField(default=False)  # what a program gets that names no environment (R4)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = EnvironmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        default_permissions = ()
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="environment_slug_unique"),
            models.UniqueConstraint(
                fields=["organization", "position"],
                name="environment_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["organization"], condition=models.Q(is_default=True), name="one_default_environment"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="development", is_default=True), name="development_serves_nobody"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def audit_target(self) -> Target:
        """The environment as audit events name it."""
        return Target(self.organization, "environment", str(self.pk), self.name)

    @property
    def rules(self) -> Rules:
        """What it asks of a version before it comes in; a board asks hundreds of times what is parsed once."""
        known: tuple[Any, bool, Rules] | None = self.__dict__.get("_known_rules")
        if known is None or known[0] is not self.entry_rules or known[1] != self.requires_sign_off:
            rules = known_rules(self.entry_rules, requires_sign_off=self.requires_sign_off)
            known = self.__dict__["_known_rules"] = (self.entry_rules, self.requires_sign_off, rules)
        return known[2]

    @property
    def is_development(self) -> bool:
        """Whether it shows the draft and serves nobody (ADR 004)."""
        return self.kind == self.Kind.DEVELOPMENT

    @property
    def is_staging(self) -> bool:
        """Whether versions are tested here."""
        return self.kind == self.Kind.STAGING

    @property
    def is_production(self) -> bool:
        """Whether live traffic is served from here."""
        return self.kind == self.Kind.PRODUCTION


class Release(FSMModelMixin, models.Model):
    """How far one version is approved. Where it runs is a different fact: the pins.

    The `to_<state>` transitions are pure and check no right; only the verbs call them (ADR 002).
    """

    class State(models.TextChoices):
        DEVELOPMENT = "development", "Development"
        STAGING = "staging", "Staging"
        CHANGES_REQUESTED = "changes_requested", "Changes requested"
        READY = "ready", "Ready for Production"
        PRODUCTION = "production", "Production"
        SUPERSEDED = "superseded", "Superseded"
        ROLLED_BACK = "rolled_back", "Rolled back"

    version = models.OneToOneField(Version, primary_key=True, on_delete=models.PROTECT, related_name="release")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="releases")
    state = FSMField(default=State.DEVELOPMENT, choices=State.choices, protected=True, max_length=20)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["agent", "state"], name="release_by_state"),
            models.Index(fields=["organization", "state", "changed_at"], name="release_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        "development",
                        "staging",
                        "changes_requested",
                        "ready",
                        "production",
                        "superseded",
                        "rolled_back",
                    ]
                ),
                name="release_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.state}"

    @transition(
        field=state,
        source=[State.DEVELOPMENT, State.CHANGES_REQUESTED, State.READY, State.SUPERSEDED],
        target=State.STAGING,
    )
    def to_staging(self) -> None:
        """A candidate: pinned in a staging environment, not yet decided."""

    @transition(field=state, source=State.STAGING, target=State.READY)
    def to_ready(self) -> None:
        """QA signed it off."""

    @transition(field=state, source=State.STAGING, target=State.CHANGES_REQUESTED)
    def to_changes_requested(self) -> None:
        """QA sent it back to the developers."""

    @transition(
        field=state,
        source=[State.READY, State.DEVELOPMENT, State.SUPERSEDED, State.STAGING, State.CHANGES_REQUESTED],
        target=State.PRODUCTION,
    )
    def to_production(self) -> None:
        """Live: by a push from READY, or by a rollback to it from wherever it stands now."""

    @transition(
        field=state,
        source=[State.STAGING, State.CHANGES_REQUESTED, State.READY, State.PRODUCTION, State.ROLLED_BACK],
        target=State.SUPERSEDED,
    )
    def to_superseded(self) -> None:
        """Pinned in no environment of the kind its state spoke of; or its hold was lifted."""

    @transition(
        field=state,
        source=[State.PRODUCTION, State.STAGING, State.CHANGES_REQUESTED, State.READY, State.SUPERSEDED],
        target=State.ROLLED_BACK,
    )
    def to_rolled_back(self) -> None:
        """Rolled away from, and on hold until a named person lifts it.

        From SUPERSEDED when its hold was lifted while Staging still served it.
        """


class SignOff(models.Model):
    """QA's decision on one version in one environment, bound to a fingerprint. Append-only."""

    class Decision(models.TextChoices):
        READY = "ready", "Marked ready"
        APPROVED = "approved", "Approved as well"
        CHANGES_REQUESTED = "changes_requested", "Changes requested"
        WITHDRAWN = "withdrawn", "Request withdrawn"
        REVOKED = "revoked", "Approval revoked"
        EXPIRED = "expired", "Approval became stale"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="sign_offs")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=20, choices=Decision.choices)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    digest = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, blank=True)
    basis = models.JSONField(default=dict)  # what the fingerprint was computed from, so that a change has a name
    is_self_approval = models.BooleanField(default=False)  # four eyes were switched off: flagged for ever

    objects = SignOffQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["version", "-at"], name="sign_off_by_version")]

    def __str__(self) -> str:
        return f"{self.decision} by {self.by_id}"


class Deployment(models.Model):
    """One move of a pin: who, when, why, from which version, under which sign-off. Append-only."""

    class Action(models.TextChoices):
        PUBLISH = "publish", "Published"
        PROMOTE = "promote", "Promoted"
        PUSH = "push", "Pushed"
        ROLLBACK = "rollback", "Rolled back"
        ACTIVATE = "activate", "Activated"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="deployments")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="deployments")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="deployments")
    from_version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=10, choices=Action.choices)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(ApiKey, null=True, on_delete=models.PROTECT, related_name="+")  # a program did it
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    ticket = models.CharField(max_length=100, blank=True)
    sign_off = models.ForeignKey(SignOff, null=True, on_delete=models.PROTECT, related_name="+")
    gates = models.JSONField(default=list)  # the checklist as it was at that moment
    is_self_approval = models.BooleanField(default=False)
    break_glass = models.TextField(blank=True)  # why failing gates were passed over in an emergency; else empty
    job = models.ForeignKey("environments.Job", null=True, on_delete=models.PROTECT, related_name="+")

    objects = DeploymentQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["agent", "environment", "-at"], name="deployment_timeline"),
            models.Index(fields=["organization", "-at"], name="deployment_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.version} to {self.environment_id}"

    @property
    def data(self) -> dict[str, Any]:
        """What the audit event keeps of the move."""
        return {
            "deployment": str(self.pk),
            "version": self.version.number,
            "from_version": self.from_version.number if self.from_version else None,
            "ticket": self.ticket,
            "self_approval": self.is_self_approval,
        }


class Pin(models.Model):
    """The fact "this environment serves this version of this agent"; one per agent and environment."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="pins")
    environment = models.ForeignKey(Environment, on_delete=models.PROTECT, related_name="pins")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="pins")
    deployment = models.OneToOneField(Deployment, on_delete=models.PROTECT, related_name="pin")

    objects = PinQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["environment", "agent"], name="one_pin_per_environment")]

    def __str__(self) -> str:
        return f"{self.environment_id} serves {self.version}"


class Hold(models.Model):
    """A version that was rolled back may not be promoted again until somebody lifts the hold with a reason."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="holds")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="holds")
    reason = models.TextField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(blank=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["organization", "at"], name="hold_open", condition=models.Q(lifted_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(lifted_at=None), name="one_open_hold_per_version"
            ),
        ]

    def __str__(self) -> str:
        return f"hold on {self.version}"
