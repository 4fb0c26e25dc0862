"""Every way a version moves or is decided on: the list of verbs of this room."""

from environments.actions.archiving import archive_agent
from environments.actions.deciding import (
    mark_ready,
    request_changes,
    revoke_ready,
    revoke_stale_approval,
    withdraw_request,
)
from environments.actions.pipelines import create_pipeline
from environments.actions.promoting import activate, promote, publish
from environments.actions.pushing import push_to_production
from environments.actions.returning import lift_hold, rollback

__all__ = [
    "activate",
    "archive_agent",
    "create_pipeline",
    "lift_hold",
    "mark_ready",
    "promote",
    "publish",
    "push_to_production",
    "request_changes",
    "revoke_ready",
    "revoke_stale_approval",
    "rollback",
    "withdraw_request",
]
