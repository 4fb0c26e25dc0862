"""Is this an agent document? Errors with a pointer and what to do, and the published JSON Schema."""

from agents.schema.check import empty_document, json_schema, validate, validate_document
from agents.schema.leaks import is_reference, leaks
from agents.schema.models import API_VERSION, KIND
from agents.schema.problems import BUILT_IN, declared_variables, errors_alone, problems, references
from agents.schema.texts import Problem

__all__ = [
    "API_VERSION",
    "BUILT_IN",
    "KIND",
    "Problem",
    "declared_variables",
    "empty_document",
    "errors_alone",
    "is_reference",
    "json_schema",
    "leaks",
    "problems",
    "references",
    "validate",
    "validate_document",
]
