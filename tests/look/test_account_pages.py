"""Allauth's pages in our layout: each opens, has one h1, labels on its controls, and nothing inline."""

import re

import lxml.html
import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Person

OPEN_PAGES = ["account_login", "account_reset_password", "account_reset_password_done"]
OWN_PAGES = [
    *("account_change_password", "account_reauthenticate", "account_logout", "mfa_index", "mfa_activate_totp"),
    *("mfa_add_webauthn", "mfa_list_webauthn", "usersessions_list"),
]


def check(html: str) -> lxml.html.HtmlElement:
    document = lxml.html.document_fromstring(html)
    assert len(document.findall(".//h1")) == 1
    assert not re.search(r"\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*[\"']", html)
    assert "Are you sure" not in html
    for script in document.findall(".//script"):
        assert script.get("src") or script.get("type") == "application/json"
    labelled = {label.get("for") for label in document.iter("label")}
    for control in document.iter("input", "textarea", "select"):
        if control.get("type") not in {"hidden", "submit", "search"}:
            inside_label = any(parent.tag == "label" for parent in control.iterancestors())
            assert inside_label or control.get("id") in labelled, control.get("name")
    return document


@pytest.mark.django_db
@pytest.mark.parametrize("name", OPEN_PAGES)
def test_open_page__for_anybody__opens_in_our_layout(client: Client, name: str) -> None:
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert "plain" in (check(response.content.decode()).find("body").get("class") or "")


@pytest.mark.parametrize("name", OWN_PAGES)
def test_own_page__for_somebody_signed_in__opens_in_our_layout(dana: Person, name: str) -> None:
    response = dana.client().get(reverse(name))

    assert response.status_code == 200
    check(response.content.decode())


@pytest.mark.django_db
def test_sign_in__with_a_wrong_password__says_so_once_and_keeps_the_address(client: Client) -> None:
    response = client.post(reverse("account_login"), {"login": "nobody@harborline.example", "password": "wrong"})
    document = check(response.content.decode())

    assert document.get_element_by_id("form-errors").get("autofocus") is not None
    assert document.findtext(".//title").startswith("Error: ")
    assert document.xpath("//input[@name='login']/@value") == ["nobody@harborline.example"]
