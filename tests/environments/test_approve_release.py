"""approve_release: one more approval of a version that is ready, once per person."""

import pytest

from console.organizations.errors import PermissionMissing
from console.organizations.models import Organization
from environments.actions import approve_release, revoke_ready
from environments.approvals import approval_of
from environments.errors import IllegalTransition, SelfApproval, Unchanged
from environments.models import SignOff
from tests.builders import a_candidate, a_ready_version
from tests.cast import Person

pytestmark = pytest.mark.django_db


def test_approve_release__ready_version__adds_to_the_approval_and_changes_no_state(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_ready_version(organization, author=dana, tester=quinn)

    approve_release(agent, actor=mara.actor(), number=1, note="Read it")

    version = agent.versions.get()
    first = approval_of(version)
    assert first is not None
    assert (version.release.state, first.by) == ("ready", quinn.user)
    assert list(SignOff.objects.newest_first().values_list("decision", flat=True)) == ["approved", "ready"]
    with pytest.raises(Unchanged):
        approve_release(agent, actor=mara.actor(), number=1)
    with pytest.raises(Unchanged):
        approve_release(agent, actor=quinn.actor(), number=1)


def test_approve_release__by_its_author_without_the_right_or_too_early__is_refused(
    organization: Organization, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    agent = a_candidate(organization, author=mara)

    with pytest.raises(IllegalTransition):
        approve_release(agent, actor=quinn.actor(), number=1)
    ready = a_ready_version(organization, author=mara, tester=quinn, slug="other")
    with pytest.raises(SelfApproval):
        approve_release(ready, actor=mara.actor(), number=1)
    for person in (dana, avery):
        with pytest.raises(PermissionMissing):
            approve_release(ready, actor=person.actor(), number=1)
    revoke_ready(ready, actor=quinn.actor(), number=1, reason="No")
    with pytest.raises(IllegalTransition):
        approve_release(ready, actor=quinn.actor(), number=1)
