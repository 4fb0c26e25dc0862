"""The form of a person's notification switches: one row per event, one box per channel."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField

from console.organizations.actions.notifications import CHANNELS
from console.organizations.forms import ExactForm
from console.organizations.models import Notification, NotificationSwitch, User


class SwitchForm(ExactForm):
    """Two boxes for each event; what is not ticked is switched off."""

    def __init__(self, data: Any, person: User) -> None:
        super().__init__(data)
        kept = {switch.event: switch for switch in NotificationSwitch.objects.filter(user=person)}
        for event in Notification.Event.values:
            for channel in CHANNELS:
                wanted = getattr(kept.get(event), channel, True)
                self.fields[f"{event}-{channel}"] = forms.BooleanField(required=False, initial=wanted)

    def rows(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The events in words, each with the boxes of its channels."""
        for event in Notification.Event:
            yield str(event.label), [self[f"{event.value}-{channel}"] for channel in CHANNELS]

    def wanted(self) -> dict[str, dict[str, bool]]:
        """Event -> channel -> whether it is wanted."""
        return {
            event: {channel: self.cleaned_data[f"{event}-{channel}"] for channel in CHANNELS}
            for event in Notification.Event.values
        }
