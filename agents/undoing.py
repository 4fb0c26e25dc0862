"""A part of the draft as it was under an earlier digest, so that the last act can be taken back."""

import re
from typing import Any

from agents.contents import load
from agents.documents.sections import value_at
from agents.models import Draft

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


def part_before(draft: Draft, path: str, digest: str) -> Any:
    """The value that the part had under this digest, positions and all; None when the draft's history has no such.

    Only this draft's own history is asked: a digest alone opens nothing of another agent.
    """
    if not _DIGEST.match(digest):
        return None
    saves = Draft.history.filter(agent=draft.agent_id, manifest__entries__contains={path: digest})
    entry = saves.select_related("manifest", "layout").order_by("-pk").first()
    return value_at(load(entry.manifest, entry.layout), path) if entry else None
