"""Is this an agent document? Errors with a pointer and what to do, and the published JSON Schema."""

from agents.schema.check import empty_document, json_schema, validate, validate_document
from agents.schema.leaks import is_reference
from agents.schema.models import API_VERSION, KIND
from agents.schema.problems import BUILT_IN, declared_variables, problems
from agents.schema.texts import Problem

__all__ = [
    "API_VERSION",
    "BUILT_IN",
    "KIND",
    "Problem",
    "declared_variables",
    "empty_document",
    "is_reference",
    "json_schema",
    "problems",
    "validate",
    "validate_document",
]
