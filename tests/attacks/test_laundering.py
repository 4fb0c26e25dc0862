"""Getting one's own work past four eyes by a detour (T5): each was possible once."""

import pytest

from agents.actions import fork_draft, merge_draft
from agents.models import Version
from agents.versions import people_behind
from console.organizations.models import Organization
from console.rules import change_settings
from environments.actions import mark_ready, revoke_ready
from environments.errors import SelfApproval
from tests.builders import an_agent, approved, edited, published, pushed
from tests.cast import Person, join, new_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def lou(organization: Organization, mara: Person) -> Person:
    """Lou Varga, Developer and QA in one person."""
    person = new_account("lou.varga@example.com", "Lou Varga")
    join(organization, mara, person, "developer", "qa")
    return person


def _signs(version: Version, person: Person) -> None:
    mark_ready(version.agent, actor=person.actor(), number=version.number)


def test_mark_ready__own_work_whose_approval_was_revoked__is_refused(
    organization: Organization, dana: Person, quinn: Person, lou: Person
) -> None:
    agent = an_agent(organization, dana)
    first = approved(agent, lou, quinn, "Written by Lou.\n")
    revoke_ready(agent, actor=quinn.actor(), number=first.number, reason="Not good enough")

    second = published(agent, dana, "Written by Lou.\nAnd by Dana.\n")

    with pytest.raises(SelfApproval):
        _signs(second, lou)


def test_mark_ready__own_work_that_only_its_author_approved__is_refused(
    organization: Organization, dana: Person, mara: Person, lou: Person
) -> None:
    agent = an_agent(organization, dana)
    change_settings(organization, actor=mara.actor(), changes={"four_eyes": False})
    approved(agent, lou, lou, "Written by Lou.\n")
    change_settings(organization, actor=mara.actor(), changes={"four_eyes": True})

    second = published(agent, dana, "Written by Lou.\nAnd by Dana.\n")

    with pytest.raises(SelfApproval):
        _signs(second, lou)


def test_mark_ready__own_work_that_a_colleague_merged_away_from_its_version__is_refused(
    organization: Organization, dana: Person, quinn: Person, mara: Person, lou: Person
) -> None:
    agent = an_agent(organization, dana)
    pushed(agent, dana, quinn, mara, "First.\nSecond.\n")
    published(agent, lou, "By Lou.\nMore by Lou.\n")
    fork_draft(agent, actor=dana.actor(), number=1)
    approved(agent, dana, quinn, "Approved.\nSecond.\n")
    fork_draft(agent, actor=dana.actor(), number=2)
    edited(agent, dana, "By Lou!\nMore by Lou.\n")

    merge_draft(agent, actor=dana.actor(), number=3, strategy="mine")
    fourth = published(agent, dana)

    assert lou.user.pk in people_behind(fourth)
    with pytest.raises(SelfApproval):
        _signs(fourth, lou)


def test_mark_ready__own_work_that_another_person_approved__is_allowed_below_a_colleagues_change(
    organization: Organization, dana: Person, quinn: Person, lou: Person
) -> None:
    agent = an_agent(organization, dana)
    approved(agent, lou, quinn, "Written by Lou.\n")

    second = published(agent, dana, "Written by Lou.\nAnd by Dana.\n")

    _signs(second, lou)
    assert people_behind(second) == {dana.user.pk}
