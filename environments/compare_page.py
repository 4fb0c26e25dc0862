"""Two sides against each other on a page of their own: what is asked, what differs, what can be done with it."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from agents.compare import Side
from agents.comparing import digests, is_kept, kept_key, remembered
from agents.comparison import Comparison
from agents.contents import PartLoader
from agents.doors import rights_of
from agents.flow_picture import picture_of
from agents.models import Agent, Draft, Version
from agents.part_authors import authors_between
from agents.reading import changed_paths
from console.organizations.doors import person_of
from console.organizations.errors import NotFound
from environments.compare_look import Look, layout_for, look_of, segments, with_look
from environments.compare_sides import VERSIONS, canonical, choices_for, pickers
from environments.doors import standing_for
from environments.errors import EnvironmentUnpinned
from environments.reading import BETWEEN, DRAFT, HISTORY, comparison_of, name_of, pair_address, side_of

Sides = tuple[Side, Side]


@dataclass(frozen=True)
class ComparePage:
    """What the page of one request shows. `pair` is the part of the address that names both sides, or empty."""

    request: HttpRequest
    agent: Agent
    pair: str = ""

    @cached_property
    def look(self) -> Look:
        """How it is to be shown."""
        return look_of(self.request.GET, layout_for(self.request, person_of(self.request).diff_layout))

    @cached_property
    def rights(self) -> frozenset[str]:
        """What this person may do with the agent."""
        return rights_of(self.request, self.agent)

    @cached_property
    def versions(self) -> list[Version]:
        """The newest versions, for the pickers."""
        return list(self.agent.versions.select_related("author").newest_first()[:VERSIONS])

    @cached_property
    def names(self) -> tuple[str, str]:
        """The two sides of the address; without them what is live against what comes next."""
        left, _, right = self.pair.partition(BETWEEN)
        asked = left or self.request.GET.get("from", ""), right or self.request.GET.get("to", "")
        before, after = _default_pair(self)
        return canonical(asked[0] or before), canonical(asked[1] or after)

    @cached_property
    def sides(self) -> Sides:
        """Both sides; refused as `side_of` says."""
        left, right = (side_of(self.agent, name, self.rights) for name in self.names)
        return left, right

    @cached_property
    def comparison(self) -> Comparison:
        """What differs; what is left out on the page can be read at an address that never shows anything else."""
        return replace(comparison_of(self.agent, *self.sides, self.look.options), address=self._permanent)

    def context(self) -> tuple[dict[str, Any], int]:
        """What the template shows, and the status of the answer: 404 when a side does not exist."""
        standing = standing_for(self.request, self.agent)
        groups = choices_for(standing, self.versions, self.rights)
        shared = {"agent": self.agent, "look": self.look, "names": self.names}
        try:
            sides = self.sides
        except (NotFound, EnvironmentUnpinned) as refusal:
            unknown = pickers(self.agent, groups, self.names, (None, None), self.look)
            return shared | {"pickers": unknown, "problem": refusal}, 404
        address = pair_address(self.agent, *self.names)
        return shared | {
            "pickers": pickers(self.agent, groups, self.names, sides, self.look),
            "segments": segments(self.look, address),
            "swap_url": with_look(pair_address(self.agent, self.names[1], self.names[0]), self.look),
            "whole_url": with_look(address, replace(self.look, section="", part="", everything=False)),
            "print_url": f"{with_look(address, replace(self.look, context='all'))}&print=1",
            "permalink": self.request.build_absolute_uri(with_look(self._permanent, self.look)),
            "diff_url": f"{address}/changes.diff",
            "takes": self.takes,
            "take_url": reverse("agents:draft-take", args=[self.agent.organization.slug, self.agent.slug]),
            "seen_key": f"{person_of(self.request).pk}:{'...'.join(digests(*sides))}",
            "left": sides[0],
            "right": sides[1],
            "body": self._body(),
        }, 200

    @cached_property
    def takes(self) -> list[tuple[str, str]]:
        """The sides whose parts this person can take into the draft: name and label."""
        if "edit_draft" not in self.rights or self.agent.archived_at or self.sides[0].digest == self.sides[1].digest:
            return []
        draft = standing_for(self.request, self.agent).draft.manifest.digest
        return [(name, side.label) for side in self.sides if (name := name_of(side)) != DRAFT and side.digest != draft]

    @cached_property
    def _permanent(self) -> str:
        """An address that shows the same for good: what still changes is named by what it is now."""
        names = [name_of(side) for side in self.sides]
        if DRAFT in names:
            newest = Draft.history.filter(agent=self.agent).order_by("-pk").values_list("pk", flat=True).first()
            names = [f"{HISTORY}{newest}" if name == DRAFT else name for name in names]
        return pair_address(self.agent, *names)

    def _body(self) -> str:
        """The differences as markup; of large documents kept by everything that is in them."""
        left, right = self.sides
        authors = authors_between(self.agent, left, right, changed_paths(left.manifest, right.manifest))

        def rendered() -> str:
            context = {"whole": self.comparison, "comparison": self._wanted(), "authors": authors}
            context |= {"look": self.look, "takes": bool(self.takes), "pictures": self._pictures()}
            return render_to_string("environments/_compare_body.html", context)

        if not is_kept(left, right):
            return rendered()
        facts = (self.agent.organization_id, *digests(left, right), left.label, right.label)
        key = kept_key("page", *facts, self._permanent, self.look, bool(self.takes), sorted(authors.items()))
        return remembered(key, rendered)

    def _wanted(self) -> Comparison:
        """The section that was asked for, else everything."""
        section, found = self.look.section, self.comparison
        wanted = tuple(part for part in found.sections if part.section == section)
        return replace(found, sections=wanted) if section else found

    def _pictures(self) -> dict[str, Any]:
        """The flow drawn with its changes, where it is one that can be drawn."""
        left, right = (side.manifest.get("flow") for side in self.sides)
        if left == right or not any(part.path == "flow" for part in self.comparison.sections):
            return {}
        load = PartLoader(self.agent.organization, *({"flow": part} if part else {} for part in (left, right)))
        old, new = (load(part) if part else {} for part in (left, right))
        return {"flow": picture_of(new, old)} if _is_drawable(old) and _is_drawable(new) else {}


def _default_pair(page: ComparePage) -> tuple[str, str]:
    standing, versions = standing_for(page.request, page.agent), page.versions
    newest = DRAFT if "view_draft" in page.rights else str(versions[0].number) if versions else ""
    live, candidate = standing.production, standing.candidate
    left = str(live.version.number) if live else str(versions[0].number) if versions else newest
    right = str(candidate.version.number) if live and candidate and candidate.version != live.version else newest
    return left, right


def _is_drawable(flow: Any) -> bool:
    """Whether nodes and edges have the shape that the schema gives them; a vendor's may have another."""
    if not isinstance(flow, dict):
        return False
    nodes, edges = flow.get("nodes", {}), flow.get("edges", [])
    if not isinstance(nodes, dict) or not isinstance(edges, list):
        return False
    return all(isinstance(node, dict) for node in nodes.values()) and all(_is_edge(edge) for edge in edges)


def _is_edge(edge: Any) -> bool:
    return isinstance(edge, dict) and all(isinstance(edge.get(end), str) for end in ("from", "to"))
