"""Which verb starts from which state: one table for verbs, buttons and refusals."""

from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from agents.models import Version
from environments.errors import IllegalTransition
from environments.models import Release

State = Release.State


@dataclass(frozen=True)
class Step:
    """A verb on a version: its words, the permission it needs, the states it starts from."""

    verb: str
    words: str
    permission: str
    states: frozenset[str]

    @property
    def label(self) -> str:
        """The words on its button in the reader's language."""
        return gettext(self.words)


_CANDIDATE = {State.STAGING, State.READY, State.CHANGES_REQUESTED}

STEPS = {
    step.verb: step
    for step in [
        Step("mark_ready", noop("Mark Ready for Production"), "mark_ready", frozenset({State.STAGING})),
        Step("request_changes", noop("Request changes"), "mark_ready", frozenset({State.STAGING})),
        Step("withdraw_request", noop("Withdraw the request"), "mark_ready", frozenset({State.CHANGES_REQUESTED})),
        Step("revoke_ready", noop("Revoke the approval"), "revoke_ready", frozenset({State.READY})),
        Step("approve_release", noop("Approve as well"), "approve_release", frozenset({State.READY})),
        Step("push_to_production", noop("Push to Production"), "push_to_production", frozenset({State.READY})),
        Step("lift_hold", noop("Lift hold"), "lift_hold", frozenset({State.ROLLED_BACK})),
        Step(
            "promote_to_staging",
            noop("Promote to Staging"),
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
    names = {"number": version.number, "state": State(state).label, "verb": step.label, "wanted": wanted}
    why = _("v%(number)s is in the state %(state)s; %(verb)s starts from %(wanted)s.") % names
    unchanged = f"{instead}{_('Nothing was changed.')}"
    return IllegalTransition(
        " ".join(part for part in (gate, why, unchanged) if part),
        state=state,
        allowed=allowed_from(state),
    )


def require_state(version: Version, verb: str) -> None:
    """Let a version pass whose state the verb starts from."""
    if version.release.state not in STEPS[verb].states:
        raise illegal(version, verb)
