"""Getting in and staying in: one answer for all, limits per network, sessions that end (G16, G40, T37-T39, T46)."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.test import Client
from pytest_django import Settings

from console import settings as console_settings
from console.organizations.models import Organization, User
from tests.cast import PASSWORD, Person
from tests.pages import page, words

LOGIN = "/accounts/login/"
MARA = "mara.lindqvist@example.com"
NEW = "another long pass phrase"
SAME = {"x-request-id": "request-0001"}  # pages show it, and it is the only thing that may differ


def sign_in(client: Client, email: str = MARA, password: str = PASSWORD, address: str = LOGIN) -> Any:
    return client.post(address, {"login": email, "password": password}, headers=SAME)


@pytest.fixture
def limits(settings: Settings) -> None:
    """The limits of the product, which the other tests switch off."""
    settings.ACCOUNT_RATE_LIMITS = console_settings.ACCOUNT_RATE_LIMITS
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "console_cache"}
    }


def test_sign_in__with_the_password__opens_the_only_organization(organization: Organization) -> None:
    client = Client()

    assert sign_in(client)["Location"] == "/"
    assert client.get("/")["Location"] == "/o/harbourline/"
    assert client.get("/o/harbourline/").status_code == 200
    assert client.get("/o/harbourline/members").status_code == 200


def test_sign_in__in_any_case_of_the_address__is_the_same_person(organization: Organization) -> None:
    assert sign_in(Client(), "  Mara.Lindqvist@EXAMPLE.com ").status_code == 302


def test_sign_in__changes_the_session_id(organization: Organization) -> None:
    client = Client()
    client.session["x"] = 1
    client.session.save()
    client.get(LOGIN)
    before = client.session.session_key

    sign_in(client)

    assert client.cookies["sessionid"].value != before


def test_sign_in__for_unknown_and_known_people__answers_the_same(organization: Organization) -> None:
    known, unknown = sign_in(Client(), MARA, "wrong"), sign_in(Client(), "nobody@example.com", "wrong")

    assert known.status_code == unknown.status_code == 200
    assert words(page(known)).replace(MARA, "") == words(page(unknown)).replace("nobody@example.com", "")
    assert "not correct" in words(page(known))


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/o/harbourline/members", "/o/harbourline/members"),
        ("/o/harbourline/members?x=1", "/o/harbourline/members?x=1"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("http://testserver/me/", "/"),
        ("javascript:alert(1)", "/"),
        ("members", "/"),
        ("/\t/evil.example", "/"),
    ],
)
def test_sign_in__with_a_next_page__leads_only_inside_the_console(
    organization: Organization, asked: str, led: str
) -> None:
    response = Client().post(LOGIN, {"login": MARA, "password": PASSWORD, "next": asked})

    assert response["Location"] == led


@pytest.mark.usefixtures("limits")
def test_sign_in__after_ten_failures__waits_and_nobody_else_does(organization: Organization, sam: Person) -> None:
    attacker, victim = Client(REMOTE_ADDR="203.0.113.9"), Client(REMOTE_ADDR="192.0.2.7")
    for _ in range(10):
        assert sign_in(attacker, password="wrong").status_code == 200

    refused = sign_in(attacker, password="wrong")

    assert refused.status_code == 429
    assert refused["Retry-After"] == "900"
    assert "15 minutes" in words(page(refused))
    assert sign_in(attacker).status_code == 429
    assert sign_in(attacker, f" {MARA.upper()}").status_code == 429
    assert sign_in(victim).status_code == 302
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), sam.user.email).status_code == 302


@pytest.mark.usefixtures("limits")
def test_sign_in__for_unknown_people__is_limited_alike(organization: Organization) -> None:
    statuses = [sign_in(Client(), "nobody@example.com", "wrong").status_code for _ in range(11)]

    assert statuses == [200] * 10 + [429]


@pytest.mark.usefixtures("limits")
def test_sign_in__with_many_addresses_from_one_network__is_limited(organization: Organization) -> None:
    statuses = [sign_in(Client(), f"n{number}@example.com", "wrong").status_code for number in range(61)]

    assert statuses[:60] == [200] * 60
    assert statuses[60] == 429


def test_sign_in__of_somebody_who_was_deactivated__fails(organization: Organization, mara: Person) -> None:
    client = mara.client()
    mara.user.is_active = False
    mara.user.save(update_fields=["is_active"])

    assert client.get("/o/harbourline/members").status_code == 302
    sign_in(client)
    assert client.get("/o/harbourline/members").status_code == 302


def test_sign_out__by_post__ends_the_session(organization: Organization, mara: Person) -> None:
    client = mara.client()
    assert client.get("/accounts/logout/").status_code == 200
    assert client.get("/me/").status_code == 200

    client.post("/accounts/logout/")

    assert client.get("/me/").status_code == 302


def test_sign_up__is_closed(organization: Organization) -> None:
    typed = {"email": "new@example.com", "password1": PASSWORD}

    Client().post("/accounts/signup/", typed)

    assert not User.objects.filter(email="new@example.com").exists()
    assert not page(Client().get("/accounts/signup/")).xpath("//input[@name='email']")


@pytest.mark.parametrize(
    "address",
    ["email/", "confirm-email/", "confirm-email/x/", "password/set/", "login/code/", "3rdparty/", "social/signup/"],
)
def test_unneeded_pages__are_not_offered(organization: Organization, mara: Person, address: str) -> None:
    assert mara.client().get(f"/accounts/{address}").status_code == 404


def test_password_change__ends_every_other_session(organization: Organization, mara: Person) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    typed = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    here.post("/accounts/password/change/", typed)

    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    assert [message.to for message in mail.outbox] == [[MARA]]


def test_password_reset__for_known_and_unknown_people__answers_the_same(organization: Organization) -> None:
    answers = [
        Client().post("/accounts/password/reset/", {"email": email}, follow=True, headers=SAME)
        for email in (MARA, "nobody@example.com")
    ]

    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert words(page(answers[0])) == words(page(answers[1]))
    known, unknown = mail.outbox
    assert known.to == [MARA]
    assert "/accounts/password/reset/key/" in known.body
    assert "/key/" not in unknown.body


def test_password_reset__with_another_host_header__mails_our_own_host(organization: Organization) -> None:
    Client().post("/accounts/password/reset/", {"email": MARA}, headers={"host": "localhost"})

    (message,) = mail.outbox
    assert "http://127.0.0.1:8000/accounts/password/reset/key/" in message.body
    assert "localhost" not in f"{message.body}{message.subject}"
    assert message.subject == "[Slipway] Choose a new password"
    poisoned = Client().post("/accounts/password/reset/", {"email": MARA}, headers={"host": "evil.example"})
    assert poisoned.status_code == 400


def test_password_reset__by_the_mailed_link__works_once_and_ends_sessions(
    organization: Organization, mara: Person
) -> None:
    before = mara.client()
    Client().post("/accounts/password/reset/", {"email": MARA})
    link = _link(str(mail.outbox[0].body))

    client = Client()
    form = client.get(link, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})

    assert before.get("/me/").status_code == 302
    assert sign_in(Client(), password=PASSWORD).status_code == 200
    assert sign_in(Client(), password=NEW).status_code == 302
    again = Client().get(link, follow=True)
    assert not page(again).xpath("//input[@name='password1']")


@pytest.mark.django_db(transaction=True)  # the library tells of the change after its commit
def test_second_factor__when_added__is_asked_for_and_ends_other_sessions(
    organization: Organization, mara: Person
) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    there.get("/me/")
    secret = _add_totp(here, mara)

    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302
    fresh = Client()
    assert sign_in(fresh)["Location"] == "/accounts/2fa/authenticate/"
    assert fresh.get("/me/").status_code == 302
    assert fresh.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    fresh.post("/accounts/2fa/authenticate/", {"code": _code(secret, ahead=1)})
    assert fresh.get("/me/").status_code == 200
    assert "Yes" in words(page(fresh.get("/o/harbourline/members")).xpath("//table[@id='members']")[0])


@pytest.mark.parametrize(
    "address",
    [
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/sessions/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
    ],
)
def test_account_pages__after_a_fresh_proof__are_there(organization: Organization, mara: Person, address: str) -> None:
    assert mara.client().get(address, follow=True).status_code == 200


def test_sessions_page__ends_another_session(organization: Organization, mara: Person) -> None:
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    there.get("/me/")

    here.post("/accounts/sessions/")

    assert here.get("/me/").status_code == 200
    assert there.get("/me/").status_code == 302


def _link(body: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", body)
    assert found
    return found[1]


def _add_totp(client: Client, person: Person) -> str:
    activate = "/accounts/2fa/totp/activate/"
    asked = client.get(activate)
    if asked.status_code == 302:
        client.post(asked["Location"], {"password": PASSWORD})
    client.get(activate)
    secret = client.session["mfa.totp.secret"]
    client.post(activate, {"code": _code(secret)})
    assert Authenticator.objects.filter(user=person.user, type="totp").exists()
    return str(secret)


def _code(secret: str, ahead: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead)))
