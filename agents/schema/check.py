"""Checks a document and says for each mistake where it stands and what to do."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import jsonschema_rs
from django.utils.translation import gettext as _
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from agents.canonical import normalise, normalise_document
from agents.names import key_fault, name_fault, normal, pointer
from agents.schema.models import API_VERSION, KIND, Closed, Document, Spec
from agents.schema.problems import problems
from agents.schema.texts import Problem
from console.organizations.errors import ContentError, InvalidContent

MAX_ERRORS = 50

_SHOULD = re.compile(r"^(Input|String|List|Dictionary|Value|Data) should ")
_KNOWN_DIALECT = re.compile(r"https?://json-schema\.org/(draft-0[467]|draft/(2019-09|2020-12))/schema#?")
_SECTIONS = ", ".join(Spec.model_fields)
_MESSAGES = {
    "string_type": "must be text; put it into quotation marks",
    "dict_type": "must be a map of keys to values",
    "model_type": "must be a map of keys to values",
    "model_attributes_type": "must be a map of keys to values",
    "list_type": "must be a list",
    "bool_type": "must be true or false, without quotation marks",
    "int_type": "must be a whole number, without quotation marks",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number, without quotation marks",
    "missing": "is missing; add it",
}


def validate(config: Mapping[str, Any]) -> None:
    """Refuse a configuration (the content of `spec`) with a mistake: `InvalidContent` lists up to 50.

    Warnings (see `problems`) do not refuse.
    """
    plain = normalise(dict(config)) if isinstance(config, Mapping) else config
    _raise(_model_errors(Spec, plain) or list(_deeper(plain, ())))


def validate_document(document: Mapping[str, Any]) -> None:
    """As `validate`, for a document that stands alone: pointers begin at the envelope (`/spec/...`)."""
    document = normalise_document(document) if isinstance(document, Mapping) else document
    found = _model_errors(Document, document)
    if not found:
        found = [*_metadata_errors(document), *_deeper(document.get("spec") or {}, ("spec",))]
    _raise(found)


def empty_document(name: str, description: str = "") -> dict[str, Any]:
    """A document of this name with nothing in it."""
    metadata: dict[str, Any] = {"name": normal(name)}
    if description:
        metadata["description"] = description
    return {"apiVersion": API_VERSION, "kind": KIND, "metadata": metadata, "spec": {}}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a document that stands alone, as served at /schemas/agent-v1.json."""
    schema = Document.model_json_schema(by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "/schemas/agent-v1.json",
        **schema,
        "title": "Slipway agent document, v1",
    }


def _model_errors(model: type[Closed], value: Any) -> list[ContentError]:
    try:
        model.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=False)
        return [_content_error(detail) for detail in details[:MAX_ERRORS]]
    return []


def _content_error(detail: ErrorDetails) -> ContentError:
    # Of a key that is malformed pydantic says `("tools", "Bad Key", "[key]")`.
    place = [part for part in detail["loc"] if part != "[key]"]
    where = pointer(*place)
    if detail["type"] == "extra_forbidden":
        return ContentError(where, _unknown(place))
    if detail["type"] == "string_pattern_mismatch" and "[key]" in detail["loc"]:
        return ContentError(where, f"{place[-1]!r} {_key_rule(place)}")
    message = _MESSAGES.get(detail["type"], _SHOULD.sub("must ", detail["msg"]).rstrip("."))
    return ContentError(where, f"{place[-1] if place else 'The document'!s} {message}.")


def _unknown(place: list[int | str]) -> str:
    if len(place) == 1 or (len(place) == 2 and place[0] == "spec"):
        return f"There is no section {place[-1]!r}. Sections are {_SECTIONS}."
    return f"{place[-1]!r} is not known here. Check the spelling, or put it under extensions.<vendor>."


def _key_rule(place: list[int | str]) -> str:
    fault = name_fault(str(place[-1]))
    if fault:
        return f"as a name {fault}."
    if {"nodes", "policies", "variables", "labels"} & set(place):
        return "is not a key: use letters, digits, _ . and -, at most 200."
    return "is not a slug: use small letters, digits, _ and -, at most 200, beginning with a letter or digit."


def _metadata_errors(document: Mapping[str, Any]) -> Iterable[ContentError]:
    metadata = document["metadata"]
    fault = name_fault(metadata["name"])
    if fault:
        yield ContentError("/metadata/name", f"The name {fault}.")
    for key, text in (metadata.get("labels") or {}).items():
        fault = key_fault(text)
        if fault:
            yield ContentError(pointer("metadata", "labels", key), f"The label {fault}.")


def _deeper(config: Mapping[str, Any], at: tuple[str, ...]) -> Iterable[ContentError]:
    """What types alone cannot say: references inside the document and schemas that are none."""
    yield from _tool_errors(config.get("tools") or {}, at)
    yield from _flow_errors(config.get("flow") or {}, at)
    for slug, turn_list in ((slug, test["turns"]) for slug, test in (config.get("tests") or {}).items()):
        for index, turn in enumerate(turn_list):
            if turn.get("user") is None and turn.get("agent") is None:
                yield ContentError(
                    pointer(*at, "tests", slug, "turns", index),
                    _("A turn needs `user` or `agent`; add what is said."),
                )
    for slug, item in (config.get("knowledge") or {}).items():
        if item.get("content") is None and not item.get("source"):
            yield ContentError(
                pointer(*at, "knowledge", slug, "content"),
                _("is missing; write the content, or name a `source`."),
            )


def _tool_errors(tools: Mapping[str, Any], at: tuple[str, ...]) -> Iterable[ContentError]:
    for slug, tool in tools.items():
        parameters = tool.get("parameters")
        if parameters is None:
            continue
        where = pointer(*at, "tools", slug, "parameters")
        try:
            jsonschema_rs.meta.validate(offline(parameters))
        except jsonschema_rs.ValidationError as error:
            yield ContentError(where + pointer(*error.instance_path), f"Not a JSON Schema: {error.message:.300}")
        except (jsonschema_rs.ReferencingError, ValueError) as error:
            yield ContentError(where, f"Not a JSON Schema: {error!s:.300}")


def offline(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without the name of a dialect that nobody here knows."""
    # An unknown $schema would be fetched from its address while a document is being checked (SSRF).
    if _KNOWN_DIALECT.fullmatch(str(schema.get("$schema", ""))):
        return schema
    return {key: value for key, value in schema.items() if key != "$schema"}


def _flow_errors(flow: Mapping[str, Any], at: tuple[str, ...]) -> Iterable[ContentError]:
    if not flow:
        return
    nodes = flow["nodes"]
    known = ", ".join(sorted(nodes)[:12])
    if flow["start"] not in nodes:
        yield ContentError(
            pointer(*at, "flow", "start"),
            _("There is no node %(flow)s. Name one of: %(known)s.") % {"flow": f"{flow['start']!r}", "known": known},
        )
    for index, edge in enumerate(flow.get("edges") or []):
        for end in ("from", "to"):
            if edge[end] not in nodes:
                yield ContentError(
                    pointer(*at, "flow", "edges", index, end),
                    _("There is no node %(edge)s. Add it to the nodes or remove the edge.")
                    % {"edge": f"{edge[end]!r}"},
                )


def _raise(errors: list[ContentError]) -> None:
    if errors:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        detail = f"{first.pointer or 'The document'}: {first.message}{more} Nothing was changed."
        raise InvalidContent(detail, errors[:MAX_ERRORS])


__all__ = ["Problem", "empty_document", "json_schema", "problems", "validate", "validate_document"]
