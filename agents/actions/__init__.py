"""Every change of an agent and its draft: the list of verbs of this room."""

from agents.actions.agents import agent_token, change_agent, create_agent, import_agent, unarchive_agent
from agents.actions.drafts import (
    discard_draft,
    draft_token,
    fork_draft,
    merge_draft,
    restore_draft,
    save_draft,
    save_section,
    section_token,
)
from agents.actions.items import rename_item
from agents.actions.putting import put_agent
from agents.actions.taking import take_parts

__all__ = [
    "agent_token",
    "change_agent",
    "create_agent",
    "discard_draft",
    "draft_token",
    "fork_draft",
    "import_agent",
    "merge_draft",
    "put_agent",
    "rename_item",
    "restore_draft",
    "save_draft",
    "save_section",
    "section_token",
    "take_parts",
    "unarchive_agent",
]
