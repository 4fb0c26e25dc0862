"""Which verb starts from which state: one table for verbs, buttons and refusals."""

from dataclasses import dataclass

from agents.models import Version
from environments.errors import IllegalTransition
from environments.models import Release

State = Release.State


@dataclass(frozen=True)
class Step:
    """A verb on a version: its words, the permission it needs, the states it starts from."""

    verb: str
    label: str
    permission: str
    states: frozenset[str]


_CANDIDATE = {State.STAGING, State.READY, State.CHANGES_REQUESTED}

STEPS = {
    step.verb: step
    for step in [
        Step("mark_ready", "Mark Ready for Production", "mark_ready", frozenset({State.STAGING})),
        Step("request_changes", "Request changes", "mark_ready", frozenset({State.STAGING})),
        Step("withdraw_request", "Withdraw the request", "mark_ready", frozenset({State.CHANGES_REQUESTED})),
        Step("revoke_ready", "Revoke the approval", "revoke_ready", frozenset({State.READY})),
        Step("approve_release", "Approve as well", "approve_release", frozenset({State.READY})),
        Step("push_to_production", "Push to Production", "push_to_production", frozenset({State.READY})),
        Step("lift_hold", "Lift hold", "lift_hold", frozenset({State.ROLLED_BACK})),
        Step(
            "promote_to_staging",
            "Promote to Staging",
            "promote_to_staging",
            frozenset({State.DEVELOPMENT, State.SUPERSEDED, State.PRODUCTION} | _CANDIDATE),
        ),
    ]
}


def allowed_from(state: str) -> list[str]:
    """The verbs that start from a state, for the refusal's `allowed`."""
    return [step.verb for step in STEPS.values() if state in step.states]


def illegal(version: Version, verb: str, instead: str = "", gate: str = "") -> IllegalTransition:
    """The refusal of a verb that does not start from the version's state.

    `instead` says what is there by now; `gate` is the sentence of the checklist, which every door says first.
    """
    state = version.release.state
    step = STEPS[verb]
    wanted = " or ".join(sorted(str(State(s).label) for s in step.states))
    return IllegalTransition(
        f"{gate}{' ' if gate else ''}v{version.number} is in the state {State(state).label};"
        f" {step.label} starts from {wanted}. {instead}Nothing was changed.",
        state=state,
        allowed=allowed_from(state),
    )


def require_state(version: Version, verb: str) -> None:
    """Let a version pass whose state the verb starts from."""
    if version.release.state not in STEPS[verb].states:
        raise illegal(version, verb)
