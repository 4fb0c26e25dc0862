"""An earlier save is the draft again, from the history page."""

import pytest

from agents.models import Draft
from console.organizations.models import Organization
from tests.agents.drafting import DRAFT, digest_of, newest_refusal, newest_row, refused, row, token_of
from tests.builders import CONFIG, a_candidate, an_agent, config_of, edited
from tests.cast import Person
from tests.pages import by_id, has_id, words

HISTORY, RESTORE = f"{DRAFT}/history", f"{DRAFT}/restore"


def first_save(agent: object) -> int:
    return int(Draft.history.filter(agent=agent).earliest().pk)


def test_restore_draft__of_the_first_save__is_a_new_save(organization: Organization, dana: Person) -> None:
    agent, client = an_agent(organization, dana), dana.client()
    edited(agent, dana, "You are calm.\n")
    before, pk = digest_of(agent), first_save(agent)
    form = by_id(client.get(HISTORY), f"save-{pk}").xpath(".//form")[0]
    sent = {field.get("name"): field.get("value") for field in form.xpath(".//input")}

    response = client.post(form.get("action"), {name: sent[name] for name in ("history_id", "token")})

    assert response["Location"] == f"{DRAFT}/"
    assert config_of(agent) == CONFIG
    assert newest_row() == row("draft.restored", agent, dana, before=before, after=digest_of(agent))
    saves = Draft.history.filter(agent=agent).order_by("pk")
    assert saves.count() == 3
    assert saves.last().history_change_reason.startswith("Restored the save of ")


def test_restore_draft__of_a_draft_that_changed_meanwhile__is_stale(
    organization: Organization, dana: Person, mara: Person
) -> None:
    agent = an_agent(organization, dana)
    seen = token_of(agent)
    edited(agent, mara, "You are calm.\n")

    response = dana.client().post(RESTORE, {"history_id": first_save(agent), "token": seen})

    assert response.status_code == 412
    assert config_of(agent)["prompt"] == "You are calm.\n"
    assert newest_refusal() == refused("draft.restored", "stale")


def test_restore_draft__of_another_agents_save__is_not_found(organization: Organization, dana: Person) -> None:
    an_agent(organization, dana)
    other = an_agent(organization, dana, slug="other-desk", name="Other desk")

    assert dana.client().post(RESTORE, {"history_id": first_save(other)}).status_code == 404


@pytest.mark.parametrize("given", [{}, {"history_id": "x"}, {"history_id": "0"}, {"history_id": "1", "by": "mara"}])
def test_restore_draft__with_bad_input__is_refused(
    organization: Organization, dana: Person, given: dict[str, str]
) -> None:
    an_agent(organization, dana)

    assert dana.client().post(RESTORE, given).status_code == 422


def test_restore_draft__by_get__is_not_allowed(organization: Organization, dana: Person) -> None:
    an_agent(organization, dana)

    assert dana.client().get(RESTORE).status_code == 405


@pytest.mark.parametrize(("name", "status", "sees"), [("quinn", 403, 403), ("avery", 403, 200), ("sam", 404, 404)])
def test_restore_draft__without_the_right__is_refused(
    organization: Organization, dana: Person, request: pytest.FixtureRequest, name: str, status: int, sees: int
) -> None:
    agent = a_candidate(organization, author=dana)
    edited(agent, dana, "You are calm.\n")
    client = request.getfixturevalue(name).client()

    shown = client.get(HISTORY)
    assert shown.status_code == sees
    assert sees != 200 or (has_id(shown, "saves") and "Restore" not in words(by_id(shown, "saves")))
    assert client.post(RESTORE, {"history_id": first_save(agent)}).status_code == status
    assert config_of(agent)["prompt"] == "You are calm.\n"
