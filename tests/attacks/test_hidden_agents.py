"""An agent that has not left Development is nowhere for QA: no name, count, address or act (design.md section 3)."""

from urllib.parse import quote

import pytest

from agents.models import Agent, Draft
from console.organizations.models import Notification, Organization
from tests.api.calling import program
from tests.builders import a_live_version, an_agent, edited
from tests.cast import Person

pytestmark = pytest.mark.django_db

NAME, SLUG = "Zanzibar desk", "zanzibar-desk"
PAGES = [
    "",
    "?q=zanzibar",
    "queue",
    "agents/",
    "agents/?q=zanzibar",
    "releases",
    "releases?agent=zanzibar-desk",
    "history",
    "audit",
    "audit?q=zanzibar",
    "audit?object=zanzibar-desk",
    "notifications",
    "bulk",
    "jobs/",
    "palette?q=zanzibar",
    f"palette?q=push&here={SLUG}",
    "search?q=zanzibar",
]
OF_AGENT = [
    "",
    "peek",
    "compare",
    "compare/draft...nothing",
    "compare/v1...draft/changes.diff",
    "versions/",
    "versions/1/",
    "releases/",
    "env/development",
    "env/staging",
    "promote",
    "staging",
    "staging/now/1",
    "push",
    "push/emergency",
    "rollback",
    "draft/",
    "draft/history",
    "draft/items/tools",
    "draft/flow/",
    "draft/export.yaml",
]


@pytest.fixture
def hidden(organization: Organization, dana: Person) -> Agent:
    """A draft that was edited, never published."""
    agent = an_agent(organization, dana, slug=SLUG, name=NAME)
    edited(agent, dana, "Secret.\n")
    return agent


def test_pages__of_the_organization__never_speak_of_it(
    organization: Organization, dana: Person, quinn: Person, mara: Person, hidden: Agent
) -> None:
    a_live_version(organization, author=dana, tester=quinn, admin=mara)
    tester, developer = quinn.client(), dana.client()

    for page in PAGES:
        shown = tester.get(f"/o/{organization.slug}/{page}")
        text = shown.getvalue().decode().lower()
        for told in (NAME.lower(), f"agents/{SLUG}", str(hidden.pk)):
            assert told not in text.replace(f"here={SLUG}", ""), page
    assert NAME in developer.get(f"/o/{organization.slug}/agents/").content.decode()
    assert Notification.objects.filter(user=quinn.user, agent_id=hidden.pk).count() == 0


def test_addresses__of_the_agent__are_unknown(
    organization: Organization, quinn: Person, sam: Person, hidden: Agent
) -> None:
    for person in (quinn, sam):
        client = person.client()
        for page in OF_AGENT:
            answer = client.get(f"/o/{organization.slug}/agents/{SLUG}/{quote(page)}")
            assert answer.status_code == 404, (person.name, page, answer.status_code)


def test_api__of_it__is_not_found(organization: Organization, quinn: Person, hidden: Agent) -> None:
    tester = program(quinn, organization, "qa")

    for path in (
        "",
        "/draft",
        "/draft/history",
        "/versions",
        "/versions/1",
        "/deployments",
        "/config",
        "/compare?from=draft&to=1",
    ):
        for name in (SLUG, str(hidden.pk)):
            assert tester.get(f"/agents/{name}{path}").code == "not_found", path
    for path in (
        "/agents",
        "/agents?q=zanzibar",
        "/audit",
        f"/audit?agent={SLUG}",
        f"/audit?agent={hidden.pk}",
        "/jobs",
    ):
        found = tester.get(path)
        assert found.body["items"] == [] or SLUG not in str(found.body), path
    assert tester.get(f"/environments/diff?source=staging&target=production&agents={SLUG}").code == "not_found"
    assert tester.call("PUT", f"/agents/{SLUG}", {"apiVersion": "x"}).status in {403, 422}


def test_compare__saves_of_another_agent_or_organization__are_unknown(
    organization: Organization, dana: Person, hidden: Agent, other_organization: Organization, sam: Person
) -> None:
    mine = an_agent(organization, dana)
    foreign = an_agent(other_organization, sam, slug="foreign", name="Foreign")
    client = dana.client()

    for other in (hidden, foreign):
        save = Draft.history.filter(agent=other).latest("pk").pk
        base = f"/o/{organization.slug}/agents/{mine.slug}"
        assert client.get(f"{base}/compare/history:{save}...draft").status_code == 404
        assert client.get(f"{base}/compare/history:{save}...draft/changes.diff").status_code == 404
        assert client.get(f"{base}/draft/take?source=history:{save}&part=prompt").status_code == 404
        was = {"slug": "returns", "was": Draft.objects.get(agent=other).manifest.entries["knowledge/returns"]}
        assert mine.draft.manifest.entries["knowledge/returns"] == was["was"]  # equal content is one's own
        prompt = Draft.objects.get(agent=other).manifest.entries["prompt"]
        found = client.get(f"{base}/compare/draft...draft/lines?part=prompt&digest={prompt[:12]}&old=1&new=1&count=9")
        assert other is foreign or found.status_code != 200
