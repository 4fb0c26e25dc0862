"""Verbs on the items of a section that change more than one part."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from agents import policies
from agents.actions.drafts import _require_token, save_config, section_token
from agents.contents import load
from agents.documents import with_section
from agents.documents.sections import value_at
from agents.locks import draft_of, lock_agent
from agents.models import Agent, Draft
from agents.names import SLUG
from audit.log import verb
from console.organizations.actor import Actor
from console.organizations.errors import ContentError, Invalid, NotFound


@verb("draft.saved")
def rename_item(agent: Agent, *, actor: Actor, path: str, slug: str, token: str) -> Draft:
    """Give an item (`tools/<slug>`) another slug; nodes of the flow that call a renamed tool follow.

    `token` is the item's token as the person had seen it (`section_token`), else `Stale`; a slug that is none or is
    taken is `Invalid` at `/name`.
    """
    locked = lock_agent(agent)
    policies.require(actor, "edit_draft", locked)
    draft = draft_of(locked)
    _require_token(draft, section_token(draft, path), token)
    config = load(draft.manifest, draft.layout)
    section, _slash, former = path.partition("/")
    value, target = value_at(config, path), f"{section}/{slug}"
    if value is None:
        raise NotFound(_("There is no such item in the draft."))
    if not SLUG.match(slug):
        _refuse(_("Use small letters, digits, _ and -, at most 200; begin with a letter or digit."))
    if slug != former and value_at(config, target) is not None:
        _refuse(_("There is %(name)s already. Choose another name.") % {"name": slug})
    config = with_section(with_section(config, path, None), target, value)
    if section == "tools":
        config = _calls_renamed(config, former, slug)
    return save_config(locked, draft, actor, config, _("Renamed %(path)s to %(slug)s") % {"path": path, "slug": slug})


def _calls_renamed(config: Mapping[str, Any], former: str, slug: str) -> dict[str, Any]:
    """The configuration in which nodes call the tool by its new name."""
    flow = config.get("flow")
    if not flow:
        return dict(config)
    nodes = {
        name: {**node, "tool": slug} if node.get("tool") == former else node for name, node in flow["nodes"].items()
    }
    return {**config, "flow": {**flow, "nodes": nodes}}


def _refuse(message: str) -> None:
    raise Invalid(f"{message} {_('Nothing was changed.')}", [ContentError("/name", message)])
