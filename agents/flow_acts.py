"""What the buttons of the flow pages ask for, as words: `delete greet`, `up 12`, `connect`; what each does.

An act is a verb and, behind a blank, its subject: a node's name or an edge's place in the list of edges.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from agents import flow_edits as edits
from console.organizations.errors import ContentError, Invalid

Flow = Mapping[str, Any]
Typed = Mapping[str, str]


@dataclass(frozen=True)
class Done:
    """The flow after an act (None: there is none any more), and the node that a person looks at next."""

    flow: dict[str, Any] | None
    node: str = ""


def act_on(flow: Flow | None, act: str, typed: Typed) -> Done:
    """Do one act; `typed` holds the fields of its form. `Invalid` for what is impossible, or no act at all."""
    verb, _blank, subject = act.partition(" ")
    if verb == "add" and not subject:
        return _add(flow, typed)
    if verb not in _ACTS or flow is None:
        raise Invalid(
            _("There is no such act. Nothing was changed."), [ContentError("/act", _("There is no such act."))]
        )
    return _ACTS[verb](flow, subject, typed)


def _add(flow: Flow | None, typed: Typed) -> Done:
    kind = typed["type"].strip() or "say"
    name = typed["name"].strip() or edits.free_name(flow, _plain(kind))
    return Done(edits.add_node(flow, name, _node(kind, typed), after=typed["after"], when=typed["when"].strip()), name)


def _insert(flow: Flow, subject: str, typed: Typed) -> Done:
    kind = typed["type"].strip() or "say"
    name = typed["name"].strip() or edits.free_name(flow, _plain(kind))
    return Done(edits.insert_node(flow, name, _node(kind, typed), edge=_place(subject)), name)


def _duplicate(flow: Flow, subject: str, _typed: Typed) -> Done:
    twin = edits.free_name(flow, subject)
    return Done(edits.duplicate_node(flow, subject, twin), twin)


def _delete(flow: Flow, subject: str, _typed: Typed) -> Done:
    return Done(edits.delete_node(flow, subject))


def _rename(flow: Flow, subject: str, typed: Typed) -> Done:
    name = typed["name"].strip()
    return Done(edits.rename_node(flow, subject, name), name)


def _start(flow: Flow, subject: str, _typed: Typed) -> Done:
    return Done(edits.set_start(flow, subject), subject)


def _connect(flow: Flow, subject: str, typed: Typed) -> Done:
    source = subject or typed["after"]
    return Done(edits.connect(flow, source, typed["target"], typed["when"].strip()), source)


def _change(flow: Flow, subject: str, typed: Typed) -> Done:
    place = _place(subject)
    return Done(edits.change_edge(flow, place, typed["target"], typed["when"].strip()), _source(flow, place))


def _remove(flow: Flow, subject: str, _typed: Typed) -> Done:
    place = _place(subject)
    return Done(edits.remove_edge(flow, place), _source(flow, place))


def _up(flow: Flow, subject: str, _typed: Typed) -> Done:
    place = _place(subject)
    return Done(edits.move_edge(flow, place, "up"), _source(flow, place))


def _down(flow: Flow, subject: str, _typed: Typed) -> Done:
    place = _place(subject)
    return Done(edits.move_edge(flow, place, "down"), _source(flow, place))


_ACTS: Mapping[str, Callable[[Flow, str, Typed], Done]] = {
    "insert": _insert,
    "duplicate": _duplicate,
    "delete": _delete,
    "rename": _rename,
    "start": _start,
    "connect": _connect,
    "change": _change,
    "remove": _remove,
    "up": _up,
    "down": _down,
}


def _node(kind: str, typed: Typed) -> dict[str, Any]:
    return {"type": kind} | ({"text": typed["text"]} if typed["text"].strip() else {})


def _place(subject: str) -> int:
    """The place of an edge; what is no number is no edge's place."""
    return int(subject) if subject.isascii() and subject.isdigit() and len(subject) < 7 else -1


def _source(flow: Flow, place: int) -> str:
    return str(flow["edges"][place]["from"])


def _plain(kind: str) -> str:
    """A name made of a type."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "_-") else "_" for letter in kind)[:60]
