"""Parts that are a map or a list of like objects, as rows of fields; two empty rows wait at the end.

A row is told by its name (maps) or by its place (lists). Rows leave by the button `remove`, which sends the whole
page, so between two loads of a page rows only join at the end, and a place always means the same row.
"""

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel

from agents.form_fields import FieldGroup, FieldSpec, apply, groups_of, name_for, shown
from agents.forms import ExactText
from agents.names import KEY
from agents.schema import models
from agents.schema_forms import SchemaForm, control_for

_ROW = re.compile(r"r([0-9]{1,3})\.")
_SPARE = 2


class RowsForm(SchemaForm):
    """One field group per row, of `row_specs`; `is_map`: each row has a name, else their order counts."""

    template = "agents/rows.html"
    model: ClassVar[type[BaseModel]] = models.Variable
    is_map: ClassVar[bool] = True
    row_title: ClassVar[Any] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.row_specs = self.specs_of_a_row()
        super().__init__(*args, **kwargs)
        for place in range(self.count()):
            self.add_row(place)

    def groups_for(self) -> list[FieldGroup]:
        """Nothing beside the rows."""
        return []

    def specs_of_a_row(self) -> list[FieldSpec]:
        """The fields of each row."""
        return list(groups_of(self.model)[0].fields)

    def rows_in(self, value: Any) -> list[tuple[str, Any]]:
        """Name ("" in a list) and value of each row."""
        return sorted((value or {}).items())

    def join(self, rows: list[tuple[str, Any]]) -> Any:
        """The rows as the value of the part."""
        return dict(rows)

    def count(self) -> int:
        """How many rows the form has: those that were sent, else those of the part and two more."""
        sent = [int(found.group(1)) for name in self.data if (found := _ROW.match(name))]
        return max(sent) + 1 if sent else len(self.rows_in(self.former)) + _SPARE

    def add_row(self, place: int) -> None:
        """The fields of one row."""
        known = self.rows_in(self.former)
        if self.is_map:
            attributes = {"autocomplete": "off", "spellcheck": "false"}
            self.fields[f"r{place}.key"] = ExactText(
                label=_("Name"), required=False, max_length=200, widget=forms.TextInput(attrs=attributes)
            )
        for spec in self.row_specs:
            self.fields[f"r{place}.{spec.name}"] = control_for(spec)
        if not self.is_bound and place < len(known):
            name, value = known[place]
            self.initial.update({f"r{place}.{spec.name}": shown(spec, value) for spec in self.row_specs})
            self.initial[f"r{place}.key"] = name

    def read(self) -> None:
        """From the rows to the value; rows without any text are no rows."""
        act = str(self.data.get("act", ""))
        rows: list[tuple[str, Any]] = []
        self.places_of: list[int] = []
        for place in range(self.count()):
            if act == f"remove {place}" or self.is_blank(place):
                continue
            name = self.name_of(place, [key for key, _value in rows])
            reading = apply(self.former_row(name, len(rows)), self.row_specs, self.cleaned_data, f"r{place}.")
            self.take_errors(reading)
            self.reading.loaded |= reading.loaded
            rows.append((name, reading.value))
            self.places_of.append(place)
        self.names = [name for name, _value in rows]
        self.reading.value = self.join(rows)

    def former_row(self, name: str, place: int) -> Any:
        """What the draft holds of this row now."""
        if self.is_map:
            return dict(self.rows_in(self.former)).get(name)
        known = self.rows_in(self.former)
        return known[place][1] if place < len(known) else None

    def name_of(self, place: int, taken: list[str]) -> str:
        """The row's name; mistakes in it are told at its field."""
        if not self.is_map:
            return ""
        name = str(self.cleaned_data.get(f"r{place}.key") or "").strip()
        if not KEY.match(name):
            self.add_error(
                f"r{place}.key", _("Use letters, digits, _ . and -, at most 200; begin with a letter or digit.")
            )
        elif name in taken:
            self.add_error(f"r{place}.key", _("This name stands here twice. Keep one."))
        return name

    def is_blank(self, place: int) -> bool:
        """Whether nothing was typed into the row."""
        names = [f"r{place}.key", *(f"r{place}.{spec.name}" for spec in self.row_specs)]
        return not any(str(self.cleaned_data.get(name) or "").strip() for name in names)

    def field_of(self, pointer: str) -> str | None:
        """The field of a place in a row."""
        steps = self.steps_in_rows(pointer)
        if not steps or not hasattr(self, "names"):
            return None
        at = self.names.index(steps[0]) if self.is_map and steps[0] in self.names else -1
        if not self.is_map and steps[0].isdecimal():
            at = int(steps[0])
        if not 0 <= at < len(self.places_of):
            return None
        spec = name_for(self.row_specs, self.row_steps(steps[1:])) or (self.row_specs[0].name)
        return f"r{self.places_of[at]}.{spec}"

    def steps_in_rows(self, pointer: str) -> list[str]:
        """The steps of a pointer from the rows on."""
        return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[2:]]

    def row_steps(self, steps: list[str]) -> list[str]:
        """The steps inside of a row as its fields count them."""
        return steps

    @property
    def rows(self) -> list[dict[str, Any]]:
        """For the template: each row with its bound fields; `known`: it stands in the draft."""
        names = [name for name, _value in self.rows_in(self.former)]
        found = []
        for place in range(self.count()):
            key = self[f"r{place}.key"] if self.is_map else None
            title = (key.value() or "") if key is not None else ""
            # Of two rows of one name the second is the new one.
            is_known = place < len(names)
            if self.is_map and (is_known := title in names):
                names.remove(title)
            lines = [{"field": self[f"r{place}.{spec.name}"], "css": self.css(spec)} for spec in self.row_specs]
            found.append({"place": place, "title": title, "key": key, "is_known": is_known, "lines": lines})
        return found

    def css(self, spec: FieldSpec) -> str:
        """Classes for the control."""
        return "mono" if spec.kind in ("yaml", "json") else ""

    @property
    def kept(self) -> list[str]:
        """Rows say nothing of further keys; the text does."""
        return []


class VariablesForm(RowsForm):
    """What the document asks of its environments; values are not in it."""

    row_title = gettext_lazy("Variable")


class PoliciesForm(RowsForm):
    """Rules of conduct: each a name and whatever it needs, as YAML."""

    row_title = gettext_lazy("Policy")

    def specs_of_a_row(self) -> list[FieldSpec]:
        """The whole rule is one text."""
        return [FieldSpec(("rule",), "yaml", str(_("Rule (YAML)")), required=True)]

    def rows_in(self, value: Any) -> list[tuple[str, Any]]:
        """Each rule inside of an object, because fields stand in objects."""
        return [(name, {"rule": rule}) for name, rule in sorted((value or {}).items())]

    def join(self, rows: list[tuple[str, Any]]) -> Any:
        """The rules themselves."""
        return {name: value.get("rule") for name, value in rows}

    def row_steps(self, steps: list[str]) -> list[str]:
        """Every place in a rule is in its text."""
        return ["rule", *steps]


class TestForm(RowsForm):
    """A golden conversation: its description and its turns."""

    __test__ = False  # pytest takes classes of this name for tests
    is_map = False
    model = models.Turn
    row_title = gettext_lazy("Turn")

    def groups_for(self) -> list[FieldGroup]:
        """What the conversation proves."""
        own = groups_of(models.Test)[0]
        return [FieldGroup("", "", tuple(spec for spec in own.fields if spec.name != "turns"))]

    def rows_in(self, value: Any) -> list[tuple[str, Any]]:
        """The turns in their order."""
        return [("", turn) for turn in (value or {}).get("turns") or []]

    def join(self, rows: list[tuple[str, Any]]) -> Any:
        """The conversation with these turns."""
        whole = apply(self.former, self.specs, self.cleaned_data)
        self.take_errors(whole)
        return {**whole.value, "turns": [turn for _name, turn in rows]}

    def steps_in_rows(self, pointer: str) -> list[str]:
        """Turns stand one key deeper."""
        steps = pointer.split("/")[3:]
        return steps[1:] if steps[:1] == ["turns"] else []
