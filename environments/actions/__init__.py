"""Every way a version moves or is decided on: the list of verbs of this room."""

from environments.actions.archiving import archive_agent
from environments.actions.bulk import cancel_job, retry_failed, start_promotion, undo_moved
from environments.actions.claiming import put_down, take_up
from environments.actions.deciding import (
    approve_release,
    mark_ready,
    request_changes,
    revoke_ready,
    revoke_stale_approval,
    withdraw_request,
)
from environments.actions.emergencies import break_glass
from environments.actions.pipelines import (
    Changes,
    change_environment,
    create_environment,
    create_pipeline,
    delete_environment,
    environment_token,
)
from environments.actions.promoting import activate, promote, publish
from environments.actions.pushing import push_to_production
from environments.actions.returning import lift_hold, rollback

__all__ = [
    "Changes",
    "activate",
    "approve_release",
    "archive_agent",
    "break_glass",
    "cancel_job",
    "change_environment",
    "create_environment",
    "create_pipeline",
    "delete_environment",
    "environment_token",
    "lift_hold",
    "mark_ready",
    "promote",
    "publish",
    "push_to_production",
    "put_down",
    "request_changes",
    "retry_failed",
    "revoke_ready",
    "revoke_stale_approval",
    "rollback",
    "start_promotion",
    "take_up",
    "undo_moved",
    "withdraw_request",
]
