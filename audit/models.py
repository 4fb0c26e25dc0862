"""What happened: events in one hash chain per organization, and the checkpoints that witness it."""

from django.conf import settings
from django.db import models
from django.db.models.fields.json import KeyTransform

from audit.chain import event_hash
from audit.querysets import BIRTHS, EventQuerySet
from audit.verbs import VERBS
from console.organizations.ids import new_id
from console.organizations.models import Organization

GENESIS = "0" * 64  # the previous hash of an organization's first event
COMBINED = ("actor", "actor_label", "verb", "environment", "outcome")


def _index_of(lead: str) -> models.Index:
    """The index of a filter that fits many events; the others like it, and the agent, stand behind the order.

    What two of them leave out is then passed over in the index and never read: of a million events, "refused" and
    "by Bo" each fit a hundred thousand, both together perhaps none.
    """
    others = [*(name for name in COMBINED if name != lead), "agent_id"]
    return models.Index(fields=["organization", lead, "-sequence", *others], name=f"event_by_{lead}")


class Event(models.Model):
    """One act or one refused attempt; never changed, never deleted (the database refuses it).

    `sequence` is gap-free per organization, `hash` covers every other column and the event before.
    """

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        REFUSED = "refused", "Refused"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveBigIntegerField()
    verb = models.CharField(max_length=60)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    refusal = models.CharField(max_length=40, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="events")
    actor_label = models.CharField(max_length=200)
    door = models.CharField(max_length=12)
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField(max_length=300)
    agent_id = models.UUIDField(null=True)
    environment = models.CharField(max_length=63, blank=True)
    before_digest = models.CharField(max_length=64, blank=True)
    after_digest = models.CharField(max_length=64, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    address = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "sequence"], name="event_sequence_unique"),
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="event_sequence_from_one"),
        ]
        indexes = [
            *(_index_of(lead) for lead in COMBINED),
            models.Index(fields=["organization", "agent_id", "-sequence"], name="event_by_agent"),
            models.Index(fields=["organization", "at"], name="event_by_time"),
            models.Index(fields=["organization", "target_id", "-sequence"], name="event_by_target"),
            models.Index(fields=["organization", "target_label", "-sequence"], name="event_by_target_label"),
            models.Index(fields=["organization", "request_id", "-sequence"], name="event_by_request"),
            models.Index(
                "organization",
                KeyTransform("slug", "data"),
                name="event_by_slug",
                condition=models.Q(verb__in=BIRTHS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb} {self.target_label}"

    @property
    def label(self) -> str:
        """The act in words, from the registry; a verb that is not in it shows its own name."""
        known = VERBS.get(self.verb)
        return known.label if known else self.verb

    @property
    def icon(self) -> str:
        """The icon of the act."""
        known = VERBS.get(self.verb)
        return known.icon if known else "circle-help"

    @property
    def is_refused(self) -> bool:
        """True for an attempt that changed nothing."""
        return self.outcome == self.Outcome.REFUSED

    @property
    def actor_kind(self) -> str:
        """How the actor is drawn: a person or the console's own work."""
        return "person" if self.actor_id else "system"

    @property
    def is_intact(self) -> bool:
        """True while the row still has the hash that it was written with."""
        return event_hash(self) == self.hash


class ChainHead(models.Model):
    """The last event of an organization's chain; locked last by every verb, so events queue up here.

    `at` is that event's time: the next one is never earlier, even if somebody sets the clock back (T49).
    """

    organization = models.OneToOneField(
        Organization, primary_key=True, on_delete=models.PROTECT, related_name="chain_head"
    )
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)
    at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"head at {self.sequence}"


class Checkpoint(models.Model):
    """A signed statement of where a chain stood; its twin lies in a file outside the database.

    `previous` is the signature of the checkpoint before, so that none can be taken out of the middle.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="checkpoints")
    sequence = models.PositiveBigIntegerField()
    hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    previous = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=64)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "sequence"], name="one_checkpoint_per_sequence"),
        ]

    def __str__(self) -> str:
        return f"checkpoint at {self.sequence}"
