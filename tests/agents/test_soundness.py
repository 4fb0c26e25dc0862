"""The errors that keep a draft from being published, counted part by part, are those of the whole document."""

import sys
from copy import deepcopy
from typing import Any

import pytest

from agents import soundness
from agents.models import Draft
from agents.soundness import error_count, errors_in, forget
from console.organizations.models import Organization
from tests.agents.documents import ORDER_AGENT, load_document
from tests.builders import an_agent, config_of, draft_of, rewritten
from tests.cast import Person
from tests.races import at_once

pytestmark = pytest.mark.django_db

KEY = "sk-" + "a" * 30


def faulty() -> dict[str, Any]:
    """A valid document with an error of every sort, and twins of some of them in other sections."""
    config: dict[str, Any] = deepcopy(load_document(ORDER_AGENT)["spec"])
    config["prompt"] += f"Use {KEY}, never https://u:pw12345@a.example."
    config["flow"]["nodes"]["look"] |= {"tool": "gone", "knowledge": ["gone", "too"], "$server": {"note": KEY}}
    config["tools"]["bare"] = {
        "type": "http",
        "auth_ref": "plain",
        "$server": {"id": "7", "url": "wss://a:b@c.example"},
    }
    config["knowledge"]["keys"] = {"title": KEY, "content": KEY}
    config["knowledge"]["twin"] = {"title": KEY, "content": KEY}
    config["extensions"]["acme"] = {"note": [KEY, {"deep": KEY}], "auth_ref": "plain"}
    config["integrations"]["acme"] = {"kind": "crm", "auth_ref": "plain"}
    return config


def test_errors__counted_by_parts__are_those_of_the_document(
    organization: Organization, dana: Person, django_assert_num_queries: Any
) -> None:
    agent = an_agent(organization, dana)
    forget()
    draft = rewritten(agent, dana, faulty())
    expected = len(errors_in(config_of(agent)))

    assert draft.errors == expected > 12
    draft = Draft.objects.select_related("manifest", "layout").get(pk=draft.pk)
    forget()
    with django_assert_num_queries(1):
        assert error_count(draft) == expected
    with django_assert_num_queries(0):
        assert error_count(draft) == expected


def test_errors__after_a_change_of_one_part__follow_what_it_names(organization: Organization, dana: Person) -> None:
    agent, config = an_agent(organization, dana), faulty()
    rewritten(agent, dana, config)
    before = draft_of(agent).errors
    config["tools"]["gone"] = {"type": "function", "description": "Found again."}
    rewritten(agent, dana, config)
    assert draft_of(agent).errors == before - 1
    del config["tools"]["bare"]  # with it goes what a vendor's server wrote there
    rewritten(agent, dana, config)
    assert draft_of(agent).errors == before - 4 == len(errors_in(config_of(agent)))


def test_errors__of_flows_that_name_much__are_forgotten_before_they_fill_the_memory(
    organization: Organization, dana: Person, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(soundness, "REMEMBERED", 500_000)  # bytes
    forget()
    agent, names = an_agent(organization, dana), [f"{number:040}" for number in range(3_000)]
    first = rewritten(agent, dana, {"flow": {"start": "a", "nodes": {"a": {"type": "end", "knowledge": names}}}})
    draft = Draft.objects.select_related("manifest", "layout").get(pk=first.pk)
    with django_assert_num_queries(0):
        assert error_count(draft) == 3_000
    rewritten(agent, dana, {"flow": {"start": "b", "nodes": {"b": {"type": "end", "knowledge": names}}}})
    with django_assert_num_queries(1):
        assert error_count(draft) == 3_000


@pytest.mark.django_db(transaction=True)
def test_errors__counted_by_many_at_once_while_the_memory_is_full__are_right(
    organization: Organization, dana: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soundness, "REMEMBERED", 8_000)  # bytes: either draft fits, both together do not
    an_agent(organization, dana, slug="sound")
    rewritten(an_agent(organization, dana, slug="faulty"), dana, faulty())
    drafts = [
        Draft.objects.select_related("manifest", "layout").get(agent__slug=slug)
        for slug in ("sound", "faulty", "sound", "faulty")
    ]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        counted = at_once(*[lambda draft=draft: {error_count(draft) for _ in range(80)} for draft in drafts])
    finally:
        sys.setswitchinterval(interval)
    assert counted == [{draft.errors} for draft in drafts]
