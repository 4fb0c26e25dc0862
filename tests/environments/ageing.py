"""Every way in which an approval stops to hold after it was given (G3, T2 to T8), one function each.

Noor, who holds QA, approved v2 of an agent whose v1 was in Staging before. Each way changes one thing, as
people change it, and returns the number of the version that somebody then tries to push.
"""

from collections.abc import Callable
from dataclasses import dataclass

from agents.grants import grant_role, take_role
from agents.models import Agent
from console.departures import remove_member
from console.organizations.actions import change_roles
from console.organizations.models import Organization, User
from console.rules import change_settings
from environments.actions import (
    archive_agent,
    promote,
    push_to_production,
    request_changes,
    revoke_ready,
    rollback,
)
from environments.jobs import revoke_stale_approvals
from tests.builders import a_small_agent, approved, published, pushed
from tests.cast import Person, join, new_account


@dataclass(frozen=True)
class Approved:
    """The approval of v2, and the people around it."""

    agent: Agent
    dana: Person
    noor: Person
    mara: Person

    def rules(self, **changes: object) -> None:
        """Change the organization's rules."""
        organization = Organization.objects.get(pk=self.agent.organization_id)
        change_settings(organization, actor=self.mara.actor(), changes=dict(changes))

    def noor_becomes(self, *roles: str) -> None:
        """Give Noor exactly these roles."""
        membership = self.noor.membership_in(self.agent.organization)
        change_roles(membership, actor=self.mara.actor(), roles=list(roles))


def approved_by_noor(organization: Organization, dana: Person, mara: Person) -> Approved:
    """v2 of the order desk, by Dana, approved by Noor."""
    noor = new_account("noor@example.com", "Noor Basri")
    join(organization, mara, noor, "qa")
    agent = a_small_agent(organization, dana)
    published(agent, dana, "v1")
    approved(agent, dana, noor, "v2")
    return Approved(agent, dana, noor, mara)


def newer_in_staging(case: Approved) -> int:
    published(case.agent, case.dana, "v3")
    return 2


def older_in_staging_again(case: Approved) -> int:
    promote(case.agent, actor=case.dana.actor(), number=1, environment="staging")
    return 2


def staging_rolled_back(case: Approved) -> int:
    rollback(case.agent, actor=case.mara.actor(), environment="staging", number=1, reason="Wrong answers")
    return 2


def same_content_held(case: Approved) -> int:
    push_to_production(case.agent, actor=case.mara.actor(), number=2)
    pushed(case.agent, case.dana, case.noor, case.mara, "v3")
    published(case.agent, case.dana, "v4")
    approved(case.agent, case.dana, case.noor, "v3")
    rollback(case.agent, actor=case.mara.actor(), environment="production", number=2, reason="Wrong answers")
    return 5


def ticket_rule_switched_on(case: Approved) -> int:
    case.rules(ticket_required=True)
    return 2


def four_eyes_switched_off(case: Approved) -> int:
    case.rules(four_eyes=False)
    return 2


def time_went_by(case: Approved) -> int:
    return 2


def lifetime_shortened(case: Approved) -> int:
    case.rules(sign_off_days=7)
    return 2


def signer_lost_the_role(case: Approved) -> int:
    case.noor_becomes("developer")
    return 2


def signer_lost_the_role_on_this_agent(case: Approved) -> int:
    grant_role(case.agent, actor=case.mara.actor(), user=case.noor.user, role="qa")
    case.noor_becomes("auditor")
    take_role(case.agent, actor=case.mara.actor(), user=case.noor.user, role="qa")
    return 2


def signer_was_deactivated(case: Approved) -> int:
    account = User.objects.get(pk=case.noor.user.pk)
    account.is_active = False
    account.save(update_fields=["is_active"])
    return 2


def signer_was_removed(case: Approved) -> int:
    remove_member(case.noor.membership_in(case.agent.organization), actor=case.mara.actor())
    return 2


def somebody_revoked_it(case: Approved) -> int:
    revoke_ready(case.agent, actor=case.mara.actor(), number=2, reason="A customer called")
    return 2


def changes_were_requested(case: Approved) -> int:
    revoke_ready(case.agent, actor=case.noor.actor(), number=2, reason="On second thoughts")
    request_changes(case.agent, actor=case.noor.actor(), number=2, reason="It promises refunds")
    return 2


def the_console_took_it_back(case: Approved) -> int:
    case.rules(ticket_required=True)
    revoke_stale_approvals.delay()
    case.rules(ticket_required=False)
    return 2


def agent_was_archived(case: Approved) -> int:
    archive_agent(case.agent, actor=case.mara.actor())
    return 2


@dataclass(frozen=True)
class Way:
    """One way: what happens, how many days later somebody pushes, and what the push answers."""

    happens: Callable[[Approved], int]
    code: str
    said: str
    days: int = 0

    @property
    def name(self) -> str:
        """For the names of tests."""
        return self.happens.__name__


STALE = "approval_stale"
GONE = "Noor Basri may no longer mark versions ready."

# The version is still what Staging serves and was READY: the console itself takes these approvals back.
NOTICED = [
    Way(ticket_rule_switched_on, STALE, "Changed since: the change-ticket rule."),
    Way(four_eyes_switched_off, STALE, "Changed since: the four-eyes rule."),
    Way(time_went_by, STALE, "It is older than 30 days.", days=31),
    Way(lifetime_shortened, STALE, "It is older than 7 days.", days=8),
    Way(signer_lost_the_role, STALE, GONE),
    Way(signer_lost_the_role_on_this_agent, STALE, GONE),
    Way(signer_was_deactivated, STALE, GONE),
    Way(signer_was_removed, STALE, GONE),
]
WAYS = [
    *NOTICED,
    Way(newer_in_staging, STALE, "Staging now serves version 3."),
    Way(older_in_staging_again, STALE, "Staging now serves version 1."),
    Way(the_console_took_it_back, STALE, "Changed since: the change-ticket rule."),
    Way(staging_rolled_back, "on_hold", "v2 was rolled back by Mara Lindqvist: Wrong answers"),
    Way(same_content_held, "on_hold", "v3 was rolled back by Mara Lindqvist: Wrong answers"),
    Way(somebody_revoked_it, "illegal_transition", "v2 is in the state Staging"),
    Way(changes_were_requested, "illegal_transition", "v2 is in the state Changes requested"),
    Way(agent_was_archived, "archived", "is archived"),
]
