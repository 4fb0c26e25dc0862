"""Publish, decide and push in a browser that runs no script."""

import pytest

from console.organizations.models import Organization
from tests import builders
from tests.browser.conftest import Visit
from tests.cast import Person
from tests.environments.standing import served

pytestmark = pytest.mark.browser

AGENT = "/o/harbourline/agents/order-desk/"


def test_release__without_scripts__goes_from_the_draft_to_production(
    visit: Visit, organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = builders.an_agent(organization, dana)
    developer, tester, admin = (visit(person, java_script_enabled=False) for person in (dana, quinn, mara))

    developer.sign_in(f"{AGENT}draft/")
    developer.follow("Publish")
    developer.type("Description", "The first one.")
    developer.press("Promote to Staging")
    tester.sign_in(f"{AGENT}staging")
    tester.type("Note", "Asked it for order 7.")
    tester.press("Mark Ready for Production")
    admin.sign_in(f"{AGENT}push")
    admin.press("Push to Production: v1")
    admin.sees("Release record")

    assert served(agent) == {"staging": 1, "production": 1}
