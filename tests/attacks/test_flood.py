"""Nobody drowns the audit log: forms are counted before a verb is asked, and every attempt that is made is kept."""

from typing import Any

from audit.models import Event
from console.organizations.models import Organization
from tests.builders import a_ready_version
from tests.cast import Person
from tests.environments.asking import PUSH, seen, typed
from tests.pages import by_id, words


def test_forms__above_the_limit_of_a_minute__are_answered_429_and_ask_no_verb(
    organization: Organization, dana: Person, quinn: Person, mara: Person, settings: Any
) -> None:
    a_ready_version(organization, author=dana, tester=quinn)
    client, form = dana.client(), seen(mara.client(), PUSH) | {"note": "After the stand-up"}
    for attempt in (1, 2):
        assert client.post(PUSH, form).status_code == 403
        assert Event.objects.filter(outcome="refused").count() == attempt
    settings.FORMS_PER_MINUTE = 0

    response = client.post(PUSH, form)

    assert response.status_code == 429
    assert 1 <= int(response["Retry-After"]) <= 60
    assert "Nothing was changed" in words(by_id(response, "refusal"))
    assert "After the stand-up" in typed(response)
    assert Event.objects.filter(outcome="refused").count() == 2
    assert client.get(PUSH).status_code == 200
