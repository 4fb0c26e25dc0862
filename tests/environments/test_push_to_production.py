"""The one act that changes live traffic. What its page shows stands in test_pages_moving."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.grants import grant_role
from agents.models import Agent
from audit.clock import shifted_by
from console.organizations.actions import change_roles
from console.organizations.models import Organization
from console.rules import change_settings
from environments.actions import promote, push_to_production
from environments.models import Deployment, Pin, SignOff
from tests.agents.drafting import newest_row
from tests.builders import a_small_agent, approved, edited, published, pushed
from tests.cast import Person, join, new_account
from tests.environments.ageing import WAYS, approved_by_noor
from tests.environments.asking import (
    PUSH,
    assert_bad_texts,
    assert_closed_to,
    assert_other_methods,
    assert_refused,
    assert_without_right,
    move_row,
    nothing_changes,
    seen,
    typed,
    undone,
)
from tests.environments.standing import served, state_of

VERB = "release.pushed_to_production"


MOST_STATEMENTS = 30


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person) -> Agent:
    """v1, by Dana, was marked ready by Quinn."""
    made = a_small_agent(organization, dana)
    approved(made, dana, quinn, "v1")
    return made


def form_of(agent: Agent, number: int = 1, live: int = 0) -> dict[str, str]:
    digest = agent.versions.get(number=number).digest
    seen_ = {"number": str(number), "expected_digest": digest, "expected_live": str(live)}
    return seen_ | {"note": "Go ahead", "ticket": "OPS-7"}


def test_push_to_production__under_its_lock__asks_the_database_nothing_twice(agent: Agent, mara: Person) -> None:
    with CaptureQueriesContext(connection) as sent:
        push_to_production(agent, actor=mara.actor(), number=1, environment="production", ticket="OPS-7")

    statements = [str(one["sql"]) for one in sent.captured_queries]
    acts = statements[: next(at for at, one in enumerate(statements) if one.startswith("UPDATE audit_chainhead"))]
    assert [one for one, times in Counter(acts).items() if times > 1] == []
    assert len(acts) < MOST_STATEMENTS


def test_push_to_production__ready_version__is_served_and_the_record_keeps_why(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    client = mara.client()
    with nothing_changes(agent, events=0):
        form = seen(client, PUSH)
    assert form | {"note": "Go ahead", "ticket": "OPS-7"} == form_of(agent)

    response = client.post(PUSH, form_of(agent))

    version, move = agent.versions.get(), Deployment.objects.get(agent=agent, action="push")
    assert response["Location"] == f"/o/harbourline/agents/order-desk/releases/{move.pk}/"
    assert (state_of(version), served(agent)) == ("production", {"staging": 1, "production": 1})
    assert (move.note, move.ticket, move.is_self_approval) == ("Go ahead", "OPS-7", False)
    assert move.sign_off == SignOff.objects.get(agent=agent)
    assert move.sign_off.digest == Pin.objects.get(environment__slug="production").version.digest  # R2
    assert [(gate["rule"], gate["state"]) for gate in move.gates] == [
        ("not_on_hold", "pass"),
        ("sign_off", "pass"),
        ("previous_environment", "pass"),
        ("four_eyes", "pass"),
        ("ticket", "pass"),
        ("fresh_sign_in", "pass"),
    ]
    assert newest_row() == move_row(VERB, agent, mara, reason="Go ahead")
    assert (newest_row()["before"], newest_row()["data"]["ticket"]) == ("", "OPS-7")

    second = approved(agent, dana, quinn, "v2")
    client.post(PUSH, form_of(agent, 2, live=1))
    assert [state_of(version), state_of(second)] == ["superseded", "production"]
    assert newest_row()["before"] == version.digest


def test_push_to_production__by_others__404_to_strangers_403_without_the_right(
    agent: Agent, dana: Person, quinn: Person, mara: Person, avery: Person, sam: Person
) -> None:
    assert_closed_to(sam, agent, PUSH, form_of(agent))
    for person in (dana, quinn, avery):
        said = ("push to Production", "Org Admin", "Mara Lindqvist")
        assert_without_right(person, agent, PUSH, form_of(agent), VERB, *said)
    assert_other_methods(mara.client(), agent, PUSH)


def test_push_to_production__approval_does_not_hold_any_more__409_and_nothing_is_served(
    organization: Organization, dana: Person, mara: Person, subtests: pytest.Subtests
) -> None:
    case, client = approved_by_noor(organization, dana, mara), mara.client()

    for way in WAYS:
        with subtests.test(way.name), undone():
            number = way.happens(case)
            live = served(case.agent).get("production", 0)

            with shifted_by(timedelta(days=way.days)), nothing_changes(case.agent, events=1):
                response = client.post(PUSH, form_of(case.agent, number, live))

            assert_refused(response, 409, VERB, way.code, way.said)
            assert {"Go ahead", "OPS-7"} <= set(typed(response))
    assert client.post(PUSH, form_of(case.agent, 2)).status_code == 302


def test_push_to_production__things_happened_that_do_not_concern_the_approval__it_still_holds(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    case = approved_by_noor(organization, dana, mara)
    grant_role(case.agent, actor=mara.actor(), user=case.noor.user, role="qa")
    case.noor_becomes("auditor")
    case.rules(ticket_required=True, developers_read_staging=True)
    case.rules(ticket_required=False, fresh_sign_in_for_production=False)
    edited(case.agent, dana, "v3 in the making")
    other = a_small_agent(organization, dana, slug="another")
    published(other, dana, "v1")

    with shifted_by(timedelta(days=29)):
        response = mara.client().post(PUSH, form_of(case.agent, 2))

    assert response.status_code == 302
    assert served(case.agent) == {"staging": 2, "production": 2}


def test_push_to_production__not_what_was_seen__412_and_nothing_executed(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    client = mara.client()
    client.post(PUSH, form_of(agent))
    approved(agent, dana, quinn, "v2")

    for wrong, said in [
        ({"expected_digest": "0" * 64}, "v2 is not what you reviewed"),
        ({"expected_live": "0"}, "Production served nothing when this page was opened and now serves v1"),
        ({"number": "1"}, "v1 is not what you reviewed"),
    ]:
        with nothing_changes(agent, events=1):
            response = client.post(PUSH, form_of(agent, 2, live=1) | wrong)
        assert_refused(response, 412, VERB, "stale", said)
        assert {"Go ahead", "OPS-7"} <= set(typed(response))


def test_push_to_production__twice_or_elsewhere__409(agent: Agent, mara: Person) -> None:
    client = mara.client()
    client.post(PUSH, form_of(agent))

    with nothing_changes(agent, events=1):
        response = client.post(PUSH, form_of(agent, live=1))
    assert_refused(response, 409, VERB, "unchanged", "Production serves v1 already: Mara Lindqvist pushed it")
    with nothing_changes(agent, events=1):
        response = client.post(f"{PUSH}?environment=staging", form_of(agent, live=1))
    assert_refused(response, 409, VERB, "conflict", "Staging is not a production environment")
    assert "Go ahead" in typed(response)


def test_push_to_production__without_ticket_or_fresh_sign_in__refused_and_on_record(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    change_settings(organization, actor=mara.actor(), changes={"ticket_required": True})
    organization.refresh_from_db()
    agent = a_small_agent(organization, dana)
    approved(agent, dana, quinn, "v1")

    with nothing_changes(agent, events=1):
        response = mara.client().post(PUSH, form_of(agent) | {"ticket": "  "})
    assert_refused(response, 409, VERB, "gate_failed", "A change ticket is required")
    with nothing_changes(agent, events=1):
        response = mara.stale_client().post(PUSH, form_of(agent))
    assert_refused(response, 403, VERB, "reauthentication_required", "within the last 15 minutes")
    assert mara.client().post(PUSH, form_of(agent)).status_code == 302


def test_push_to_production__bad_input__422_or_404_and_no_verb_is_asked(agent: Agent, mara: Person) -> None:
    client = mara.client()

    assert_bad_texts(client, agent, PUSH, form_of(agent), "note")
    for wrong in ({"ticket": "x" * 101}, {"ticket": "a\x00b"}, {"number": "0"}, {"expected_digest": "x"}):
        with nothing_changes(agent, events=0):
            response = client.post(PUSH, form_of(agent) | wrong)
        assert (response.status_code, "Go ahead" in typed(response)) == (422, True)
    for nowhere in (f"{PUSH}?version=9", f"{PUSH}?environment=nowhere"):
        with nothing_changes(agent, events=0):
            assert client.post(nowhere, form_of(agent)).status_code == 404
    with nothing_changes(agent, events=0):
        assert client.post(PUSH, form_of(agent) | {"number": "9"}).status_code == 404


def by_the_admin(agent: Agent, robin: Person, dana: Person, quinn: Person) -> None:
    """The author."""
    approved(agent, robin, quinn, "v2")


def begun_by_the_admin(agent: Agent, robin: Person, dana: Person, quinn: Person) -> None:
    """A contributor through another person's publish."""
    edited(agent, robin, "v2 begun")
    approved(agent, dana, quinn, "v2")


def the_admins_text_again(agent: Agent, robin: Person, dana: Person, quinn: Person) -> None:
    """The author of this content in an earlier version."""
    published(agent, robin, "v2")
    approved(agent, dana, quinn, "v3")
    approved(agent, dana, quinn, "v2")


def test_push_to_production__own_work__403_self_approval_naming_others(
    agent: Agent, dana: Person, quinn: Person, mara: Person, subtests: pytest.Subtests
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(agent.organization, mara, robin, "developer", "org_admin")
    client = robin.client()

    for came_about in (by_the_admin, begun_by_the_admin, the_admins_text_again):
        with subtests.test(came_about.__name__), undone():
            came_about(agent, robin, dana, quinn)
            with nothing_changes(agent, events=1):
                response = client.post(PUSH, form_of(agent, agent.versions.count()))
            said = "another person must push to Production: Mara Lindqvist."
            assert_refused(response, 403, VERB, "self_approval", said)
            assert "Go ahead" in typed(response)


def test_push_to_production__own_work_while_the_rule_is_off__is_flagged_for_ever(
    agent: Agent, quinn: Person, mara: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    join(agent.organization, mara, robin, "developer", "org_admin")
    change_settings(agent.organization, actor=mara.actor(), changes={"four_eyes": False})
    approved(agent, robin, quinn, "v2")

    assert robin.client().post(PUSH, form_of(agent, 2)).status_code == 302
    assert Deployment.objects.get(agent=agent, action="push").is_self_approval
    assert newest_row() == move_row(VERB, agent, robin, reason="Go ahead")
    assert newest_row()["data"]["self_approval"] is True


def test_push_to_production__promoted_by_the_admin_but_written_by_others__is_no_own_work(
    agent: Agent, dana: Person, quinn: Person, mara: Person
) -> None:
    pushed(agent, dana, quinn, mara, "v2")
    promote(agent, actor=mara.actor(), number=1, environment="staging")
    mark = {"decision": "mark_ready", "number": "1", "expected_digest": agent.versions.get(number=1).digest}
    quinn.client().post(PUSH.replace("push", "staging"), mark)

    assert mara.client().post(PUSH, form_of(agent, 1, live=2)).status_code == 302
    assert served(agent) == {"staging": 1, "production": 1}


def test_push_to_production__right_lost_since_the_page_was_opened__403(
    agent: Agent, quinn: Person, mara: Person
) -> None:
    robin = new_account("robin@example.com", "Robin Hale")
    membership = join(agent.organization, mara, robin, "org_admin")
    client = robin.client()
    form = seen(client, PUSH) | {"note": "Go ahead"}
    change_roles(membership, actor=mara.actor(), roles=["developer"])

    with nothing_changes(agent, events=1):
        response = client.post(PUSH, form)

    assert_refused(response, 403, VERB, "permission_denied", "That right is held by Org Admin: Mara Lindqvist.")
