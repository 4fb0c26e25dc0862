"""Who is on what, for two hours."""

from django.db import models

from agents.models import Version
from console.organizations.models import Organization, User
from environments.querysets import ClaimQuerySet


class Claim(models.Model):
    """Somebody is on it: soft, so that two people do not test the same version unknowingly; forgotten after two hours.

    It speaks of a version in one state and ends with that state. It gives no right and takes none.
    """

    version = models.OneToOneField(Version, primary_key=True, on_delete=models.PROTECT, related_name="claim")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ClaimQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["organization", "-at"], name="claim_by_time")]

    def __str__(self) -> str:
        return f"{self.by_id} is on {self.version_id}"
