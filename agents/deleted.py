"""Items that were taken out of the draft within the last thirty days, so that they can come back (ux.md 3.2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from agents.models import Draft, Manifest
from agents.summaries import title_of

KEPT_SHOWN = timedelta(days=30)  # the history keeps them for ever; this is how long the list names them
SAVES_READ = 1_000


@dataclass(frozen=True)
class Deleted:
    """One item that is gone: when and by whom it was taken out, and the save that had it last."""

    path: str
    title: str
    at: datetime
    by: str
    save: int


def recently_deleted(draft: Draft, section: str) -> list[Deleted]:
    """The items of a section that an earlier save had and the draft has not, the latest first; two queries."""
    saves = Draft.history.filter(agent=draft.agent_id).order_by("-pk")
    rows = list(saves.values_list("pk", "history_date", "manifest_id", "updated_by__name")[:SAVES_READ])
    manifests = dict(Manifest.objects.filter(pk__in={row[2] for row in rows}).values_list("pk", "entries"))
    here, since = draft.manifest.entries, timezone.now() - KEPT_SHOWN
    found: dict[str, Deleted] = {}
    after = rows[0] if rows else None  # the save that came after the one that is looked at
    for row in rows:
        for path in manifests[row[2]]:
            if after and path.startswith(f"{section}/") and path not in here and path not in found:
                found[path] = Deleted(path, title_of(path), after[1], after[3] or "", row[0])
        after = row
    return [one for one in found.values() if one.at >= since]
