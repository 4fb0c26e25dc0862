"""Moves values between a vendor's shape and ours, so that moving back gives every leaf back.

What has no place of ours stays in `extensions.<vendor>`, in the vendor's own shape. A value that was
moved away from its usual place leaves `{"$slipway": "<where it is now>"}` behind; what stands in its
usual place leaves nothing, for exporting knows the place. An edit of ours is thus an edit of theirs.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from agents.layout import SERVER

MARK = "$slipway"
KIND = "$kind"
_LITERAL = "literal"
_RESERVED = frozenset({MARK, KIND, SERVER})
_GONE = object()

Keys = tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """A value at `vendor` is our value at `doc`, if it `fits`; `usual` is where exporting writes it."""

    vendor: Keys
    doc: Keys
    fits: Callable[[Any], bool]
    usual: bool = True


def is_text(value: Any) -> bool:
    """Any text."""
    return isinstance(value, str)


def is_word(value: Any) -> bool:
    """Text of 1 to 200 characters."""
    return isinstance(value, str) and 0 < len(value) <= 200


def is_number(low: float, high: float) -> Callable[[Any], bool]:
    """A number between two bounds, both included; a truth value is none."""
    return lambda value: isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def is_whole(value: Any) -> bool:
    """A whole number from -1 (which stands for: no limit)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= -1 and value == int(value)


def is_words(value: Any) -> bool:
    """A list of texts."""
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def anything(value: Any) -> bool:
    """Whatever it is."""
    return True


def as_map(value: Any) -> dict[str, Any]:
    """A copy of a map; an empty one for anything else (an extension may hold whatever it likes)."""
    return dict(value) if isinstance(value, Mapping) else {}


def as_list(value: Any) -> list[Any]:
    """A copy of a list; an empty one for anything else."""
    return list(value) if isinstance(value, list) else []


def escaped(value: Any) -> Any:
    """A deep copy in which a vendor's own keys cannot be taken for ours (`$slipway`, `$kind`, `$server`)."""
    if isinstance(value, Mapping):
        copy = {key: escaped(item) for key, item in value.items()}
        return {MARK: _LITERAL, "value": copy} if _RESERVED & copy.keys() else copy
    if isinstance(value, list):
        return [escaped(item) for item in value]
    return deepcopy(value)


def holds_mark(value: Any) -> bool:
    """Whether a `$slipway` key stands anywhere in the value: such a value stays where it is."""
    if isinstance(value, Mapping):
        return MARK in value or any(holds_mark(item) for item in value.values())
    return isinstance(value, list) and any(holds_mark(item) for item in value)


def mark(*doc: str, **further: Any) -> dict[str, Any]:
    """What is left behind for a value that is now at `doc`."""
    return {MARK: "/".join(doc), **further}


def at(value: Any, keys: Iterable[str]) -> Any:
    """The value at a path of keys, None when there is none."""
    found = _at(value, keys)
    return None if found is _GONE else found


def put(target: dict[str, Any], keys: Keys, value: Any) -> None:
    """Set the value at a path, making the maps on the way."""
    for key in keys[:-1]:
        if not isinstance(target.get(key), dict):
            target[key] = {}
        target = target[key]
    target[keys[-1]] = value


def remove(target: dict[str, Any], keys: Keys) -> None:
    """Take the value at a path away, and the maps around it that are empty then."""
    parents = [target]
    for key in keys[:-1]:
        parents.append(parents[-1][key])
    for parent, key in zip(reversed(parents), reversed(keys), strict=True):
        if parent is not parents[-1] and parent[key]:
            break
        del parent[key]


def take(rest: dict[str, Any], spec: dict[str, Any], rules: Iterable[Rule]) -> None:
    """Move what the rules name from `rest` to `spec`; both are changed."""
    found: dict[Keys, list[Rule]] = {}
    for rule in rules:
        value = _at(rest, rule.vendor)
        if value is _GONE or holds_mark(value) or not rule.fits(value):
            continue
        if rule.doc not in found:
            put(spec, rule.doc, value)
            found[rule.doc] = [rule]
        elif at(spec, rule.doc) == value:
            found[rule.doc].append(rule)
    for doc, places in found.items():
        alone = len(places) == 1 and places[0].usual
        for rule in places:
            if alone:
                remove(rest, rule.vendor)
            else:
                put(rest, rule.vendor, mark(*doc))


def give(spec: Mapping[str, Any], data: dict[str, Any], rules: Iterable[Rule], marked: set[str]) -> None:
    """Write into `data` at the usual places what `spec` has and no mark has taken; `data` is changed."""
    for rule in rules:
        value = _at(spec, rule.doc)
        if rule.usual and value is not _GONE and "/".join(rule.doc) not in marked:
            put(data, rule.vendor, deepcopy(value))


def filled(value: Any, look_up: Callable[[str, Mapping[str, Any]], Any], marked: set[str]) -> Any:
    """A copy in which marks are what `look_up(where, mark)` gives; None leaves the key or item out.

    The places that were looked up are added to `marked`.
    """
    if isinstance(value, list):
        items = [filled(item, look_up, marked) for item in value]
        return [item for item in items if item is not _GONE]
    if not isinstance(value, Mapping):
        return value
    if value.get(MARK) == _LITERAL:
        # Only this one map had the key; what is inside of it may hold marks again.
        return {key: filled(item, look_up, marked) for key, item in as_map(value.get("value")).items()}
    if MARK in value:
        where = str(value[MARK])
        marked.add(where)
        found = look_up(where, value)
        return _GONE if found is None else deepcopy(found)
    copy = {key: filled(item, look_up, marked) for key, item in value.items()}
    return {key: item for key, item in copy.items() if item is not _GONE}


def object_rules(
    vendor: Keys,
    doc: Keys,
    keys: Iterable[str],
    *,
    renamed: Mapping[str, str],
    fits: Mapping[str, Callable[[Any], bool]],
) -> list[Rule]:
    """Rules for an object of which the vendor's `keys` are ours as well, some under another name.

    A key of the vendor's that has the name of one of ours, but not its meaning, is left where it is.
    """
    rules = []
    for key in keys:
        ours = renamed.get(key, key)
        if ours == key and key in renamed.values():
            continue
        rules.append(Rule((*vendor, key), (*doc, ours), fits.get(ours, anything)))
    return rules


def _at(value: Any, keys: Iterable[str]) -> Any:
    for key in keys:
        if not isinstance(value, Mapping) or MARK in value or key not in value:
            return _GONE
        value = value[key]
    return value
