"""revoke_key: at once, one's own, or any for who manages keys; and with it what the key made."""

from functools import partial
from typing import Any

import pytest

from audit.models import Event
from console.departures import remove_member
from console.organizations.actions import forbid_push, revoke_key
from console.organizations.actor import Actor
from console.organizations.errors import PermissionMissing
from console.organizations.models import ApiKey, Organization
from environments.actions import publish, push_to_production
from tests.api.calling import Program, program
from tests.builders import a_ready_version, edited
from tests.cast import Person, join
from tests.races import outcomes_at_once

pytestmark = pytest.mark.django_db


def test_revoke_key__own__opens_nothing_from_the_next_call_on(organization: Organization, dana: Person) -> None:
    developer = program(dana, organization, "developer")

    assert developer.call("DELETE", f"/api-keys/{developer.key.pk}").status == 204

    assert developer.get("/me").status == 401
    assert Event.objects.filter(verb="key.revoked", outcome="done").count() == 1


def test_revoke_key__of_another__needs_the_right(
    organization: Organization, other_organization: Organization, dana: Person, mara: Person, avery: Person, sam: Person
) -> None:
    developer, admin = program(dana, organization, "developer"), program(mara, organization, "org_admin")
    auditor, stranger = program(avery, organization, "auditor"), program(sam, other_organization, "org_admin")
    address = f"/api-keys/{developer.key.pk}"

    assert auditor.call("DELETE", address).code == "permission_denied"
    assert stranger.call("DELETE", address).status == 404
    assert developer.get("/me").status == 200
    assert admin.call("DELETE", address).status == 204
    assert developer.get("/me").status == 401
    assert admin.call("DELETE", address).code == "conflict"


def test_revoke_key__that_made_others__ends_them_too(organization: Organization, mara: Person) -> None:
    admin, beside = program(mara, organization, "org_admin", name="leaked"), program(mara, organization, "org_admin")
    child = _made_by(admin, "child")
    grandchild, unrelated = _made_by(child, "grandchild"), _made_by(beside, "unrelated")
    successor = _sent_by(admin.post(f"/api-keys/{admin.key.pk}/rotate").body)

    assert beside.call("DELETE", f"/api-keys/{admin.key.pk}").status == 204

    assert [one.get("/me").status for one in (admin, child, grandchild, successor)] == [401] * 4
    assert [one.get("/me").status for one in (beside, unrelated)] == [200] * 2
    ended = Event.objects.filter(verb="key.revoked", outcome="done").order_by("sequence")
    assert [event.data.get("ended_with") for event in ended] == [None, *[admin.key.prefix] * 3]


def test_revoke_key__by_its_successor__leaves_the_successor(organization: Organization, dana: Person) -> None:
    old = program(dana, organization, "developer")
    child = _made_by(old, "child")
    new = _sent_by(old.post(f"/api-keys/{old.key.pk}/rotate").body)

    assert new.call("DELETE", f"/api-keys/{old.key.pk}").status == 204

    assert [one.get("/me").status for one in (old, child, new)] == [401, 401, 200]


def test_forbid_push__to_a_key_that_made_its_successor__forbids_both(organization: Organization, mara: Person) -> None:
    old = program(mara, organization, "org_admin", pushes=True)
    new = _sent_by(old.post(f"/api-keys/{old.key.pk}/rotate").body)
    assert "push_to_production" in new.get("/me").body["permissions"]

    forbid_push(old.key, actor=mara.actor())

    assert "push_to_production" not in new.get("/me").body["permissions"]


def test_remove_member__with_keys__ends_them_for_good(organization: Organization, dana: Person, mara: Person) -> None:
    developer = program(dana, organization, "developer")

    remove_member(dana.membership_in(organization), actor=mara.actor())
    assert developer.get("/me").status == 401
    join(organization, mara, dana, "developer")

    assert developer.get("/me").status == 401
    assert Event.objects.get(verb="member.removed").data["keys_revoked"] == 1


@pytest.mark.django_db(transaction=True)
def test_revoke_key__while_a_call_of_it_is_under_way__comes_before_it_or_after_it(
    organization: Organization, dana: Person, quinn: Person, mara: Person
) -> None:
    agent = a_ready_version(organization, author=dana, tester=quinn)
    late = _call_under_way(program(mara, organization, "org_admin", name="late", pushes=True))
    forbid_push(ApiKey.objects.get(name="late"), actor=mara.actor())
    with pytest.raises(PermissionMissing, match="push"):
        push_to_production(agent, actor=late, number=1)
    revoke_key(ApiKey.objects.get(name="late"), actor=mara.actor())
    with pytest.raises(PermissionMissing, match="revoked"):
        publish(agent, actor=late)

    for round_ in range(3):
        racing = program(mara, organization, "org_admin", name=f"racing {round_}")
        edited(agent, dana, f"Round {round_}.")
        published, _ = outcomes_at_once(
            partial(publish, agent, actor=_call_under_way(racing)),
            partial(revoke_key, racing.key, actor=mara.actor()),
        )
        order = list(Event.objects.filter(outcome="done").order_by("-sequence").values_list("verb", flat=True)[:2])
        if published == "ok":
            assert order == ["key.revoked", "release.published"]
        else:
            assert (published, order[0]) == ("permission_denied", "key.revoked")


def _call_under_way(caller: Program) -> Actor:
    """Who acts in a call that read the key when it began."""
    key = ApiKey.objects.select_related("owner", "organization").get(pk=caller.key.pk)
    key.owner.key = key
    return Actor(user=key.owner, door="api")


def _made_by(maker: Program, name: str) -> Program:
    return _sent_by(maker.post("/api-keys", {"name": name, "role": maker.key.role}).body)


def _sent_by(made: dict[str, Any]) -> Program:
    return Program(ApiKey.objects.get(pk=made["id"]), made["key"])
