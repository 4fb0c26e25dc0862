"""Another organization's things named in a query, a body, a list or a cursor are things that never were (T15, G15)."""

import re
from typing import Any

import orjson
import pytest

from agents.models import Draft
from audit.models import Event
from console.organizations.models import Organization
from environments.models import Deployment, Environment, Job
from tests.api.calling import Answer, program
from tests.builders import a_candidate, a_live_version, edited
from tests.cast import Person

pytestmark = pytest.mark.django_db

NEVER = "01a1fab4-58d3-7167-8000-000000000000"


@pytest.fixture
def theirs(organization: Organization, dana: Person, quinn: Person, mara: Person) -> dict[str, str]:
    """What Harbourline has, by the kind of name."""
    agent = a_live_version(organization, author=dana, tester=quinn, admin=mara, slug="theirs")
    return {
        "agent": str(agent.pk),
        "slug": agent.slug,
        "environment": str(Environment.objects.get(organization=organization, slug="production").pk),
        "deployment": str(Deployment.objects.filter(agent=agent).latest("at").pk),
        "history": str(Draft.history.filter(agent=agent).latest().pk),
    }


def told(answer: Answer, *names: str) -> tuple[int, str]:
    """An answer without what differs from call to call, and with one word for each of the names that were sent."""
    text = orjson.dumps(answer.body).decode() if not isinstance(answer.body, bytes) else answer.body.decode()
    for name in names:
        text = text.replace(name, "it")
    return answer.status, re.sub(r'"(request_id|exported_at)":"[^"]*"', "", text)


def calls(names: dict[str, str]) -> list[tuple[str, str, Any]]:
    """Every place outside of the path where a call names something, filled with these names."""
    agent, place, move, save = names["agent"], names["environment"], names["deployment"], names["history"]
    many, move_on = "/environments/promote", {"source": "staging", "target": "production"}
    return [
        ("POST", many, move_on | {"agents": [agent]}),
        ("POST", many, move_on | {"agents": [names["slug"], "mine"]}),
        ("POST", many, move_on | {"flowIds": ["mine", agent]}),
        ("GET", f"/agents?environment={place}", None),
        ("GET", f"/environments/diff?source=staging&target={place}", None),
        ("GET", f"/environments/diff?source=staging&target=production&agents=mine,{agent}", None),
        ("GET", f"/agents/mine/gates?environment={place}", None),
        ("GET", f"/agents/mine/deployments?environment={place}", None),
        ("GET", f"/agents/mine/compare?from=1&to=environment:{place}", None),
        ("GET", f"/agents/mine/compare?from=1&to=history:{save}", None),
        ("GET", f"/agents/mine/config?environment={place}", None),
        ("GET", f"/agents/mine/deployments/{move}", None),
        ("GET", f"/audit?agent={agent}", None),
        ("GET", f"/audit?environment={place}", None),
        ("POST", "/agents/mine/deployments/publish", {"environment": place}),
        ("POST", "/agents/mine/versions/1/activate", {"environment": place}),
        ("POST", f"/agents/mine/deployments/{move}/promote", {}),
        ("POST", f"/agents/mine/deployments/{move}/rollback", {"reason": "No"}),
        ("POST", "/agents/mine/draft/restore", {"history_id": int(save)}),
        ("POST", many, {"source": "staging", "target": place}),
        ("POST", many, {"source": place, "target": "production"}),
    ]


def test_every_query_body_and_list__naming_a_foreign_thing__is_answered_as_for_one_that_never_was(
    theirs: dict[str, str], organization: Organization, other_organization: Organization, sam: Person
) -> None:
    edited(a_candidate(other_organization, author=sam, slug="mine"), sam, "Something else.\n")
    stranger, unknown = program(sam, other_organization, "org_admin", pushes=True), _never(theirs)
    kept = (Event.objects.filter(organization=organization).count(), Job.objects.count())

    for (method, path, body), (_, other_path, other_body) in zip(calls(theirs), calls(unknown), strict=True):
        foreign = told(stranger.call(method, path, body), *theirs.values())
        never = told(stranger.call(method, other_path, other_body), *unknown.values())
        assert foreign == never, (path, body)
        if path.startswith("/audit"):
            assert '"items":[]' in foreign[1]
        else:
            assert 400 <= foreign[0] < 500, (path, body, foreign)
    assert (Event.objects.filter(organization=organization).count(), Job.objects.count()) == kept


def _never(theirs: dict[str, str]) -> dict[str, str]:
    return {name: "977001" if name == "history" else "nobody" if name == "slug" else NEVER for name in theirs}


def test_every_cursor__of_another_organizations_list__is_refused(
    theirs: dict[str, str], organization: Organization, other_organization: Organization, mara: Person, sam: Person
) -> None:
    a_candidate(organization, author=mara, slug="second")
    a_candidate(other_organization, author=sam, slug="theirs")
    ours, stranger = program(mara, organization, "org_admin"), program(sam, other_organization, "org_admin")
    program(mara, organization, "org_admin", name="second")
    lists = ("/agents", "/environments", "/audit", "/api-keys", "/agents/theirs/deployments", "/agents/theirs/versions")

    for path in lists:
        cursor = ours.get(f"{path}?limit=1").body["next_cursor"]
        assert cursor is None or ours.get(f"{path}?limit=1&cursor={cursor}").status == 200
        answer = stranger.get(f"{path}?limit=1&cursor={cursor}")
        assert (answer.status, answer.code) == (400, "invalid_cursor"), path


@pytest.mark.parametrize(
    "path", ["/agents?q=", "/agents?label=", "/audit?actor=", "/audit?agent=", "/audit?environment="]
)
def test_query__with_a_character_that_no_text_holds__is_refused(
    organization: Organization, mara: Person, path: str
) -> None:
    answer = program(mara, organization, "org_admin").get(f"{path}a%00b")
    assert (answer.status, answer.code) == (400, "invalid_parameter")
