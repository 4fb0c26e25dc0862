"""Shapes of what people send; every rule lives in the verbs."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from audit.verbs import VERBS
from console.organizations.forms import ExactForm
from environments.models import Environment, Release

NOTE = forms.Textarea(attrs={"rows": 3})
TEXT = 2_000


ROLLBACK_REASONS = [
    ("wrong_answers", _("Wrong answers")),
    ("errors", _("Errors")),
    ("cost", _("Cost")),
    ("compliance", _("Compliance")),
    ("other", _("Other")),
]
CHANGE_REASONS = [
    ("wrong_answer", _("Wrong answer")),
    ("missing", _("Something is missing")),
    ("tone", _("Tone")),
    ("tools", _("Tool or flow")),
    ("compliance", _("Compliance")),
    ("other", _("Other")),
]


def category_field(choices: Any) -> forms.ChoiceField:
    """What kind of reason it is; its words come before the text, and serve as the reason where there is none."""
    return forms.ChoiceField(label=_("Kind"), required=False, choices=choices, widget=forms.RadioSelect)


def with_category(choices: Any, category: str, text: str) -> str:
    """The reason as it is kept: "Wrong answers: it promises refunds"."""
    words = str(dict(choices).get(category, ""))
    return f"{words}: {text}" if words and text else words or text


class Ticked(forms.MultipleChoiceField):
    """Names of test cases that were ticked; which there are is the version's business."""

    def valid_value(self, value: Any) -> bool:
        """Any short name on one line."""
        return 0 < len(str(value)) <= 200 and str(value).isprintable()


class ListFilter(forms.Form):
    """The filters of the agent list; all are optional and combine."""

    q = forms.CharField(
        label=_("Name"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    label = forms.CharField(
        label=_("Label"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"placeholder": _("team or team:commerce")}),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("Any")), *Release.State.choices])
    environment = forms.ChoiceField(label=_("Served in"), required=False)
    archived = forms.BooleanField(label=_("Archived"), required=False)
    after = forms.SlugField(required=False, max_length=63, widget=forms.HiddenInput)
    before = forms.SlugField(required=False, max_length=63, widget=forms.HiddenInput)

    def __init__(self, data: Any, pipeline: list[Environment]) -> None:
        super().__init__(data)
        served = [(place.slug, place.name) for place in pipeline if place.kind != Environment.Kind.DEVELOPMENT]
        self.fields["environment"].choices = [("", _("Any")), *served]  # type: ignore[attr-defined]  # a ChoiceField


class LinesForm(ExactForm):
    """Which unchanged lines of which text are to be shown: all of them, or some next to a change."""

    part = forms.CharField(max_length=300)
    digest = forms.CharField(max_length=64)
    at = forms.CharField(required=False, max_length=2_000)
    old = forms.IntegerField(min_value=1, max_value=10_000_000)
    new = forms.IntegerField(min_value=1, max_value=10_000_000)
    count = forms.IntegerField(min_value=1, max_value=10_000_000)
    show = forms.ChoiceField(choices=[("all", "all"), ("top", "top"), ("bottom", "bottom")])
    layout = forms.ChoiceField(required=False, choices=[("split", "split"), ("unified", "unified")])


class MoveForm(ExactForm):
    """What every move of a pin carries: what the person saw, and why."""

    note = forms.CharField(
        label=_("Note"), required=False, max_length=TEXT, strip=True, widget=NOTE, help_text=_("Kept on the record.")
    )
    expected_digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    expected_live = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class PromoteForm(MoveForm):
    """A publish of the draft, or a promotion of a version."""

    field_order = ("note", "expected_digest", "expected_live")

    def __init__(self, *args: Any, of_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        note = self.fields["note"]
        note.label = _("Description") if of_draft else _("Note")
        note.help_text = _("What changed and what QA should look at. It becomes the version's description.")
        if not of_draft:
            note.help_text = _("Why this version again. QA reads it first.")


class PushForm(MoveForm):
    """A push to a production environment."""

    ticket = forms.CharField(
        label=_("Change ticket"), required=False, max_length=100, help_text=_("For example OPS-881.")
    )
    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    field_order = ("ticket", "note", "number", "expected_digest", "expected_live")

    def __init__(self, *args: Any, needs_ticket: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if needs_ticket:  # the gate enforces it; the browser only says it earlier
            self.fields["ticket"].widget.attrs["required"] = True


class ActivateForm(MoveForm):
    """A version into a named environment."""

    ticket = forms.CharField(label=_("Change ticket"), required=False, max_length=100)
    expected_digest = None  # type: ignore[assignment]  # a version's content never changes; its number says it all
    field_order = ("ticket", "note", "expected_live")


class BreakGlassForm(ExactForm):
    """A push past failing gates: why, and the agent's own slug typed out."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=TEXT,
        widget=NOTE,
        help_text=_("At least 20 characters. Everybody who reads the record reads it, for ever."),
    )
    ticket = forms.CharField(label=_("Change ticket"), required=False, max_length=100)
    typed_slug = forms.CharField(
        label=_("Short name of the agent"),
        required=False,
        max_length=63,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    expected_digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    expected_live = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class DecisionForm(ExactForm):
    """One decision of QA on a candidate, with the text it asks for: `note` or `reason`."""

    decision = forms.CharField(widget=forms.HiddenInput)
    number = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    expected_digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    # decision -> field, label, help
    TEXTS = {
        "mark_ready": ("note", _("Note"), _("What you tested. Kept with the approval.")),
        "request_changes": ("reason", _("Reason"), _("What has to change. The developers read this first.")),
        "withdraw_request": ("note", _("Note"), _("Why the request no longer stands.")),
        "revoke_ready": ("reason", _("Reason"), _("Why the approval no longer stands.")),
    }

    def __init__(self, *args: Any, decision: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = f"id_{decision}_%s"
        name, label, help_text = self.TEXTS[decision]
        if decision == "request_changes":
            self.fields["category"] = category_field(CHANGE_REASONS)
        if decision == "mark_ready":
            self.fields["tested"] = Ticked(required=False, widget=forms.MultipleHiddenInput)
        self.fields[name] = forms.CharField(
            label=label,
            required=False,
            max_length=TEXT,
            help_text=help_text,
            widget=forms.Textarea(attrs={"rows": 3} | ({"required": True} if decision == "revoke_ready" else {})),
        )

    def clean(self) -> dict[str, Any]:
        """Join what was ticked and chosen with the text: the verb takes one note or one reason."""
        cleaned = super().clean()
        if "category" in self.fields:
            chosen = cleaned.pop("category", "")
            cleaned["reason"] = with_category(CHANGE_REASONS, chosen, cleaned.get("reason", ""))
        if ticked := cleaned.pop("tested", []):
            tested = _("Tested: %(names)s.") % {"names": ", ".join(ticked)}
            cleaned["note"] = "\n\n".join(part for part in (cleaned.get("note", ""), tested) if part)
        return cleaned


class RollbackForm(ExactForm):
    """Back to a version that was in the environment before."""

    number = forms.IntegerField(min_value=1)
    category = category_field(ROLLBACK_REASONS)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=TEXT,
        widget=NOTE,
        help_text=_("A kind or a text is needed. The developers read it first."),
    )
    expected_live = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Join the kind and the text: the verb takes one reason."""
        cleaned = super().clean()
        chosen = cleaned.pop("category", "")
        cleaned["reason"] = with_category(ROLLBACK_REASONS, chosen, cleaned.get("reason", ""))
        return cleaned


class ReasonForm(ExactForm):
    """A reason, for acts that ask for nothing else."""

    reason = forms.CharField(label=_("Reason"), required=False, max_length=TEXT, widget=NOTE)


class ReleaseFilter(forms.Form):
    """The filters of the releases list; all are optional and combine."""

    agent = forms.CharField(
        label=_("Agent"), required=False, max_length=200, widget=forms.TextInput(attrs={"list": "agents"})
    )
    environment = forms.ChoiceField(label=_("Environment"), required=False)
    action = forms.ChoiceField(label=_("Action"), required=False)
    person = forms.CharField(
        label=_("Person"), required=False, max_length=200, widget=forms.TextInput(attrs={"list": "people"})
    )
    since = forms.DateField(label=_("Since"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: Any, pipeline: list[Environment]) -> None:
        super().__init__(data)
        self.pipeline = pipeline
        served = [(place.slug, place.name) for place in pipeline if place.kind != Environment.Kind.DEVELOPMENT]
        verbs = [(verb.name, verb.label) for verb in VERBS.values() if verb.family == "release"]
        self.fields["environment"].choices = [("", _("Any")), *served]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["action"].choices = [("", _("Any")), *verbs]  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """A period must not end before it begins."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            raise forms.ValidationError(_("The period ends before it begins."))
        return cleaned

    def active(self) -> dict[str, str]:
        """The filters that are set, as the address spells them."""
        return {name: str(self.data[name]) for name in self.fields if self.data.get(name)}


class ChoiceFilter(forms.Form):
    """Which agents a bulk choice shows: by a part of the name, and from which slug on."""

    q = forms.CharField(
        label=_("Name"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    after = forms.SlugField(required=False, max_length=63)


class BulkForm(ExactForm):
    """The confirmation of a bulk act; which agents, and what was seen of each, comes beside it."""

    passing: ClassVar[tuple[str, ...]] = (*ExactForm.passing, "agents", "frozen", "page", "act", "q")
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    ticket = forms.CharField(label=_("Change ticket"), required=False, max_length=100)


class UndoForm(ExactForm):
    """Why a bulk act is taken back."""

    passing: ClassVar[tuple[str, ...]] = (*ExactForm.passing, "act")
    reason = forms.CharField(label=_("Reason"), max_length=2000)
