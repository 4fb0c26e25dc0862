"""From the schema to the fields of a form, and back: which fields a part has, how each value is shown and read.

Pure. A field whose text was not changed is not read at all, so what a form shows is never rewritten by saving it;
keys that the schema does not know are no fields and stay as they are.
"""

import copy
import json
import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import BaseModel

from agents.documents.json_text import load_json
from agents.documents.loaded import Loaded
from agents.documents.text import encoded
from agents.documents.writing import yaml_text
from agents.documents.yaml_text import load_yaml, resolve
from console.organizations.errors import ContentError, InvalidContent

Kind = Literal["text", "long", "number", "yes_no", "choice", "lines", "yaml", "json"]
Path = tuple[str, ...]

_ABSENT = object()
# Plain texts of the schema that are one line; all other plain texts may have several.
_ONE_LINE = {"language", "tool", "variable", "endpoint", "auth_ref", "source"}
_JSON_FIELDS = {"parameters"}
_NOT_SHOWN = {"position"}  # a place on a canvas is no content
_LABELS = {
    "auth_ref": gettext_lazy("Secret (reference)"),
    "endpoint": gettext_lazy("Endpoint"),
    "fallbacks": gettext_lazy("Fallback models"),
    "keywords": gettext_lazy("Keywords"),
    "kind": gettext_lazy("Kind"),
    "max_tokens": gettext_lazy("Longest answer (tokens)"),
    "method": gettext_lazy("Method"),
    "name": gettext_lazy("Name"),
    "parameters": gettext_lazy("Parameters (JSON Schema)"),
    "tool": gettext_lazy("Tool"),
    "transcriber": gettext_lazy("Transcriber"),
    "type": gettext_lazy("Type"),
    "variable": gettext_lazy("Variable"),
    "voice_id": gettext_lazy("Voice"),
}


@dataclass(frozen=True)
class FieldSpec:
    """One field of a form: where its value stands in the part, and what sort of text shows it."""

    path: Path
    kind: Kind
    label: str
    help: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As the form calls it; steps of schema keys, which have no dots."""
        return ".".join(self.path)


@dataclass(frozen=True)
class FieldGroup:
    """Fields that stand together: those of the part itself, or of one object in it."""

    title: str
    help: str
    fields: tuple[FieldSpec, ...]


@dataclass
class Reading:
    """What became of a value by what was typed, with the mistakes by field; then `value` holds the readable rest."""

    value: Any
    errors: dict[str, list[str]] = field(default_factory=dict)
    loaded: dict[str, Loaded] = field(default_factory=dict)


def groups_of(model: type[BaseModel], at: Path = (), title: str = "") -> list[FieldGroup]:
    """The fields of a model of the schema, those of each object in it as a group of its own."""
    own: list[FieldSpec] = []
    further: list[FieldGroup] = []
    for key, info in model.model_fields.items():
        name = info.alias or key
        kind, inner = _kind(name, info.annotation, is_word=bool(info.metadata))
        if name in _NOT_SHOWN:
            continue
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            further += groups_of(inner, (*at, name), label_of(name))
        else:
            choices = tuple(inner) if kind == "choice" else ()
            help_text = info.description or ""
            own.append(FieldSpec((*at, name), kind, label_of(name), help_text, info.is_required(), choices))
    return [FieldGroup(title, "" if not at else (model.__doc__ or ""), tuple(own)), *further]


def label_of(name: str) -> str:
    """What people call a key of the schema."""
    return str(_LABELS.get(name) or name.replace("_", " ").capitalize())


def shown(spec: FieldSpec, value: Any) -> str:
    """The text of the field for the value of its part; "" when the value is absent."""
    found = value_at(value, spec.path)
    if found is None:
        return ""
    if spec.kind == "yes_no":
        return "yes" if found is True else "no" if found is False else json.dumps(found)
    if spec.kind == "lines" and isinstance(found, list):
        return "\n".join(str(line) for line in found)
    if spec.kind == "json":
        return json.dumps(found, ensure_ascii=False, indent=2)
    if spec.kind == "yaml":
        return yaml_text(found).removesuffix("\n")
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def apply(value: Any, specs: Sequence[FieldSpec], typed: Mapping[str, str], prefix: str = "") -> Reading:
    """The value with every field whose text was changed; fields that were not sent stay as they are.

    `prefix` stands before the names of the fields in `typed` and in the errors (rows of a list).
    """
    reading = Reading(copy.deepcopy(value) if value is not None else {})
    for spec in specs:
        name = prefix + spec.name
        text = typed.get(name)
        if text is None or text == shown(spec, value):
            continue
        try:
            loaded = _read(spec, text)
        except InvalidContent as error:
            reading.errors[name] = [said(fault) for fault in error.errors]
            continue
        if loaded.value is _ABSENT and spec.required:
            reading.errors[name] = [_("This is needed.")]
        reading.loaded[name] = loaded
        _put(reading.value, spec.path, loaded.value)
    return reading


def name_for(specs: Sequence[FieldSpec], steps: Sequence[str]) -> str:
    """The field that shows the place at these steps of a pointer into the part, or the one around it; "" for none."""
    best = ""
    for spec in specs:
        if list(spec.path) == list(steps[: len(spec.path)]) and len(spec.name) > len(best):
            best = spec.name
    return best


def said(fault: ContentError) -> str:
    """A mistake in a text of the form, with its line where it is known."""
    place = _("Line %(line)s, column %(column)s: ") % {"line": fault.line, "column": fault.column} if fault.line else ""
    return f"{place}{fault.message}"


def value_at(value: Any, path: Path) -> Any:
    """The value at a path of keys, None when it is absent."""
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def unknown_keys(model: type[BaseModel], value: Any, at: Path = ()) -> Iterator[str]:
    """Keys of a value that are no fields, as a person reads them: `model › seed`."""
    known = {info.alias or key: info.annotation for key, info in model.model_fields.items()}
    for key in sorted(value) if isinstance(value, Mapping) else ():
        if key not in known:
            yield " › ".join((*at, key))
        else:
            inner = _kind(key, known[key])[1]
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                yield from unknown_keys(inner, value[key], (*at, key))


def _kind(name: str, annotation: Any, *, is_word: bool = False) -> tuple[Kind, Any]:
    """The sort of a field, and its model or its choices; `is_word`: the schema bounds the text."""
    inner = _plain(annotation)
    if get_origin(inner) is Literal:
        return "choice", get_args(inner)
    if inner is bool:
        return "yes_no", None
    if inner in (int, float):
        return "number", None
    if inner is str:
        is_short = is_word or name in _ONE_LINE or _plain(annotation, keep=True) is not str
        return "text" if is_short else "long", None
    if get_origin(inner) is list and _plain(get_args(inner)[0]) is str:
        return "lines", None
    if isinstance(inner, type) and issubclass(inner, BaseModel):
        return "yaml", inner
    return "json" if name in _JSON_FIELDS else "yaml", None


def _plain(annotation: Any, *, keep: bool = False) -> Any:
    """The type without `| None` and without constraints; with `keep` a constrained type stays as it is written."""
    if get_origin(annotation) in (Union, types.UnionType):
        others = [one for one in get_args(annotation) if one is not type(None)]
        return _plain(others[0], keep=keep) if len(others) == 1 else Any
    if get_origin(annotation) is Annotated and not keep:
        return _plain(get_args(annotation)[0])
    return annotation


def _read(spec: FieldSpec, text: str) -> Loaded:
    """The value of a typed text; blank is absent."""
    if not text.strip():
        return Loaded(_ABSENT)
    if spec.kind == "yaml":
        return load_yaml(encoded(text))
    if spec.kind == "json":
        return load_json(encoded(text))
    if spec.kind == "lines":
        return Loaded([line.strip() for line in text.split("\n") if line.strip()])
    if spec.kind == "long":
        return Loaded(text)
    word = text.strip()
    if spec.kind == "yes_no":
        return Loaded({"yes": True, "no": False}.get(word, word))
    if spec.kind == "number":
        number = resolve(word)
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise InvalidContent("", [ContentError("", _("Write a number, for example 0.3."))])
        return Loaded(number)
    return Loaded(word)


def _put(value: dict[str, Any], path: Path, new: Any) -> None:
    """Set or, when absent, take away; an object that is empty afterwards goes too."""
    *above, last = path
    chain = [value]
    for step in above:
        inner = chain[-1].get(step)
        chain.append(inner if isinstance(inner, dict) else {})
    if new is _ABSENT:
        chain[-1].pop(last, None)
    else:
        chain[-1][last] = new
    for place in range(len(above) - 1, -1, -1):
        if chain[place + 1]:
            chain[place][above[place]] = chain[place + 1]
        else:
            chain[place].pop(above[place], None)
