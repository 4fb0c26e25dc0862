"""Forms made from the schema's models: one part, or the objects in a map or list of one, field by field."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from pydantic import BaseModel

from agents.canonical import canonical, normalise
from agents.documents.json_text import load_json
from agents.documents.text import encoded
from agents.form_fields import FieldGroup, FieldSpec, Reading, apply, groups_of, name_for, said, shown, unknown_keys
from agents.forms import ExactText
from agents.part_forms import PartForm
from agents.schema import is_reference, models
from agents.schema.examples import call_errors, example_of
from console.organizations.errors import ContentError, InvalidContent, Refusal
from console.organizations.forms import ExactForm

_ROWS = {"long": 3, "lines": 3, "yaml": 4, "json": 16}


def control_for(spec: FieldSpec, suggestions: str = "") -> forms.Field:
    """The form field that shows a value of the schema as text; "" stands for an absent value."""
    if spec.kind in ("choice", "yes_no"):
        words = [("yes", _("Yes")), ("no", _("No"))] if spec.kind == "yes_no" else [(one, one) for one in spec.choices]
        chosen = forms.ChoiceField(choices=[("", _("Not set")), *words])
        chosen.label, chosen.help_text, chosen.required = spec.label, spec.help, False
        return chosen
    attributes: dict[str, Any] = {"autocomplete": "off", "spellcheck": "false"}
    if spec.kind in _ROWS:
        attributes |= {"rows": _ROWS[spec.kind]}
        attributes |= {"data-code": spec.kind} if spec.kind in ("yaml", "json") else {"spellcheck": "true"}
    attributes |= {"inputmode": "decimal"} if spec.kind == "number" else {}
    attributes |= {"list": suggestions} if suggestions else {}
    widget = forms.Textarea(attrs=attributes) if spec.kind in _ROWS else forms.TextInput(attrs=attributes)
    return ExactText(label=spec.label, help_text=spec.help, required=False, strip=False, widget=widget)


class SchemaForm(PartForm):
    """One part whose value is an object of the schema. Keys that the schema does not know stay as they are."""

    template = "agents/fields.html"
    model: ClassVar[type[BaseModel]]
    suggestions: ClassVar[Mapping[str, Sequence[str]]] = {}
    passing = (*ExactForm.passing, "act")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.field_groups = self.groups_for()
        self.specs = [spec for group in self.field_groups for spec in group.fields]
        self.reading = Reading(None)
        self.base: Any = None
        super().__init__(*args, **kwargs)
        for spec in self.specs:
            self.fields[spec.name] = control_for(spec, f"{spec.name}-known" if spec.name in self.suggestions else "")

    def groups_for(self) -> list[FieldGroup]:
        """The fields in their groups."""
        return groups_of(self.model)

    def initial_from(self, value: Any) -> dict[str, Any]:
        """Each field as the text of its value."""
        return {spec.name: shown(spec, value) for spec in self.specs}

    def clean(self) -> dict[str, Any]:
        """Read what was typed; `act` may put one field back to what the button says."""
        super().clean()
        act, _line, text = str(self.data.get("act", "")).replace("\r\n", "\n").partition("\n")
        if act.startswith("reset ") and act[6:] in self.cleaned_data:
            self.cleaned_data[act[6:]] = text
        self.read()
        return self.cleaned_data

    def read(self) -> None:
        """From the texts to the value."""
        self.reading = apply(self.former, self.specs, self.cleaned_data)
        self.take_errors(self.reading)
        if "auth_ref" in self.reading.loaded and not is_reference(self.cleaned_data["auth_ref"]):
            self.add_error("auth_ref", _("Name a secret here, such as secrets://name; never write the secret itself."))

    def take_errors(self, reading: Reading) -> None:
        """Mistakes in what was typed, at their fields."""
        for name, found in reading.errors.items():
            for message in found:
                self.add_error(name, message)

    def value(self) -> Any:
        """The value as it is afterwards; an object without any key left is absent."""
        return self.reading.value or None

    def field_of(self, pointer: str) -> str | None:
        """The field of a place in the part."""
        return name_for(self.specs, _steps(pointer)[len(self.path.split("/")) :]) or None

    def show(self, refusal: Refusal) -> None:
        """As every form, with the lines of the texts that were typed here."""
        if isinstance(refusal, InvalidContent):
            refusal = InvalidContent(refusal.detail, [self.located(error) for error in refusal.errors])
        super().show(refusal)

    def located(self, error: ContentError) -> ContentError:
        """The error with its line in the text of its field."""
        name = self.field_of(error.pointer)
        loaded = self.reading.loaded.get(name or "")
        spec = next((spec for spec in self.specs if spec.name == name), None)
        if loaded is None or spec is None:
            return error
        return loaded.located([error], below=(*self.path.split("/"), *spec.path))[0]

    def words_for(self, error: ContentError) -> str:
        """The field says where; a line is named where the text has lines."""
        return said(error) if self.field_of(error.pointer) else super().words_for(error)

    def stand_beside(self, base: Any) -> None:
        """The value that the draft's base has, so that each field can show it and go back to it."""
        self.base = base

    @property
    def groups(self) -> list[dict[str, Any]]:
        """For the template: the groups with their bound fields."""
        return [
            {"title": group.title, "help": group.help, "fields": [self.line(spec) for spec in group.fields]}
            for group in self.field_groups
        ]

    def line(self, spec: FieldSpec) -> dict[str, Any]:
        """One field as the template shows it; `reset` is what a button sends to go back to the base."""
        former = shown(spec, self.base) if self.base is not None else None
        is_other = former is not None and former != (self[spec.name].value() or "")
        return {
            "field": self[spec.name],
            "css": "mono" if spec.kind in ("yaml", "json") else "",
            "optional": not spec.required,
            "reset": f"reset {spec.name}\n{former}" if is_other else "",
            "former": former,
            "known": self.suggestions.get(spec.name, ()),
        }

    @property
    def kept(self) -> list[str]:
        """Keys of the part that are no fields: they stay as they are and are shown in the text."""
        return list(unknown_keys(self.model, self.former))


class SettingsForm(SchemaForm):
    """How the agent speaks, hears and thinks."""

    model = models.Settings


class IntegrationForm(SchemaForm):
    """A system outside."""

    model = models.Integration


class KnowledgeForm(SchemaForm):
    """A document: title, source and content."""

    template = "agents/knowledge_item.html"
    model = models.Knowledge

    def line(self, spec: FieldSpec) -> dict[str, Any]:
        """The content is the page."""
        return super().line(spec) | ({"css": "mono tall"} if spec.name == "content" else {})

    @property
    def size(self) -> int:
        """How many bytes of its part the document takes."""
        return len(canonical(normalise(self.former))) if self.former else 0


class ToolForm(SchemaForm):
    """Something the agent can do, with an example call made from its parameters."""

    template = "agents/tool.html"
    model = models.Tool
    suggestions: ClassVar[Mapping[str, Sequence[str]]] = {"type": ("http", "function", "reference")}
    arguments: str | None = None
    call_errors: list[str] | None = None

    def try_call(self, text: str) -> None:
        """Check arguments that somebody typed against the parameters as they are in the draft."""
        self.arguments = text
        try:
            loaded = load_json(encoded(text))
        except InvalidContent as error:
            self.call_errors = [said(fault) for fault in error.errors]
            return
        found = loaded.located(call_errors(self.parameters, loaded.value))
        self.call_errors = [f"{fault.pointer or '/'}: {said(fault)}" for fault in found]

    @property
    def parameters(self) -> dict[str, Any]:
        """The JSON Schema in the draft."""
        return (self.former or {}).get("parameters") or {}

    @property
    def example(self) -> str:
        """The arguments to look at: those that were typed, else some that the schema suggests."""
        if self.arguments is not None:
            return self.arguments
        return json.dumps(example_of(self.parameters), ensure_ascii=False, indent=2)

    @property
    def example_errors(self) -> list[str]:
        """What is wrong with them."""
        if self.call_errors is None:
            self.try_call(self.example)
            self.arguments = None
        return self.call_errors or []

    @property
    def call(self) -> str:
        """What is called, in short: `GET orders.example`."""
        return call_of(self.former or {})


def call_of(tool: Mapping[str, Any]) -> str:
    """Method and host of a tool; of another sort of tool its type."""
    endpoint = str(tool.get("endpoint") or "")
    host = endpoint.split("://", 1)[-1].split("/", 1)[0].rpartition("@")[2]
    return " ".join(part for part in (str(tool.get("method") or ""), host) if part) or str(tool.get("type") or "")


def _steps(place: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in place.split("/")[1:]]
