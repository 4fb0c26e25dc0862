"""The rules of an organization: sentences, rights that follow at once, no stale save."""

import pytest

from agents.policies import permissions_on_agent
from audit.models import Event
from console.organizations.models import Organization
from console.organizations.policies import permissions_on
from tests.builders import an_agent
from tests.cast import Person
from tests.pages import by_id, has_id, hidden_value, page, words

PAGE = "/o/harbourline/settings"
RULES = {"name": "Harbourline", "sign_off_days": "30", "four_eyes": "on", "fresh_sign_in_for_production": "on"}


def test_change_settings__by_an_admin__opens_reading_on_the_next_request(
    organization: Organization, mara: Person, dana: Person, quinn: Person
) -> None:
    opened = {**RULES, "developers_read_staging": "on", "qa_reads_production": "on"}
    response = mara.client().post(PAGE, opened)

    assert response["Location"] == PAGE
    assert "view_staging" in permissions_on(dana.user, organization)
    assert "view_production" not in permissions_on(dana.user, organization)
    assert "view_production" in permissions_on(quinn.user, organization)

    mara.client().post(PAGE, RULES)

    assert "view_staging" not in permissions_on(dana.user, organization)
    assert "view_production" not in permissions_on(quinn.user, organization)


def test_change_settings__with_roles_on_agents__opens_reading_for_them_too(
    organization: Organization, mara: Person, quinn: Person
) -> None:
    agent = an_agent(organization, mara, slug="desk", name="Desk")
    mara.client().post("/o/harbourline/agents/desk/grants/give", {"user": quinn.user.pk, "role": "developer"})
    assert "view_production" not in permissions_on_agent(quinn.user, agent)

    mara.client().post(PAGE, {**RULES, "developers_read_production": "on"})
    assert "view_production" in permissions_on_agent(quinn.user, agent)

    mara.client().post(PAGE, RULES)
    assert "view_production" not in permissions_on_agent(quinn.user, agent)


def test_change_settings__by_an_admin__leaves_event_and_history(organization: Organization, mara: Person) -> None:
    mara.client().post(PAGE, {**RULES, "name": "Harbour Line", "sign_off_days": "7", "ticket_required": "on"})

    event = Event.objects.get(verb="organization.settings_changed")
    assert event.data == {
        "name": {"before": "Harbourline", "after": "Harbour Line"},
        "sign_off_days": {"before": 30, "after": 7},
        "ticket_required": {"before": False, "after": True},
    }
    newest = organization.history.latest()
    assert (newest.name, newest.sign_off_days, newest.history_user) == ("Harbour Line", 7, mara.user)


def test_change_settings__from_an_old_page__is_stale_and_keeps_the_text(
    organization: Organization, mara: Person
) -> None:
    client = mara.client()
    seen = hidden_value(client.get(PAGE), "seen")
    client.post(PAGE, {**RULES, "sign_off_days": "7", "seen": seen})

    response = client.post(PAGE, {**RULES, "name": "Typed Name", "seen": seen})

    organization.refresh_from_db()
    assert response.status_code == 412
    assert "Typed Name" in response.content.decode()
    assert (organization.name, organization.sign_off_days) == ("Harbourline", 7)


def test_change_settings__without_a_change__is_a_conflict(organization: Organization, mara: Person) -> None:
    assert mara.client().post(PAGE, RULES).status_code == 409


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"sign_off_days": "0"}, "A sign-off lives 1 to 365 days."),
        ({"sign_off_days": "366"}, "A sign-off lives 1 to 365 days."),
        ({"sign_off_days": "9" * 5000}, "Enter a whole number"),
        ({"sign_off_days": "soon"}, "Enter a whole number."),
        ({"name": " "}, "This field is required."),
        ({"name": "Harbour\u200bline"}, "U+200B cannot be seen"),
        ({"slug": "other"}, "has no field 'slug'"),
    ],
)
def test_change_settings__with_bad_input__says_which_and_changes_nothing(
    organization: Organization, mara: Person, change: dict[str, str], complaint: str
) -> None:
    response = mara.client().post(PAGE, RULES | {"ticket_required": "on"} | change)

    organization.refresh_from_db()
    assert response.status_code == 422
    assert complaint in words(by_id(response, "form-errors"))
    assert page(response).findtext(".//title").startswith("Error:")
    assert organization.ticket_required is False


def test_change_settings__for_the_auditor__is_read_only(organization: Organization, avery: Person) -> None:
    client = avery.client()
    response = client.get(PAGE)

    assert "Read only" in words(by_id(response, "main"))
    assert not has_id(response, "settings")
    assert "mark it ready nor push it: yes" in words(by_id(response, "rules"))
    assert client.post(PAGE, {**RULES, "four_eyes": ""}).status_code == 403
    assert Event.objects.get(verb="organization.settings_changed").outcome == "refused"


@pytest.mark.parametrize("name", ["dana", "quinn"])
def test_change_settings__for_other_roles__is_refused_naming_who_may(
    organization: Organization, name: str, request: pytest.FixtureRequest
) -> None:
    client = request.getfixturevalue(name).client()
    response = client.get(PAGE)

    assert response.status_code == 403
    assert client.post(PAGE, RULES).status_code == 403
    assert Event.objects.get(verb="organization.settings_changed").refusal == "permission_denied"
    assert "Org Admin" in words(by_id(response, "refusal"))
    assert not any(link.get("href") == PAGE for link in page(response).iter("a"))


def test_change_settings__by_a_stranger__is_not_found(organization: Organization, sam: Person) -> None:
    assert sam.client().get(PAGE).status_code == 404
    assert sam.client().post(PAGE, RULES).status_code == 404
