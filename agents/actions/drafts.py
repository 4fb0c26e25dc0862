"""Verbs that change the draft. Nothing is ever lost: every state stays in the draft's history (R5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from agents import policies
from agents.authorship import first_writers, noted
from agents.canonical import canonical, normalise
from agents.contents import Contents, load, store
from agents.documents import with_section
from agents.documents.sections import value_at
from agents.errors import MergeConflict
from agents.locks import draft_of, lock_agent
from agents.merge import ABSENT, Strategy, merge
from agents.merge import Conflict as Clash
from agents.models import Agent, Draft, Version
from agents.part_history import last_change
from agents.parts import manifest_digest, split
from agents.schema import validate
from agents.soundness import error_count
from agents.versions import ancestry, people_behind
from audit.clock import database_time
from audit.log import record, verb
from console.organizations.actor import Actor
from console.organizations.errors import Conflict, NotFound, Stale
from console.organizations.models import User
from console.organizations.tracking import credit

_CONTENT = ["manifest", "layout", "base", "based_at", "errors"]
_WRITTEN = [*_CONTENT, "contributors", "authors", "updated_at", "updated_by"]


@dataclass(frozen=True)
class _Base:
    """What the draft starts from after a change: the version, and since when it counts."""

    version: Version | None
    is_new: bool


@verb("draft.saved")
def save_draft(agent: Agent, *, actor: Actor, config: Mapping[str, Any], token: str, source: str = "") -> Draft:
    """Replace the whole draft; `token` is what the writer had seen (`draft_token`), else `Stale`.

    `source` says where the content came from when nobody typed it (a file name); the history shows it.
    """
    locked = lock_agent(agent)
    policies.require(actor, "edit_draft", locked)
    draft = draft_of(locked)
    _require_token(draft, draft_token(draft), token)
    return save_config(
        locked, draft, actor, config, _("Imported from %(source)s") % {"source": source} if source else "Saved"
    )


@verb("draft.saved")
def save_section(agent: Agent, *, actor: Actor, path: str, value: Any, token: str, reason: str = "") -> Draft:
    """Replace one section or one of its items; colleagues in other sections are not disturbed.

    `token` is the section's token as the writer had seen it (`section_token`), else `Stale`. What the section holds
    already is no conflict, whatever the token: the answer to that save was lost. `reason` says in the history where
    the value came from when nobody typed it.
    """
    locked = lock_agent(agent)
    policies.require(actor, "edit_draft", locked)
    draft = draft_of(locked)
    current = load(draft.manifest, draft.layout)
    if section_token(draft, path) != token:
        if not _holds(current, path, value, token):
            raise _changed_by(draft, path, actor)
        return draft
    config = with_section(current, path, value)
    return save_config(locked, draft, actor, config, reason or _("Saved %(path)s") % {"path": path})


@verb("draft.discarded")
def discard_draft(agent: Agent, *, actor: Actor, token: str) -> Draft:
    """Back to the most recent published version; what is thrown away stays in the history."""
    locked = lock_agent(agent)
    policies.require(actor, "edit_draft", locked)
    draft = draft_of(locked)
    _require_token(draft, draft_token(draft), token)
    latest = locked.versions.select_related("manifest", "layout").newest_first().first()
    if latest is None:
        raise Conflict(_("No version was published yet, so there is nothing to go back to. Nothing was changed."))
    draft.contributors = []
    before = draft.manifest.digest
    _write(
        draft,
        Contents(latest.manifest, latest.layout),
        actor,
        _("Back to v%(latest)s") % {"latest": latest.number},
        _Base(latest, True),
    )
    record("draft.discarded", locked.audit_target(), actor=actor, before=before, after=latest.digest)
    return draft


@verb("draft.restored")
def restore_draft(agent: Agent, *, actor: Actor, history_id: int, token: str | None = None) -> Draft:
    """Make an earlier save the draft again, as a new save; its base comes back with it.

    Because the base comes back, a publish still notices what moved since then (`stale_base`).
    `token`, when given, is the draft as the person had seen it (`draft_token`), else `Stale`.
    """
    locked = lock_agent(agent)
    policies.require(actor, "edit_draft", locked)
    draft = draft_of(locked)
    _require_token(draft, draft_token(draft), token)
    entry = (
        Draft.history.select_related("manifest", "layout", "base__manifest").filter(agent=locked, pk=history_id).first()
    )
    if entry is None:
        raise NotFound(_("There is no such save in the history of this draft."))
    before = draft.manifest.digest
    draft.contributors = _people(draft.contributors, entry.contributors)
    draft.based_at, draft.authors = entry.based_at, entry.authors
    reason = _("Restored the save of %(history_date)s UTC") % {
        "history_date": f"{entry.history_date:%Y-%m-%d %H:%M:%S}"
    }
    _write(draft, Contents(entry.manifest, entry.layout), actor, reason, _Base(entry.base, False))
    record("draft.restored", locked.audit_target(), actor=actor, before=before, after=draft.manifest.digest)
    return draft


@verb("draft.forked")
def fork_draft(agent: Agent, *, actor: Actor, number: int, token: str | None = None) -> Draft:
    """Start the draft anew from a version; what the draft held stays in the history.

    `token`, when given, is the draft as the person had seen it (`draft_token`), else `Stale`.
    """
    locked = lock_agent(agent)
    policies.require(actor, "edit_draft", locked)
    draft = draft_of(locked)
    _require_token(draft, draft_token(draft), token)
    version = _version(locked, number)
    before = draft.manifest.digest
    draft.contributors = []
    _write(
        draft,
        Contents(version.manifest, version.layout),
        actor,
        _("Started from v%(number)s") % {"number": number},
        _Base(version, True),
    )
    record(
        "draft.forked",
        locked.audit_target(),
        actor=actor,
        before=before,
        after=version.digest,
        data={"v": number},
    )
    return draft


@verb("draft.merged")
def merge_draft(
    agent: Agent, *, actor: Actor, number: int, strategy: Strategy = "merge", token: str | None = None
) -> Draft:
    """Three-way merge of a version into the draft; afterwards the draft stands on that version.

    `strategy` says who wins where both sides changed the same place: `merge` refuses with both texts,
    `theirs` takes the version's, `mine` the draft's. `token`, when given, is the draft whose conflicts
    the person had seen (`draft_token`), else `Stale`.
    """
    locked = lock_agent(agent)
    policies.require(actor, "edit_draft", locked)
    draft = draft_of(locked)
    _require_token(draft, draft_token(draft), token)
    version = _version(locked, number)
    base = load(draft.base.manifest) if draft.base else {}
    result = merge(base, load(version.manifest), load(draft.manifest, draft.layout), strategy=strategy)
    if result.config is None:
        raise MergeConflict(
            _(
                "v%(number)s and the draft changed the same %(count)s places. Nothing was "
                "changed. Choose whose text to keep."
            )
            % {"number": number, "count": len(result.conflicts)},
            conflicts=[_both_texts(conflict) for conflict in result.conflicts],
        )
    validate(result.config)
    before = draft.manifest.digest
    contents = store(locked.organization, split(result.config))
    draft.contributors = _people(
        draft.contributors, _left_behind(draft, version), [version.author_id, _person(actor).pk]
    )
    _write(draft, contents, actor, _("Merged v%(number)s") % {"number": number}, _Base(version, True))
    data = {"v": number, "strategy": strategy}
    record("draft.merged", locked.audit_target(), actor=actor, before=before, after=contents.digest, data=data)
    return draft


def draft_token(draft: Draft) -> str:
    """What a writer of the whole draft must have seen: content and layout."""
    return f"{draft.manifest.digest}.{draft.layout.digest[:16]}" if draft.layout else draft.manifest.digest


def section_token(draft: Draft, path: str) -> str:
    """What a writer of one section must have seen: the digest of its part, or of all its items."""
    entries: dict[str, str] = draft.manifest.entries
    if path in entries:
        return entries[path]
    items = {name: part for name, part in entries.items() if name.startswith(f"{path}/")}
    return manifest_digest(items) if items else ""


def _holds(config: Mapping[str, Any], path: str, value: Any, token: str) -> bool:
    """Whether a section has this value already. Nothing removed and nothing added counts: both ask for a change."""
    is_new = not token and "/" in path
    if value is None or is_new:
        return False
    here = value_at(config, path)
    return here is not None and canonical(normalise(value)) == canonical(normalise(here))


def save_config(agent: Agent, draft: Draft, actor: Actor, config: Mapping[str, Any], reason: str) -> Draft:
    """Write a configuration into the draft of a locked agent and record it; the same one again changes nothing."""
    validate(config)
    contents = store(agent.organization, split(config))
    if (contents.manifest.pk, contents.layout) == (draft.manifest_id, draft.layout):
        return draft
    before = draft.manifest.digest
    _write(draft, contents, actor, reason, _Base(draft.base, False))
    record("draft.saved", agent.audit_target(), actor=actor, before=before, after=contents.digest, reason=reason)
    return draft


def _write(draft: Draft, contents: Contents, actor: Actor, reason: str, base: _Base) -> None:
    person, now = _person(actor), database_time()
    entries: Mapping[str, str] = base.version.manifest.entries if base.version else {}
    if base.is_new:
        draft.based_at = now
    else:
        writers = first_writers(draft, contents.manifest.entries, base=entries)
        draft.contributors = _people(draft.contributors, sorted(writers, key=str), [person.pk])
    draft.authors = noted(
        draft.authors,
        contents.manifest.entries,
        before=draft.manifest.entries,
        base=entries,
        by=person.pk,
        at=now,
    )
    draft.manifest, draft.layout, draft.base = contents.manifest, contents.layout, base.version
    draft.errors = error_count(draft)
    draft.updated_at, draft.updated_by = now, person
    credit(draft, by=person, reason=reason, at=now)
    draft.save(update_fields=_WRITTEN)


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise LookupError(_("only people change drafts"))
    return actor.user


def _version(agent: Agent, number: int) -> Version:
    version = Version.objects.select_related("manifest", "layout").filter(agent=agent, number=number).first()
    if version is None:
        raise NotFound(_("There is no v%(number)s of %(agent)s.") % {"number": number, "agent": agent.name})
    return version


def _left_behind(draft: Draft, version: Version) -> set[Any]:
    """The people behind the draft's base when the version does not descend from it.

    The merge takes the base away, but what they wrote may stay in the draft (T5).
    """
    if draft.base is None or draft.base.pk in ancestry(version.agent, version.pk):
        return set()
    return people_behind(draft.base)


def _both_texts(clash: Clash) -> dict[str, Any]:
    """A conflict as people and programs read it; a side without the place has no member for it."""
    sides = {"base": clash.base, "theirs": clash.theirs, "mine": clash.mine}
    return {"path": clash.path} | {side: value for side, value in sides.items() if value is not ABSENT}


def _people(*groups: Any) -> list[Any]:
    return list(dict.fromkeys(person for group in groups for person in group))


def _changed_by(draft: Draft, path: str, actor: Actor) -> Stale:
    """The refusal of a save of one part, naming who changed that part; often it is oneself in another window."""
    change = last_change(draft, path)
    who, at = (change.by, change.at) if change else (draft.updated_by.name, draft.updated_at)
    if change and actor.user and change.by_id == actor.user.pk:
        who = _("You changed this in another tab")
    else:
        who = _("%(who)s changed this") % {"who": who}
    return Stale(
        _("%(who)s at %(at)s UTC, while you were editing. Nothing was saved; your text is kept.")
        % {"who": who, "at": f"{at:%H:%M:%S}"},
        etag=section_token(draft, path),
    )


def _require_token(draft: Draft, current: str, seen: str | None) -> None:
    if seen is None or current == seen:
        return
    raise Stale(
        _(
            "%(updated_by)s changed this at %(updated_at)s UTC, while you were editing. "
            "Nothing was saved; your text is kept."
        )
        % {"updated_by": draft.updated_by.name, "updated_at": f"{draft.updated_at:%H:%M:%S}"},
        etag=current,
    )
