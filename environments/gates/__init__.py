"""Gates: each a small named function with the same answer form, shown as a checklist and enforced under the lock.

A gate answers for one move (version into environment by an actor). Pages, API, bulk and the verbs call the
same functions, so the checklist never promises what the verb refuses (ux.md, rule 3).
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from environments.errors import GateFailed
from environments.gates.drafts import has_errors
from environments.gates.entry import (
    approvals,
    change_window,
    document_valid,
    export_kept,
    not_frozen,
    service_accounts_only,
    soak,
)
from environments.gates.frame import Gate, Move
from environments.gates.standard import (
    four_eyes,
    fresh_sign_in,
    not_on_hold,
    own_decision,
    previous_environment,
    self_approval,
    sign_off,
    ticket,
)

__all__ = ["BREAKABLE", "Gate", "Move", "checklist", "enforce", "has_errors", "own_decision", "self_approval"]

# In the order in which they are enforced. The rules of an environment stand between what is asked of the version
# and what is asked of the person; one that the environment does not ask for answers nothing.
ENTRY: list[Callable[[Move], Gate | None]] = [
    document_valid,
    soak,
    approvals,
    not_frozen,
    change_window,
    service_accounts_only,
    export_kept,
]
STAGING: list[Callable[[Move], Gate | None]] = [not_on_hold, previous_environment, *ENTRY]
PRODUCTION: list[Callable[[Move], Gate | None]] = [
    not_on_hold,
    sign_off,
    previous_environment,
    *ENTRY,
    four_eyes,
    ticket,
    fresh_sign_in,
]

# What an Org Admin may pass over in an emergency, by name and for ever on record. Never a hop, a hold or the proof of
# who acts: those would not be an emergency but another act.
BREAKABLE = frozenset(
    {
        "sign_off",
        "document_valid",
        "soak",
        "approvals",
        "not_frozen",
        "change_window",
        "service_accounts_only",
        "export_kept",
        "four_eyes",
        "ticket",
    }
)


def checklist(move: Move) -> list[Gate]:
    """Every gate that this environment asks for, in the order in which they are enforced."""
    asked = (rule(move) for rule in (PRODUCTION if move.environment.is_production else STAGING))
    return [gate for gate in asked if gate is not None]


def enforce(move: Move, *, passing_over: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Let the move pass and return the checklist as it was; otherwise raise the first failing gate's refusal.

    `passing_over` names the gates whose answer is kept but does not count.
    """
    gates = checklist(move)
    answers = [gate.as_json() for gate in gates]
    for gate in gates:
        if gate.state != "pass" and gate.rule not in passing_over:
            raise gate.refusal or GateFailed(f"{gate.message} {_('Nothing was changed.')}", gates=answers)
    return answers
