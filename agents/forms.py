"""The shapes of the agent and draft pages' forms; what a value may be is decided by the verbs."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from agents.canonical import refuse_size
from agents.documents import IMPORT_BYTES
from agents.models import Presence
from agents.summaries import NOUNS
from console.organizations.errors import Invalid, InvalidContent, Refusal
from console.organizations.forms import ExactForm

STARTS = [
    ("outline", "With an outline: a prompt with headings, a greeting and one variable to fill in"),
    ("empty", "Empty"),
]
STRATEGIES = [
    ("merge", "Only when nothing conflicts: take both sides' changes"),
    ("theirs", "Take both sides' changes, and in each conflict the version's text"),
    ("mine", "Take both sides' changes, and in each conflict the draft's text"),
]
_SLUG_HELP = "Part of the agent's address and what programs call it. Lower-case letters, digits and hyphens."
_LABELS_HELP = "One per line, for example team: commerce."


class TextForm(ExactForm):
    """A form around a long text; a refusal shows at the field, with line and column where they are known."""

    def take_refusal(self, refusal: Refusal, field: str) -> None:
        """Show a verb's refusal at the fields it points to, everything about content at `field`."""
        if isinstance(refusal, InvalidContent) and refusal.errors:
            for error in refusal.errors:
                where = f"Line {error.line}, column {error.column}: " if error.line else ""
                place = f" ({error.pointer})" if error.pointer else ""
                self.add_error(field, f"{where}{error.message}{place}")
        elif isinstance(refusal, Invalid):
            self.take(refusal)
        else:
            self.add_error(None, refusal.detail)


def long_text(label: Any, *, required: bool = True, help_text: Any = "", rows: int = 12) -> forms.CharField:
    """A text that is taken as it was typed, but for line ends."""
    attributes = {"rows": rows, "spellcheck": "false", "autocomplete": "off", "wrap": "soft"}
    return ExactText(
        label=label, required=required, strip=False, help_text=help_text, widget=forms.Textarea(attrs=attributes)
    )


class ExactText(forms.CharField):
    """Text with LF line ends, whatever the browser sent."""

    def to_python(self, value: Any) -> str:
        """The text with its line ends in one spelling."""
        text: str = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class LabelsField(ExactText):
    """Labels, one `key: value` per line; the verb checks keys and values."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def clean(self, value: Any) -> dict[str, str]:
        """Key -> value; a key twice is refused."""
        labels: dict[str, str] = {}
        for number, line in enumerate(super().clean(value).split("\n"), 1):
            key, _, content = (part.strip() for part in line.partition(":"))
            if not line.strip():
                continue
            if not key or key in labels:
                raise forms.ValidationError(
                    gettext_lazy("Line %(number)s: write key: value, and each key once.") % {"number": number}
                )
            labels[key] = content
        return labels


class CreateForm(TextForm):
    """A new agent."""

    name = forms.CharField(label=_("Name"), max_length=200)
    slug = forms.CharField(label=_("Short name"), max_length=63, help_text=_SLUG_HELP)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    labels = LabelsField(label=_("Labels"), required=False, help_text=_LABELS_HELP)
    start = forms.ChoiceField(label=_("Begin"), choices=STARTS, widget=forms.RadioSelect, initial="outline")


class UploadForm(TextForm):
    """A file or pasted text; `filename` names the file whose text came back after a refusal."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        help_text=_("JSON, YAML or a ZIP of an agent's folder, up to 16 MiB; Vapi and ElevenLabs files as well."),
    )
    text = long_text(_("Or paste the text"), required=False, help_text=_("A chosen file goes before pasted text."))
    filename = forms.CharField(required=False, max_length=255, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        super().clean()
        if not self.files.get("file") and not self.cleaned_data.get("text") and "text" not in self.errors:
            self.add_error("file", gettext_lazy("Choose a file, or paste the text below."))
        return self.cleaned_data

    def content(self) -> tuple[bytes, str]:
        """The bytes and their file name; `TooLarge` before a file beyond the limit is read."""
        file: UploadedFile[bytes] | None = self.cleaned_data.get("file")
        if file is None:
            return self.cleaned_data["text"].encode(), self.cleaned_data["filename"]
        if (file.size or 0) > IMPORT_BYTES:
            refuse_size(file.name or "The file", file.size or 0, IMPORT_BYTES)
        return file.read(), file.name or ""

    def keep(self, text: str, filename: str) -> None:
        """Let the text of a refused file stand in the form that comes back."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        data["text"], data["filename"] = text, filename[:255]
        self.data = data


class ImportForm(UploadForm):
    """An agent from a file."""

    slug = forms.CharField(
        label=_("Short name"),
        max_length=63,
        required=False,
        help_text=gettext_lazy("%(slug_help)s Empty: made from the document's name.") % {"slug_help": _SLUG_HELP},
    )


class ReplaceForm(ExactForm):
    """The reviewed document that is to become the draft, and the draft that was reviewed against it."""

    document = ExactText(strip=False, widget=forms.HiddenInput)
    source = forms.CharField(max_length=255, widget=forms.HiddenInput)
    token = forms.CharField(max_length=200, widget=forms.HiddenInput)


class ItemForm(TextForm):
    """A new item of a section that is a list."""

    name = forms.CharField(
        label=_("Short name"),
        max_length=200,
        help_text=_("Small letters, digits, _ and -. It names the item everywhere."),
    )
    text = long_text(_("Text"), rows=20)


class TokenForm(ExactForm):
    """An act on the whole draft, as the person had seen it."""

    token = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)


class PresenceForm(ExactForm):
    """A window that says it is still there: what its person does, and the part as it shows it."""

    window = forms.UUIDField()
    state = forms.ChoiceField(choices=Presence.State.choices)
    token = forms.CharField(max_length=200, required=False)


class ResolveForm(ExactForm):
    """The three texts between which a person chooses: theirs and the base by token, their own as text."""

    text = ExactText(strip=False, required=False)
    token = forms.CharField(max_length=200, required=False)
    seen = forms.CharField(max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        """The choices beside them are looked at when the texts are known."""
        return self.cleaned_data


class RestoreForm(TokenForm):
    """Which save is to come back."""

    history_id = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class BringBackForm(TokenForm):
    """Which save has the part that is to come back, and the draft as the person had seen it."""

    history_id = forms.IntegerField(min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class VersionForm(TokenForm):
    """Which version is meant."""

    number = forms.IntegerField(label=_("Version"), min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)


class MergeForm(VersionForm):
    """Which version is merged, and who wins where both sides changed the same place."""

    strategy = forms.ChoiceField(label=_("How"), choices=STRATEGIES, widget=forms.RadioSelect, initial="merge")


class PartsField(forms.Field):
    """The paths of parts, as often as the field was sent; which of them exist is known to the verb."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        """Up to 500 different paths."""
        paths = list(dict.fromkeys(str(path)[:300] for path in value or [] if path))
        if not paths:
            raise forms.ValidationError(gettext_lazy("Choose at least one part."))
        if len(paths) > 500:
            raise forms.ValidationError(gettext_lazy("500 parts can be taken over at once."))
        return paths


class TakeForm(TokenForm):
    """Which parts of which version or save are to be taken over into the draft."""

    source = forms.CharField(max_length=80, widget=forms.HiddenInput)
    part = PartsField(required=False)


class DetailsForm(TextForm):
    """What an agent is called."""

    name = forms.CharField(label=_("Name"), max_length=200)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    labels = LabelsField(label=_("Labels"), required=False, help_text=_LABELS_HELP)
    token = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


SAMPLES = {
    "knowledge": "---\ntitle: Returns\nsource: handbook\n---\nWrite the document here, in Markdown.\n",
    "tools": "type: http\ndescription: Say when the agent should use it.\nmethod: GET\nendpoint: '{{base_url}}/path'\n"
    "auth_ref: secrets://name\nparameters:\n  type: object\n  properties:\n    id:\n      type: string\n",
    "integrations": "kind: slack\nauth_ref: secrets://name\nsettings:\n  channel: support\n",
    "tests": "description: What this conversation proves.\nturns:\n  - user: Where is my order?\n"
    "    expect:\n      contains: order\n",
    "extensions": "key: value\n",
}
assert set(SAMPLES) == set(NOUNS)  # noqa: S101  # every section with items can be added to
