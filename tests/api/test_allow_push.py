"""allow_push: pushing to Production by key is off until an Org Admin at a screen allows it for that key (G26)."""

import pytest

from agents.models import Agent
from console.organizations.actions import allow_push, create_key
from console.organizations.errors import Conflict, PermissionMissing
from console.organizations.models import Organization
from tests.api.calling import program
from tests.builders import a_ready_version
from tests.cast import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(organization: Organization, dana: Person, quinn: Person) -> Agent:
    """v1 is ready for Production."""
    return a_ready_version(organization, author=dana, tester=quinn)


def test_push__by_a_key__is_off_until_it_is_allowed(organization: Organization, ready: Agent, mara: Person) -> None:
    admin = program(mara, organization, "org_admin")
    deployment = admin.get(f"/agents/{ready.slug}/deployments").body["items"][0]["id"]
    promote = f"/agents/{ready.slug}/deployments/{deployment}/promote"

    assert admin.post(promote).code == "permission_denied"
    assert admin.call("PATCH", f"/api-keys/{admin.key.pk}", {"may_push": True}).code == "permission_denied"
    allow_push(admin.key, actor=mara.actor())
    assert admin.post(promote).status == 201


def test_allow_push__without_the_right_or_to_an_assistant__is_refused(
    organization: Organization, dana: Person, mara: Person
) -> None:
    developer = program(dana, organization, "developer")
    assistant = create_key(organization, actor=mara.actor(), name="A", role="org_admin", kind="assistant").key

    with pytest.raises(PermissionMissing):
        allow_push(developer.key, actor=dana.actor())
    with pytest.raises(Conflict):
        allow_push(assistant, actor=mara.actor())
    allow_push(developer.key, actor=mara.actor())
    with pytest.raises(Conflict):
        allow_push(developer.key, actor=mara.actor())
