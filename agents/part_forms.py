"""What one part of a draft is edited with: text for every part, a form of its own where that serves better.

To give a part a special form (see docs/editor.md):

1. Derive from `PartForm`: declare fields, say in `initial_from` how they are filled from the part's value and in
   `value` how the value is made from them. Raise `InvalidContent` with pointers for what only shows there.
2. Name in `template` a page that extends `agents/editor.html` and fills its block `fields`.
3. Enter the class in `agents.editors.EDITORS`. Token, autosave, conflicts, problems and history are the shell's.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from agents.documents import parse_section, section_text, with_section
from agents.documents.sections import value_at
from agents.forms import TextForm, long_text
from agents.schema import BUILT_IN, declared_variables
from console.organizations.errors import ContentError, InvalidContent, Refusal

_END = r"\Z"  # what JavaScript calls $


class PartForm(TextForm):
    """One part in fields. `path` is the part, `config` the configuration around it, as it is in the draft now."""

    template: ClassVar[str]
    is_text: ClassVar[bool] = False

    token = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, path: str, config: Mapping[str, Any], **kwargs: Any) -> None:
        self.path, self.config = path, config
        self.places: dict[str, list[tuple[int | None, int | None]]] = {}  # line and column of the errors of each field
        if not args and "data" not in kwargs:
            kwargs["initial"] = {**self.initial_from(self.former), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)

    @property
    def former(self) -> Any:
        """The value of the part in the draft now; None when it is absent. Keep from it what no field shows."""
        return value_at(self.config, self.path)

    def initial_from(self, value: Any) -> dict[str, Any]:
        """What the fields show for this value (None: the part is absent)."""
        raise NotImplementedError

    def value(self) -> Any:
        """The value that the valid form describes, None when the part is to go. May raise `InvalidContent`."""
        raise NotImplementedError

    def stand_beside(self, base: Any) -> None:
        """What the draft's base has in place of this part; a form that shows it keeps it."""

    def field_of(self, pointer: str) -> str | None:
        """The field at which an error of this place is shown; None: above the form. Pointers begin at the root."""
        return None

    def whole_text(self) -> str:
        """What the form describes as text, for two people's changes side by side. May raise `InvalidContent`."""
        return section_text(with_section({}, self.path, self.value()), self.path)

    @property
    def text_now(self) -> str:
        """The part as it is in the draft, as text: what somebody reads who may not edit."""
        return section_text(self.config, self.path)

    def show(self, refusal: Refusal) -> None:
        """Put a refusal of the verb, or of `value`, to the fields that it speaks of."""
        if not isinstance(refusal, InvalidContent) or not refusal.errors:
            self.add_error(None, refusal.detail)
            return
        for error in refusal.errors:
            name = self.field_of(error.pointer)
            self.add_error(name, self.words_for(error))
            self.places.setdefault(name or "__all__", []).append((error.line, error.column))

    def words_for(self, error: ContentError) -> str:
        """One error in a sentence, with its place where no field of its own says it."""
        where = f"Line {error.line}, column {error.column}: " if error.line and self.is_text else ""
        return f"{where}{error.message}{f' ({error.pointer})' if error.pointer else ''}"


class TextPartForm(PartForm):
    """One part as text: Markdown or YAML."""

    template = "agents/section.html"
    is_text = True

    text = long_text("Text", required=False, rows=28)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs |= {
            "data-code": self.language,
            "data-variables": json.dumps(declared_variables(self.config)),
            "data-built-in": f"^(?:{BUILT_IN.pattern.replace(_END, '$')})",
        }

    def initial_from(self, value: Any) -> dict[str, Any]:
        """The whole part as text."""
        return {"text": section_text(self.config, self.path)}

    def value(self) -> Any:
        """What the text means; `InvalidContent` carries line and column."""
        return parse_section(self.path, self.cleaned_data["text"])

    def field_of(self, pointer: str) -> str | None:
        """Everything about the content is said at the text."""
        return "text"

    def whole_text(self) -> str:
        """The text as it was typed, also when it means nothing yet."""
        return str(self.cleaned_data["text"])

    @property
    def language(self) -> str:
        """What the code editor takes the text for."""
        shown = self["text"].value() or ""
        is_article = self.path.startswith("knowledge/") and shown[:3] == "---"
        return "markdown" if self.path == "prompt" or is_article else "yaml"
