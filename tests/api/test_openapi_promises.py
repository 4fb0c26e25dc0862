"""Every answer of every operation is one that the OpenAPI document names, whatever is sent.

The small version of `make fuzz` (tests/fuzzing), inside this process: a few cases of each operation.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from console.organizations.models import Organization
from environments.models import Deployment
from tests.api.calling import program
from tests.builders import a_rolled_back_version
from tests.cast import ADDRESS, Person

pytestmark = pytest.mark.django_db

CASES = 2  # of each operation and mode; the roles take turns
CARELESS = list(HealthCheck)
SHORT = [Phase.generate]
PROMISES = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def application() -> Iterator[Callable[..., Any]]:
    """The console as a web server calls it; its connection is the test's own, so no request closes it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    handler = WSGIHandler()
    yield lambda environ, start_response: handler(environ | {"REMOTE_ADDR": ADDRESS}, start_response)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def real(organization: Organization, dana: Person, quinn: Person, mara: Person) -> dict[str, Any]:
    """What an address can name, as Harbourline has it."""
    agent = a_rolled_back_version(organization, author=dana, tester=quinn, admin=mara)
    deployment = Deployment.objects.filter(agent=agent, environment__slug="production").earliest("at")
    return {"agent": agent.slug, "environment": "production", "number": 2, "deployment": str(deployment.pk)}


def test_every_operation__whatever_is_sent__answers_as_documented(
    organization: Organization,
    real: dict[str, Any],
    application: Callable[..., Any],
    dana: Person,
    quinn: Person,
    mara: Person,
    avery: Person,
) -> None:
    people = {"developer": dana, "qa": quinn, "org_admin": mara, "auditor": avery}
    keys = cycle([program(person, organization, role).secret for role, person in people.items()])
    document: Any = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    document.config.generation.update(with_security_parameters=False)  # the keys are real
    statuses: Counter[int] = Counter()

    for found in document.get_all_operations():
        operation = found.ok()
        if "/api-keys/{key}" in operation.path:
            continue  # it would end the key that asks
        can_be_wrong = bool(list(operation.query) or list(operation.body))  # any text is right as a name in the path
        for mode in GenerationMode if can_be_wrong else [GenerationMode.POSITIVE]:

            @settings(
                max_examples=CASES,
                derandomize=True,
                database=None,
                deadline=None,
                suppress_health_check=CARELESS,
                phases=SHORT,
            )
            @given(case=operation.as_strategy(generation_mode=mode), is_real=st.booleans())
            def answers_as_documented(case: Any, is_real: bool) -> None:
                if is_real:
                    case.path_parameters = {name: real.get(name, value) for name, value in case.path_parameters.items()}
                answer = case.call(headers={"x-api-key": next(keys)})
                case.validate_response(answer, checks=PROMISES)
                statuses[answer.status_code] += 1

            answers_as_documented()
    assert statuses.total() > 150
    assert statuses[200] > 10
    assert not {401, 500} & set(statuses)
