"""What the pages of a draft's flow show: its picture, its outline in acts, what the last act changed."""

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from agents.editing import Desk
from agents.flow_forms import TYPES
from agents.flow_picture import picture_of
from agents.models import Draft
from agents.undoing import part_before

_TOLD = 4


class FlowDesk(Desk):
    """The flow of a draft read for a page.

    `was` is the digest of the flow before the last act, "" for none; `into` the place of the edge that a new node
    is to part; `name` the node that the page is about.
    """

    def __init__(self, draft: Draft, was: str = "", into: str = "", name: str = "") -> None:
        super().__init__(draft, "flow")
        self.was, self._into, self.name = was, into, name
        self.place = f"flow/{name}" if name else "flow"

    @property
    def title(self) -> str:
        """What people call the page."""
        return _("Node %(name)s") % {"name": self.name} if self.name else _("Flow")

    @property
    def flow(self) -> dict[str, Any] | None:
        """The flow with its layout; None when the agent answers without one."""
        return self.reading.config.get("flow")

    @cached_property
    def base_value(self) -> Any:
        """The node of the page in the draft's base."""
        flow = super().base_value or {}
        return (flow.get("nodes") or {}).get(self.name)

    @cached_property
    def into(self) -> dict[str, Any] | None:
        """The edge that a new node is to part."""
        return next((edge for edge in self.picture["edges"] if str(edge["index"]) == self._into), None)

    @property
    def node(self) -> dict[str, Any] | None:
        """The node of the page, as the picture has it."""
        return next((node for node in self.picture["nodes"] if node["id"] == self.name), None)

    @property
    def sources(self) -> list[str]:
        """The nodes that lead to the node of the page."""
        return list(dict.fromkeys(edge["from"] for edge in self.picture["edges"] if edge["to"] == self.name))

    @cached_property
    def picture(self) -> dict[str, Any]:
        """The picture; each node leads to its page."""
        picture = picture_of(self.flow)
        place = [self.draft.agent.organization.slug, self.draft.agent.slug]
        for node in picture["nodes"]:
            node["href"] = reverse("agents:draft-node", args=[*place, node["id"]])
        told = {finding.problem.pointer: finding.problem.message for finding in self.reading.findings}
        for node in picture["nodes"]:
            missing = told.get(f"/flow/nodes/{node['id']}/tool")
            node["problems"] += [missing] if missing else []
        return picture

    @property
    def names(self) -> list[str]:
        """The nodes in reading order."""
        return [node["id"] for node in self.picture["nodes"]]

    @property
    def tools(self) -> list[str]:
        """The tools that a node may call."""
        return sorted(self.reading.config.get("tools") or {})

    @property
    def types(self) -> list[str]:
        """Types that a new node may have: the known ones and those that the flow uses."""
        return list(dict.fromkeys([*TYPES, *(node["type"] for node in self.picture["nodes"])]))

    @cached_property
    def before(self) -> Any:
        """The flow before the last act; None when the page comes from elsewhere."""
        return part_before(self.draft, "flow", self.was) if self.was else None

    @cached_property
    def last_act(self) -> list[str]:
        """What the last act changed, in a few words, for the line with Undo."""
        if not self.before or self.before == self.flow:
            return []
        marked = picture_of(self.flow, self.before)
        told = [f"{node['id']} {node['change']}" for node in marked["nodes"] if node["change"]]
        told += [f"{edge['from']} → {edge['to']} {edge['change']}" for edge in marked["edges"] if edge["change"]]
        if marked["former_start"]:
            told.append(f"start {marked['former_start']} → {marked['start']}")
        further = len(told) - _TOLD
        return told[:_TOLD] + ([f"… {further} more"] if further > 0 else [])
