"""People, organizations and who may do what in which: the ground everything stands on."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from simple_history.models import HistoricalRecords

from console.organizations.actor import Target
from console.organizations.ids import new_id
from console.organizations.preferences import CHOICES
from console.organizations.querysets import (
    InvitationQuerySet,
    MembershipQuerySet,
    OrganizationQuerySet,
)
from console.organizations.roles import PERMISSIONS, Role

if TYPE_CHECKING:
    from console.organizations.models.keys import ApiKey

ROLE_CHOICES = [(role.value, role.label) for role in Role]
SLUG = RegexValidator(
    r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z",
    "Use 1 to 63 lower-case letters, digits and hyphens; begin and end with a letter or digit.",
)


class UserManager(BaseUserManager["User"]):
    """Makes people; the e-mail address is the name they sign in with."""

    def create_user(self, email: str, name: str, password: str | None = None) -> "User":
        """A person who can sign in; without a password only by a link or a passkey."""
        user = self.model(email=self.normalize_email(email).lower(), name=name)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Rights come from memberships alone: there is no superuser and no staff.

    `key` is set on the instance when a program acts with one of the person's API keys: every question of
    `policies` then answers for that key, so no door can forget it.
    """

    key: "ApiKey | None" = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=200)
    theme = models.CharField(
        max_length=6, choices=[("system", "System"), ("light", "Light"), ("dark", "Dark")], default="system"
    )
    density = models.CharField(max_length=11, default="auto")
    motion = models.CharField(max_length=7, default="system")
    diff_layout = models.CharField(max_length=7, default="side")
    clock = models.CharField(max_length=2, default="24")
    time_zone = models.CharField(max_length=64, blank=True, default="")  # empty: the browser's
    times_in_utc = models.BooleanField(default=False)
    single_keys = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.CheckConstraint(condition=models.Q(is_superuser=False), name="user_never_superuser"),
            models.CheckConstraint(
                condition=models.Q(**{f"{name}__in": list(choice.values) for name, choice in CHOICES.items()}),
                name="user_preferences_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The person's name; libraries ask for it under this word."""
        return self.name


class Organization(models.Model):
    """The tenant: everything belongs to exactly one. Its settings are the rules of its releases."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.CharField(max_length=63, unique=True, validators=[SLUG])
    name = models.CharField(max_length=200)
    four_eyes = models.BooleanField(default=True)
    developers_read_staging = models.BooleanField(default=False)
    developers_read_production = models.BooleanField(default=False)
    qa_reads_production = models.BooleanField(default=False)
    sign_off_days = models.PositiveSmallIntegerField(default=30)
    ticket_required = models.BooleanField(default=False)
    fresh_sign_in_for_production = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OrganizationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        default_permissions = ()
        permissions = list(PERMISSIONS.items())
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sign_off_days__gte=1, sign_off_days__lte=365), name="sign_off_days_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def audit_target(self) -> Target:
        """The organization as audit events name it."""
        return Target(self, "organization", str(self.pk), self.name)


class OrganizationUserObjectPermission(UserObjectPermissionBase):
    """A permission of one person on an organization (guardian, with real foreign keys)."""

    content_object = models.ForeignKey(Organization, on_delete=models.CASCADE)


class OrganizationGroupObjectPermission(GroupObjectPermissionBase):
    """A permission of a role's group on an organization (guardian, with real foreign keys)."""

    content_object = models.ForeignKey(Organization, on_delete=models.CASCADE)


class Membership(models.Model):
    """A person in an organization, with one or more roles."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=20, choices=ROLE_CHOICES))
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MembershipQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "user"], name="one_membership_per_person"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=[role.value for role in Role], roles__len__gt=0),
                name="membership_has_known_roles",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.organization}"

    def audit_target(self) -> Target:
        """The member as audit events name them."""
        return Target(self.organization, "member", str(self.pk), f"{self.user.name} <{self.user.email}>")

    @property
    def role_list(self) -> list[Role]:
        """The roles in the order of the role table."""
        return [role for role in Role if role.value in self.roles]


class Invitation(models.Model):
    """A link that lets the owner of one e-mail address join; single use, at most 24 hours (G40)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(max_length=254)
    roles = ArrayField(models.CharField(max_length=20, choices=ROLE_CHOICES))
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=[role.value for role in Role], roles__len__gt=0),
                name="invitation_has_known_roles",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.organization}"

    def audit_target(self) -> Target:
        """The invitation as audit events name it."""
        return Target(self.organization, "invitation", str(self.pk), self.email)

    @property
    def role_list(self) -> list[Role]:
        """The roles in the order of the role table."""
        return [role for role in Role if role.value in self.roles]


class Installation(models.Model):
    """One row once the first organization exists: from then on `/setup` is closed for good."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    opened_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_installation")]

    def __str__(self) -> str:
        return f"opened {self.opened_at:%Y-%m-%d}"
