"""What is released: agents, their drafts and their immutable versions.

A configuration is a manifest (path -> part digest) over content-addressed parts, like a small git
tree (design.md section 1). Parts, manifests and versions never change: the database refuses it.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from simple_history.models import HistoricalRecords

from agents.querysets import AgentQuerySet, VersionQuerySet
from console.organizations.actor import Target
from console.organizations.ids import new_id
from console.organizations.models import ROLE_CHOICES, SLUG, Organization, User
from console.organizations.roles import AGENT_PERMISSIONS


class Agent(models.Model):
    """What is released. `released_at` is set when a version first leaves Development: QA sees it from then on."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="agents")
    slug = models.CharField(max_length=63, validators=[SLUG])
    name = models.CharField(max_length=200)
    description = models.TextField(max_length=2000, blank=True)
    labels = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    released_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = AgentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        default_permissions = ()
        permissions = list(AGENT_PERMISSIONS.items())
        constraints = [
            models.UniqueConstraint(fields=["organization", "slug"], name="agent_slug_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    def audit_target(self) -> Target:
        """The agent as audit events name it."""
        return Target(self.organization, "agent", str(self.pk), self.name, agent_id=self.pk)


class AgentUserObjectPermission(UserObjectPermissionBase):
    """A permission of one person on one agent: the exception beside the roles (guardian)."""

    content_object = models.ForeignKey(Agent, on_delete=models.CASCADE)


class AgentGroupObjectPermission(GroupObjectPermissionBase):
    """Kept empty; guardian wants the pair of tables."""

    content_object = models.ForeignKey(Agent, on_delete=models.CASCADE)


class AgentGrant(models.Model):
    """A role given to one person on one agent; the permissions follow from the role table."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=ROLE_CHOICES)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["agent", "user", "role"], name="one_grant_per_role")]

    def __str__(self) -> str:
        return f"{self.user}: {self.role} on {self.agent}"


class Part(models.Model):
    """An immutable piece of configuration, stored once per organization under its SHA-256 (zstd-compressed)."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    body = models.BinaryField()
    size = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["organization", "digest"], name="part_digest_unique")]

    def __str__(self) -> str:
        return self.digest[:7]


class Manifest(models.Model):
    """A configuration: path -> part digest. Its digest is the configuration's digest."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    entries = models.JSONField()
    size = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["organization", "digest"], name="manifest_digest_unique")]

    def __str__(self) -> str:
        return self.digest[:7]


class Version(models.Model):
    """An immutable numbered snapshot of a configuration, cut from the draft by a publish."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, related_name="+")
    layout = models.ForeignKey(Part, null=True, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    description = models.TextField(max_length=2000, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    contributors = models.ManyToManyField(User, through="VersionContributor", related_name="+")
    base = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = VersionQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["agent", "number"], name="version_number_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="version_number_from_one"),
        ]
        indexes = [models.Index(fields=["agent", "digest"], name="version_by_digest")]

    def __str__(self) -> str:
        return f"v{self.number}"


class VersionContributor(models.Model):
    """A person whose unapproved work is in a version: they may neither approve nor push it (G4)."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="contributions")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="contributor_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.version}"


class Presence(models.Model):
    """A window in which somebody has a part of a draft open; one row per window, gone after a day."""

    class State(models.TextChoices):
        """What the person does there."""

        VIEWING = "viewing"
        EDITING = "editing"
        UNSAVED = "unsaved"

    agent = models.ForeignKey(Agent, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    window = models.UUIDField()
    path = models.CharField(max_length=220)
    state = models.CharField(max_length=10, choices=State.choices)
    seen_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["agent", "user", "window"], name="presence_once_per_window")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.path}"


class Draft(models.Model):
    """The one mutable configuration of an agent (Development). Every save leaves a history row.

    `base` is the version the work started from and `based_at` when: what moved in the agent's
    environments after that instant is what a publish must not silently undo.
    """

    agent = models.OneToOneField(Agent, primary_key=True, on_delete=models.PROTECT, related_name="draft")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, related_name="+")
    layout = models.ForeignKey(Part, null=True, on_delete=models.PROTECT, related_name="+")
    base = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="+")
    based_at = models.DateTimeField()
    contributors = ArrayField(models.UUIDField(), default=list)
    authors = models.JSONField(default=dict)  # part -> person -> when, of what differs from the base (authorship.py)
    errors = models.PositiveIntegerField(default=0)  # problems that keep it from being published, as of the last save
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    history = HistoricalRecords()

    class Meta:
        default_permissions = ()
        indexes = [GinIndex(fields=["contributors"], name="draft_by_contributor")]

    def __str__(self) -> str:
        return f"draft of {self.agent_id}"
