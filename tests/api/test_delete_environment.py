"""delete_environment: only what nobody is served from and no history speaks of."""

import pytest

from console.organizations.models import Organization
from tests.api.calling import program
from tests.api.test_create_environment import order
from tests.builders import a_candidate
from tests.cast import Person


@pytest.mark.django_db
def test_delete_environment__unused__is_gone_and_used__stays(
    organization: Organization, mara: Person, dana: Person
) -> None:
    admin, developer = program(mara, organization, "org_admin"), program(dana, organization, "developer")
    admin.post("/environments", {"name": "Canary", "position": 1})
    a_candidate(organization, author=dana)

    assert developer.call("DELETE", "/environments/staging").status == 403
    served = admin.call("DELETE", "/environments/canary")
    assert (served.code, served.body["title"]) == ("still_served", "Still served")
    assert admin.call("DELETE", "/environments/development").code == "conflict"
    assert admin.call("DELETE", "/environments/production").code == "conflict"
    assert admin.call("DELETE", "/environments/staging").status == 204
    assert order(organization) == ["development", "canary", "production"]
    assert admin.call("DELETE", "/environments/staging").status == 404


@pytest.mark.django_db
def test_delete_environment__one_after_the_other__leaves_no_gap(organization: Organization, mara: Person) -> None:
    admin = program(mara, organization, "org_admin")
    for name in ("Canary", "Friends", "Europe"):
        admin.post("/environments", {"name": name, "position": 1})
    for slug in ("europe", "canary"):
        assert admin.call("DELETE", f"/environments/{slug}").status == 204
    assert order(organization) == ["development", "friends", "staging", "production"]
    places = organization.environments.order_by("position").values_list("position", flat=True)
    assert list(places) == [0, 1, 2, 3]
