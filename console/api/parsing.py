"""How bodies and addresses are read: strict JSON, no unknown query parameter, numbers that fit the database."""

from typing import Any, cast

import orjson
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.parser import Parser

from agents.documents.json_text import load_json
from console.organizations.errors import Refusal


class Malformed(Refusal):
    """No JSON, or not an object where one is needed."""

    code = "bad_request"
    title = "The request cannot be read"


class UnknownParameter(Refusal):
    """A query parameter that this address does not know; ignoring it would answer another question."""

    code = "unknown_parameter"
    title = "Unknown query parameter"


class StrictParser(Parser):
    """ninja's parser with our reader: keys once only, no NaN, no number beyond 64 bits (T24)."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The body as a JSON object; an empty body is an empty object (PolyAI's clients send none)."""
        raw = request.body
        if not raw.strip():
            return {}
        try:
            orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise Malformed(_("The body is no JSON: %(error)s. Nothing was changed.") % {"error": error}) from None
        value = load_json(raw).value
        if not isinstance(value, dict):
            raise Malformed(_("The body must be a JSON object. Nothing was changed."))
        return cast("dict[str, Any]", value)


def refuse_unknown(request: HttpRequest, known: frozenset[str]) -> None:
    """Let a request pass whose query has known parameters, each once."""
    for name in request.GET:
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise UnknownParameter(
                _("There is no parameter %(name)s here; known: %(names)s. Nothing was changed.")
                % {"name": f"{name[:40]!r}", "names": names}
            )
        if len(request.GET.getlist(name)) > 1:
            raise UnknownParameter(
                _("The parameter %(name)s was given twice. Nothing was changed.") % {"name": f"{name!r}"}
            )
