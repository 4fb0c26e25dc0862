"""Drafts and versions as files: our document as JSON, YAML or ZIP, and what Vapi and ElevenLabs read."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from agents.documents import dump_json, dump_yaml, dump_zip
from agents.documents.writing import yaml_text
from agents.importers import to_elevenlabs, to_vapi
from agents.models import Agent
from agents.schema import empty_document

ENDINGS: dict[str, str] = {"json": "application/json", "yaml": "application/yaml", "zip": "application/zip"}
VENDORS: dict[str, Callable[[Mapping[str, Any]], Any]] = {"vapi": to_vapi, "elevenlabs": to_elevenlabs}

_OURS: dict[str, Callable[[Mapping[str, Any]], bytes]] = {"json": dump_json, "yaml": dump_yaml, "zip": dump_zip}


def document_of(agent: Agent, config: Mapping[str, Any]) -> dict[str, Any]:
    """The standalone document of a configuration of this agent."""
    document = empty_document(agent.name, agent.description)
    if agent.labels:
        document["metadata"]["labels"] = dict(agent.labels)
    return document | {"spec": dict(config)}


def file_response(document: Mapping[str, Any], stem: str, ending: str, vendor: str = "") -> HttpResponse:
    """The document as a download named `<stem>.<ending>`, in a vendor's shape `<stem>.<vendor>.<ending>`.

    404 for an ending that is no format of ours, 400 for an unknown vendor.
    """
    if ending not in ENDINGS:
        raise Http404(_("There is no such format."))
    if vendor and (vendor not in VENDORS or ending == "zip"):
        raise BadRequest(_("The format must be vapi or elevenlabs, as JSON or YAML."))
    body = _vendor_body(document, vendor, ending) if vendor else _OURS[ending](document)
    name = ".".join(filter(None, (stem, vendor, ending)))
    response = HttpResponse(body, content_type=ENDINGS[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _vendor_body(document: Mapping[str, Any], vendor: str, ending: str) -> bytes:
    data = VENDORS[vendor](document)
    if ending == "yaml":
        return yaml_text(data).encode()
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
