"""A passkey, made and used for real: Chromium with an authenticator of its own, and no password the second time."""

import pytest
from allauth.mfa.models import Authenticator

from tests.browser.conftest import Visit
from tests.browser.visiting import Visitor
from tests.cast import PASSWORD, Person

pytestmark = pytest.mark.browser

KEYS = "/accounts/2fa/webauthn/"


@pytest.fixture
def web_server_process(web_server_process: str) -> str:
    """The server under a name: a passkey belongs to a host name, and no browser makes one for a bare number."""
    return web_server_process.replace("127.0.0.1", "localhost")


def give_authenticator(visitor: Visitor) -> None:
    """A thumb on a reader that always fits, built into the visitor's machine."""
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "automaticPresenceSimulation": True}
    abilities = {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, **abilities}})


def test_passkey__added_by_a_member__signs_them_in_without_a_password(visit: Visit, dana: Person) -> None:
    visitor = visit(dana)
    give_authenticator(visitor)
    visitor.sign_in(f"{KEYS}add/")
    visitor.page.get_by_label("Password").fill(PASSWORD)
    visitor.press("Confirm", exact=True)
    visitor.type("Name", "Dana's laptop")
    visitor.page.get_by_label("Passwordless").check()
    visitor.press("Add", exact=True)
    assert Authenticator.objects.filter(user=dana.user, type="webauthn").count() == 1

    visitor.context.clear_cookies()
    visitor.open("/")
    visitor.press("Sign in with a passkey")
    visitor.open(KEYS)
    visitor.sees("Dana's laptop")
