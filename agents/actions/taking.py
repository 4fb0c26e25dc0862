"""Taking single parts of a version or an earlier save over into the draft; never into another environment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from agents import policies
from agents.actions.drafts import _Base, _people, _person, _require_token, _version, _write, draft_token
from agents.contents import load, store
from agents.errors import DraftUnchanged
from agents.locks import draft_of, lock_agent
from agents.models import Agent, Draft, Manifest, Part
from agents.parts import ITEM_SECTIONS, split
from agents.schema import validate
from agents.versions import people_behind
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import ContentError, Invalid, NotFound

PATHS_RECORDED = 50  # in the event; the digests say the rest


@dataclass(frozen=True)
class Source:
    """Where parts are taken from: what people call it, what it holds, and whose work that is."""

    label: str
    manifest: Manifest
    layout: Part | None
    people: set[Any]


@verb("draft.parts_taken")
def take_parts(agent: Agent, *, actor: Actor, source: str, paths: Sequence[str], token: str) -> Draft:
    """Put these parts of the draft into the state that `source` (`v15`, `history:12`) has them in.

    What the source does not have is removed from the draft. `token` is the draft as the person had seen it
    (`draft_token`), else `Stale`. Everybody behind the source counts as a contributor of the draft: taking
    over somebody's text does not launder it (T5).
    """
    locked = lock_agent(agent)
    policies.require(actor, "edit_draft", locked)
    draft = draft_of(locked)
    _require_token(draft, draft_token(draft), token)
    found = source_of(locked, source)
    _require_known(paths, draft, found)
    config = with_parts(load(draft.manifest, draft.layout), load(found.manifest, found.layout), paths)
    validate(config)
    contents = store(locked.organization, split(config))
    if (contents.manifest.pk, contents.layout) == (draft.manifest_id, draft.layout):
        raise DraftUnchanged(
            gettext("The draft has these parts as %(found)s has them already. Nothing was changed.")
            % {"found": found.label}
        )
    before = draft.manifest.digest
    draft.contributors = _people(draft.contributors, sorted(found.people, key=str), [_person(actor).pk])
    reason = gettext("Took %(paths)s from %(found)s") % {"paths": ", ".join(paths), "found": found.label}
    _write(draft, contents, actor, reason, _Base(draft.base, False))
    data = {"from": source, "paths": list(paths[:PATHS_RECORDED]), "parts": len(paths)}
    record("draft.parts_taken", locked.audit_target(), actor=actor, before=before, after=contents.digest, data=data)
    return draft


def source_of(agent: Agent, name: str) -> Source:
    """The version or the save of this agent that a name means; `NotFound` for every other one."""
    kind, number = ("history", name.removeprefix("history:")) if ":" in name else ("version", name.removeprefix("v"))
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise NotFound(gettext("There is no such version or save."))
    if kind == "version":
        version = _version(agent, int(number))
        return Source(f"v{version.number}", version.manifest, version.layout, people_behind(version))
    saves = Draft.history.select_related("manifest", "layout", "base").filter(agent=agent)
    entry = saves.filter(pk=int(number)).first() if name.startswith("history:") else None
    if entry is None:
        raise NotFound(gettext("There is no such save in the history of this draft."))
    # Its base stays behind, but what its people wrote may come along.
    behind = people_behind(entry.base) if entry.base else set()
    label = gettext("the save of %(history_date)s UTC") % {"history_date": f"{entry.history_date:%Y-%m-%d %H:%M:%S}"}
    return Source(label, entry.manifest, entry.layout, {*entry.contributors, entry.updated_by_id, *behind})


def with_parts(config: dict[str, Any], source: dict[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    """The configuration with these parts as the source has them; gone where the source has none."""
    result = {key: dict(value) if key in ITEM_SECTIONS else value for key, value in config.items()}
    for path in paths:
        section, _, name = path.partition("/")
        target, origin = (result, source) if not name else (result.setdefault(section, {}), source.get(section, {}))
        key = name or section
        if key in origin:
            target[key] = origin[key]
        else:
            target.pop(key, None)
    return {key: value for key, value in result.items() if value != {} or key in config}


def _require_known(paths: Sequence[str], draft: Draft, source: Source) -> None:
    known = draft.manifest.entries.keys() | source.manifest.entries.keys()
    unknown = next((path for path in paths if path not in known), None)
    if unknown is not None or not paths:
        said = (
            gettext("There is no part %(unknown)s on either side.") % {"unknown": f"{unknown[:80]!r}"}
            if unknown
            else gettext("Choose at least one part.")
        )
        raise Invalid(gettext("%(said)s Nothing was changed.") % {"said": said}, [ContentError("/part", said)])
