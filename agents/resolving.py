"""Choosing between two people's changes of one text, change by change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from agents.forms import ExactText
from agents.merge_text import Pick, Region, regions
from console.organizations.forms import ExactForm

EDGE = 3  # lines shown of an equal run at its beginning and at its end


@dataclass(frozen=True)
class Stretch:
    """A region as the page shows it: a choice with its field, or equal lines of which the middle is folded."""

    region: Region
    field: forms.BoundField | None = None
    number: int = 0

    @property
    def head(self) -> str:
        """The first equal lines."""
        lines = self.region.mine
        return "".join(lines if len(lines) <= 2 * EDGE + 1 else lines[:EDGE])

    @property
    def tail(self) -> str:
        """The last equal lines, when some between were left out."""
        return "".join(self.region.mine[-EDGE:]) if self.folded else ""

    @property
    def folded(self) -> int:
        """How many equal lines are left out."""
        return max(0, len(self.region.mine) - 2 * EDGE) if len(self.region.mine) > 2 * EDGE + 1 else 0

    @property
    def base(self) -> str:
        """What stood there before both changes."""
        return "".join(self.region.base)

    @property
    def theirs(self) -> str:
        """What is saved there now."""
        return "".join(self.region.theirs)

    @property
    def mine(self) -> str:
        """What this person wrote there."""
        return "".join(self.region.mine)


class PicksForm(ExactForm):
    """One choice for each change; where only one side changed something, that side's change is chosen already."""

    text = ExactText(strip=False, required=False, widget=forms.HiddenInput)
    token = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, base: str, theirs: str, mine: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = regions(base, theirs, mine)
        for index, region in self._choices():
            initial = "" if region.side == "conflict" else region.side
            self.fields[f"pick-{index}"] = _choice(initial)

    @property
    def stretches(self) -> list[Stretch]:
        """The text from beginning to end."""
        numbers = {index: number for number, (index, _) in enumerate(self._choices(), 1)}
        return [
            Stretch(region, self[f"pick-{index}"], numbers[index]) if index in numbers else Stretch(region)
            for index, region in enumerate(self.regions)
        ]

    @property
    def undecided(self) -> int:
        """How many places both sides changed differently."""
        return sum(1 for region in self.regions if region.side == "conflict")

    def merged(self) -> str:
        """The text of the choices of a valid form."""
        lines: list[str] = []
        for index, region in enumerate(self.regions):
            pick = "mine" if region.side == "same" else cast("Pick", self.cleaned_data[f"pick-{index}"])
            lines += region.picked(pick)
        return "".join(_joined(lines))

    def _choices(self) -> list[tuple[int, Region]]:
        return [(index, region) for index, region in enumerate(self.regions) if region.side != "same"]


def _choice(initial: str) -> forms.ChoiceField:
    choices = [("theirs", _("Theirs")), ("mine", _("Mine")), ("both", _("Both")), ("base", _("Neither"))]
    messages = {"required": _("Choose one: both of you changed this.")}
    return forms.ChoiceField(choices=choices, initial=initial, widget=forms.RadioSelect, error_messages=messages)


def _joined(lines: Sequence[str]) -> list[str]:
    """Lines as a text: only the last one may stop without a line end."""
    return [line if line.endswith("\n") else f"{line}\n" for line in lines[:-1]] + list(lines[-1:])
