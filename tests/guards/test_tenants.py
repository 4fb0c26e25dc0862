"""Another organization's things are answered exactly like things that never were, at every address (T15, G15)."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from agents.models import Agent, Draft
from audit.models import Event
from console.organizations.actions import invite_member
from console.organizations.models import Membership, Notification, Organization
from environments.models import Deployment
from tests.agents.drafting import token_of
from tests.builders import a_small_agent, pushed
from tests.cast import Person
from tests.environments.asking import picture
from tests.organizations.test_closed_doors import routes
from tests.pages import Answer, page, words
from tests.webhooks.hooking import webhook_and_delivery

TENANT = "<slug:organization>"
ROUTES = sorted(route for route, _ in routes() if TENANT in route)
# Addresses with an id that belongs to no organization: the reason why each is not walked here.
ELSEWHERE = {
    "invite/<str:token>": "the link is the proof (T39, tests/organizations/test_accept_invitation.py)",
    "accounts/confirm-email/<path:rest>": "not offered: 404 for everybody",
    "accounts/2fa/webauthn/keys/<int:pk>/edit/": "a person's own passkeys, tested below",
    "accounts/2fa/webauthn/keys/<int:pk>/remove/": "a person's own passkeys, tested below",
}
# What an address can name besides the organization, as something that never was.
NEVER = {
    "agent": "nobody",
    "environment": "nowhere",
    "number": "977",
    "seen": "977",
    "sequence": "977",
    "ending": "json",
    "section": "prompt",
    "node": "nowhere",
    "pair": "v977...v978",
    "deployment": "01a1fab4-58d3-7167-8000-000000000000",
    "membership": "01a1fab4-58d3-7167-8000-000000000000",
    "view": "01a1fab4-58d3-7167-8000-000000000000",
    "invitation": "01a1fab4-58d3-7167-8000-000000000000",
    "notice": "01a1fab4-58d3-7167-8000-000000000000",
    "key": "01a1fab4-58d3-7167-8000-000000000000",
    "job": "01a1fab4-58d3-7167-8000-000000000000",
    "webhook": "01a1fab4-58d3-7167-8000-000000000000",
    "delivery": "01a1fab4-58d3-7167-8000-000000000000",
}


@pytest.fixture
def agent(organization: Organization, dana: Person, quinn: Person, mara: Person) -> Agent:
    """Harbourline's order desk, with a version everywhere."""
    made = a_small_agent(organization, dana)
    pushed(made, dana, quinn, mara, "v1")
    return made


@pytest.fixture
def real(agent: Agent, dana: Person, mara: Person) -> dict[str, str]:
    """Everything that an address can name, as Harbourline has it."""
    organization = agent.organization
    invitation, _ = invite_member(organization, actor=mara.actor(), email="new@example.com", roles=["qa"])
    return NEVER | {
        "agent": "order-desk",
        "environment": "production",
        "number": "1",
        "pair": "v1...v1",
        "seen": "1",
        "sequence": "1",
        "deployment": str(Deployment.objects.filter(agent=agent).newest_first()[0].pk),
        "membership": str(dana.membership_in(organization).pk),
        "invitation": str(invitation.pk),
        **webhook_and_delivery(organization, mara),
        "notice": str(Notification.objects.filter(agent_id=agent.pk)[0].pk),
    }


def filled(route: str, names: dict[str, str], organization: str) -> str:
    """An address of the route; a parameter that this file does not know is an error."""
    values = names | {"organization": organization}
    return "/" + re.sub(r"<\w+:(\w+)>", lambda match: values[match[1]], route)


def told(response: Answer) -> str:
    """The page without what differs from request to request."""
    return re.sub(r"(?i)request [0-9a-f]{32}", "", words(page(response))) if response.content else ""


def answers(client: Client, address: str) -> Iterator[tuple[int, str]]:
    """What GET and POST of an address say."""
    for response in (client.get(address), client.post(address, {"reason": "x"})):
        yield response.status_code, told(response)


def everything_kept() -> tuple[int, int, int]:
    return Event.objects.count(), Membership.objects.count(), Deployment.objects.count()


def test_walk__every_address_with_an_id__is_an_organizations_or_has_a_reason() -> None:
    others = {
        route
        for route, _ in routes()
        if "<" in route and TENANT not in route and not route.startswith(("accounts/^", "api/v1/"))  # tests/api
    }

    assert others == set(ELSEWHERE)
    assert len(ROUTES) > 40
    assert {"o/<slug:organization>/agents/<slug:agent>/rollback", "o/<slug:organization>/members"} <= set(ROUTES)


def test_every_address__of_another_organization__is_answered_like_an_unknown_one(
    agent: Agent, real: dict[str, str], sam: Person
) -> None:
    client, kept, seen = sam.client(), everything_kept(), picture(agent)

    for route in ROUTES:
        theirs = list(answers(client, filled(route, real, "harbourline")))
        unknown = list(answers(client, filled(route, NEVER, "nothing-here")))
        assert theirs == unknown, route
        statuses = {status for status, _ in theirs}
        assert 404 in statuses, route
        assert statuses <= {404, 405}, route
    assert (everything_kept(), picture(agent)) == (kept, seen)


@pytest.mark.parametrize(
    "name", ["agent", "deployment", "membership", "invitation", "sequence", "notice", "webhook", "delivery"]
)
def test_every_address__of_ones_own_organization_with_a_foreign_id__is_answered_like_an_unknown_one(
    name: str, agent: Agent, real: dict[str, str], other_organization: Organization, sam: Person
) -> None:
    client = sam.client()
    mine = NEVER | {"agent": "mine"}
    a_small_agent(other_organization, sam, slug="mine")
    foreign = mine | {name: real[name] if name != "sequence" else foreign_sequence(agent.organization)}
    unknown = mine | {name: NEVER[name]}
    kept, seen = everything_kept(), picture(agent)

    walked = [route for route in ROUTES if f":{name}>" in route]
    for route in walked:
        theirs = list(answers(client, filled(route, foreign, "elsewhere")))
        assert theirs == list(answers(client, filled(route, unknown, "elsewhere"))), route
        assert {status for status, _ in theirs} <= {404, 405}, route
    assert walked
    assert (everything_kept(), picture(agent)) == (kept, seen)


def foreign_sequence(organization: Organization) -> str:
    """A number that Harbourline's log has and the other's has not."""
    return str(Event.objects.filter(organization=organization).count())


@pytest.mark.parametrize("path", ["draft/restore", "grants/give", "grants/take"])
def test_forms__with_a_foreign_id__are_answered_like_with_an_unknown_one(
    path: str, agent: Agent, dana: Person, other_organization: Organization, sam: Person
) -> None:
    mine = a_small_agent(other_organization, sam, slug="mine")
    client, address, seen = sam.client(), f"/o/elsewhere/agents/mine/{path}", picture(agent)
    save, token = str(Draft.history.filter(agent=agent).latest().pk), token_of(mine)
    ids = {"draft/restore": ("history_id", save, "977001")}.get(path, ("user", str(dana.user.pk), str(UUID(int=7))))
    besides = {"token": token} if path == "draft/restore" else {"role": "qa"}

    answered = [client.post(address, besides | {ids[0]: value}) for value in ids[1:]]

    assert {answer.status_code for answer in answered} == {404 if path == "draft/restore" else 422}
    assert len({re.sub(r"[0-9a-f-]*[0-9][0-9a-f-]*", "it", told(answer)) for answer in answered}) == 1
    assert picture(agent) == seen


def test_passkeys__of_another_person__are_answered_like_unknown_ones(dana: Person, quinn: Person) -> None:
    kept = Authenticator.objects.create(user=dana.user, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    client = quinn.client()

    for act in ("edit", "remove"):
        address = f"/accounts/2fa/webauthn/keys/{kept.pk}/{act}/"
        assert list(answers(client, address)) == list(answers(client, address.replace(str(kept.pk), "97701")))
        assert {status for status, _ in answers(client, address)} == {404}
    assert Authenticator.objects.filter(pk=kept.pk).exists()
