"""An example call of a tool, made from the JSON Schema of its parameters, and calls checked against it.

Nothing is ever fetched: a `$ref` that leads out of the schema is refused. Work is bounded in depth and number.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import jsonschema_rs

from agents.names import pointer
from agents.schema.check import offline
from console.organizations.errors import ContentError

_DEPTH = 8
_PROPERTIES = 60
_ERRORS = 20
_FORMATS = {
    "date": "2026-11-20",
    "date-time": "2026-11-20T14:03:22Z",
    "time": "14:03:22Z",
    "duration": "PT30M",
    "email": "name@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.7",
    "ipv6": "2001:db8::7",
    "uri": "https://example.com/",
    "uri-reference": "/path",
    "uuid": "0192f0c1-2d3e-7a4b-8c5d-6e7f80912a3b",
}


def example_of(schema: Any) -> Any:
    """A value that a caller could send: examples, defaults and first choices of the schema where it has them.

    A good guess, not a promise (`pattern`, `not` and conditions are not solved): check it with `call_errors`.
    """
    return _example(schema, _Work(schema), 0)


def call_errors(schema: Mapping[str, Any], arguments: Any) -> list[ContentError]:
    """What is wrong with a call's arguments, at most 20, each with its pointer; also when the schema itself is none."""
    try:
        validator = jsonschema_rs.Draft202012Validator(
            offline(dict(schema)),
            validate_formats=True,
            retriever=_refuse_outside,
            # No expression takes for ever: over the limit it counts as a mistake.
            pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=10_000),
        )
        found = _first_errors(validator, arguments)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        return [ContentError("", f"The schema cannot be used: {error!s:.300}")]
    return [ContentError(pointer(*error.instance_path), f"{error.message:.300}") for error in found]


@dataclass
class _Work:
    """The whole schema, and how many places of it may still be looked at: a schema can hold itself many times."""

    root: Any
    left: int = 2_000


def _first_errors(validator: Any, arguments: Any) -> list[Any]:
    found = []
    for error in validator.iter_errors(arguments):
        found.append(error)
        if len(found) == _ERRORS:
            break
    return found


def _refuse_outside(address: str) -> NoReturn:
    message = f"{address:.100} is outside of the schema and is not fetched"
    raise ValueError(message)


def _example(schema: Any, work: "_Work", depth: int) -> Any:
    work.left -= 1
    if not isinstance(schema, Mapping) or depth > _DEPTH or work.left < 0:
        return None if schema is False else "..."
    schema = _joined(schema, work, depth)
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    for key in ("examples", "enum"):
        if isinstance(schema.get(key), list) and schema[key]:
            return schema[key][0]
    for key in ("oneOf", "anyOf"):
        if isinstance(schema.get(key), list) and schema[key]:
            return _example({**{k: v for k, v in schema.items() if k != key}, **_map(schema[key][0])}, work, depth + 1)
    return _by_type(schema, work, depth)


def _by_type(schema: Mapping[str, Any], work: "_Work", depth: int) -> Any:
    kinds = schema.get("type")
    kind = kinds[0] if isinstance(kinds, list) and kinds else kinds
    if kind == "object" or (kind is None and ("properties" in schema or depth == 0)):
        return dict(_members(schema, work, depth))
    if kind == "array" or (kind is None and "items" in schema):
        first = [_example(item, work, depth + 1) for item in _list(schema.get("prefixItems"))]
        wanted = min(max(_whole(schema.get("minItems"), 1), len(first)), 5)
        return [*first, *(_example(schema.get("items", {}), work, depth + 1) for _ in range(wanted - len(first)))]
    if kind in ("integer", "number"):
        return _number(schema, whole=kind == "integer")
    if kind == "boolean":
        return True
    if kind == "null":
        return None
    return _text(schema)


def _members(schema: Mapping[str, Any], work: "_Work", depth: int) -> Iterator[tuple[str, Any]]:
    """What is required, and near the top the rest too: a reader wants to see what there is."""
    required = {name for name in _list(schema.get("required")) if isinstance(name, str)}
    properties = _map(schema.get("properties"))
    for name, inner in list(properties.items())[:_PROPERTIES]:
        if name in required or depth < 3:
            yield name, _example(inner, work, depth + 1)
    for name in sorted(required - set(properties))[:_PROPERTIES]:
        yield name, "..."


def _number(schema: Mapping[str, Any], *, whole: bool) -> int | float:
    step = 1 if whole else 0.5
    low, above = _figure(schema.get("minimum")), _figure(schema.get("exclusiveMinimum"))
    high, below = _figure(schema.get("maximum")), _figure(schema.get("exclusiveMaximum"))
    value: float = 1
    if low is not None:
        value = max(value, low)
    if above is not None and value <= above:
        value = above + step
    if high is not None:
        value = min(value, high)
    if below is not None and value >= below:
        value = below - step
    multiple = _figure(schema.get("multipleOf"))
    if multiple:
        value = multiple * max(1, round(value / multiple))
    return int(value) if float(value).is_integer() else value


def _text(schema: Mapping[str, Any]) -> str:
    text = _FORMATS.get(str(schema.get("format")), "text")
    least, most = _whole(schema.get("minLength"), 0), _whole(schema.get("maxLength"), 200)
    return (text if "format" in schema else text.ljust(min(least, 200), "x"))[: max(most, 0)]


def _joined(schema: Mapping[str, Any], work: "_Work", depth: int) -> dict[str, Any]:
    """The schema with its `$ref` into itself and its `allOf` taken in."""
    joined = dict(schema)
    for _ in range(_DEPTH):
        found = _inside(work.root, joined.pop("$ref")) if "$ref" in joined else None
        joined = {**_map(found), **joined}
        if "$ref" not in joined:
            break
    for part in _list(joined.pop("allOf", None)):
        work.left -= 1
        inner = _joined(_map(part), work, depth + 1) if depth < _DEPTH and work.left > 0 else {}
        joined["properties"] = {**_map(joined.get("properties")), **_map(inner.pop("properties", None))}
        joined["required"] = [*_list(joined.get("required")), *_list(inner.pop("required", None))]
        joined = {**inner, **joined}
    return joined


def _inside(root: Any, address: Any) -> Any:
    """The place in the schema that `#/...` names, None for any other address."""
    if not isinstance(address, str) or not address.startswith("#"):
        return None
    found = root
    for step in address[1:].split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _figure(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _whole(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise
