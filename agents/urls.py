"""Addresses of the agent and draft pages."""

from django.urls import path

from agents.views import (
    conflicts,
    creating,
    details,
    drafts,
    flow,
    items,
    merging,
    presence,
    replacing,
    sections,
    taking,
)

app_name = "agents"

_AGENTS = "o/<slug:organization>/agents"
_AGENT = f"{_AGENTS}/<slug:agent>"
_DRAFT = f"{_AGENT}/draft"

urlpatterns = [
    path("schemas/agent-v1.json", details.schema, name="schema"),
    path(f"{_AGENTS}/new", creating.create, name="agent-create"),
    path(f"{_AGENTS}/import", creating.from_file, name="agent-import"),
    path(f"{_AGENT}/settings", details.edit, name="agent-edit"),
    path(f"{_DRAFT}/", drafts.draft, name="draft"),
    path(f"{_DRAFT}/edit/<path:section>", sections.section, name="draft-section"),
    path(f"{_DRAFT}/flow/", flow.flow, name="draft-flow"),
    path(f"{_DRAFT}/flow/act", flow.act, name="draft-flow-act"),
    path(f"{_DRAFT}/flow/undo", flow.undo, name="draft-flow-undo"),
    path(f"{_DRAFT}/flow/nodes/<str:node>", flow.node, name="draft-node"),
    path(f"{_DRAFT}/items/<slug:section>", items.items, name="draft-items"),
    path(f"{_DRAFT}/items/<slug:section>/act", items.act, name="draft-item-act"),
    path(f"{_DRAFT}/items/<slug:section>/undo", items.undo, name="draft-item-undo"),
    path(f"{_DRAFT}/upload", items.upload, name="draft-upload"),
    path(f"{_DRAFT}/call/<path:section>", items.call, name="draft-call"),
    path(f"{_DRAFT}/add/<slug:section>", sections.add, name="draft-add"),
    path(f"{_DRAFT}/remove/<path:section>", sections.remove, name="draft-remove"),
    path(f"{_DRAFT}/here/<path:section>", presence.here, name="draft-here"),
    path(f"{_DRAFT}/around/<path:section>", presence.around, name="draft-around"),
    path(f"{_DRAFT}/resolve/<path:section>", conflicts.resolve, name="draft-resolve"),
    path(f"{_DRAFT}/bring-back/<path:section>", sections.bring_back, name="draft-bring-back"),
    path(f"{_DRAFT}/reset/<path:section>", sections.reset, name="draft-reset"),
    path(f"{_DRAFT}/history", drafts.history, name="draft-history"),
    path(f"{_DRAFT}/restore", drafts.restore, name="draft-restore"),
    path(f"{_DRAFT}/delete", drafts.discard, name="draft-discard"),
    path(f"{_DRAFT}/fork", drafts.fork, name="draft-fork"),
    path(f"{_DRAFT}/merge", merging.merge, name="draft-merge"),
    path(f"{_DRAFT}/take", taking.take, name="draft-take"),
    path(f"{_DRAFT}/import", replacing.replace, name="draft-import"),
    path(f"{_DRAFT}/export.<slug:ending>", drafts.export, name="draft-export"),
]
