"""What a person does with what they were told: their own data, so in no organization's log."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from console.organizations.models import Notification, NotificationSwitch, Organization, User

CHANNELS = ("console", "mail")


def mark_read(person: User, organization: Organization, *, only: UUID | None = None) -> int:
    """Note that the person has seen one, or all, of their notifications; how many were new to them."""
    unread = Notification.objects.of(person, organization).unread()
    chosen = unread.filter(pk=only) if only else unread
    return chosen.update(read_at=timezone.now())


@transaction.atomic
def switch_notifications(person: User, wanted: Mapping[str, Mapping[str, bool]]) -> None:
    """Keep for each event by which channels (`console`, `mail`) the person hears of it from now on."""
    NotificationSwitch.objects.bulk_create(
        [
            NotificationSwitch(user=person, event=event, **{channel: channels[channel] for channel in CHANNELS})
            for event, channels in wanted.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "event"],
        update_fields=list(CHANNELS),
    )
