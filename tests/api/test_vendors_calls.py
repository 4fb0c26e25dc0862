"""The sample calls of the systems that Slipway replaces work with only the base address and the ids changed."""

import json
import re
import shlex
from pathlib import Path

import pytest

from console.founding import Charter, found_organization
from console.organizations.models import Organization
from tests.api.calling import BASE, Answer, Program, program
from tests.builders import an_agent
from tests.cast import Person, join
from tests.samples import SAMPLES

pytestmark = pytest.mark.django_db
SEEDS = SAMPLES.parent / "seeds"
KEY = re.compile(r"\$\{?\w*(KEY|TOKEN)\w*\}?")


@pytest.fixture
def organization_of_polyai(mara: Person, dana: Person) -> Organization:
    """An organization with PolyAI's pipeline: Draft, Sandbox, Pre-release, Live."""
    made = found_organization(
        Charter(slug="poly", name="Poly", preset="pre-release", rules={"fresh_sign_in_for_production": False}),
        actor=mara.actor(),
    )
    join(made, mara, dana, "developer")
    return made


def curls(seed: str) -> list[list[str]]:
    """The curl commands of a page, as a shell would split them."""
    text = (SEEDS / seed).read_text(encoding="utf-8")
    text = re.sub(r"(?m)^\s*(\$|>)\s?(?=curl|-|\w+ `|GET|--)", "", text).replace("`", "'")
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [shlex.split(line.strip()) for line in lines if re.match(r"\s*curl ", line)]


def sent(words: list[str], caller: Program, ids: dict[str, str], files: Path) -> Answer:
    """Carry one command out: its method, headers and body as they stand; address, key and ids are ours."""
    method, address, body, headers = "", "", b"", dict[str, str]()
    position = 1
    while position < len(words):
        word, following = words[position], words[position + 1] if position + 1 < len(words) else ""
        position += 2
        if word == "-X":
            method = following
        elif word == "-H":
            name, _, value = following.partition(": ")
            headers[name] = KEY.sub(caller.secret if "Idempotency" not in name else "run-17", value)
        elif word in {"-d", "--data-binary"}:
            body = (files / Path(following[1:]).name).read_bytes() if following.startswith("@") else following.encode()
        elif word in {"-sS", "-s", "GET", ">", "backups/order-agent-dev.json"}:
            position -= 1
        elif "://" in word:
            address, position = re.sub(r"^https?://[^/]+/v1", "", word), position - 1
    for name, value in ids.items():
        address = address.replace(name, value)
    kind = headers.pop("Content-Type", "application/octet-stream" if body else "")
    response = caller.client.generic(method or "GET", f"{BASE}{address}", body, content_type=kind, headers=headers)
    return Answer(response.status_code, json.loads(response.content), dict(response.headers.items()))


def test_polyai__publish_and_promote__work_as_they_stand(
    organization_of_polyai: Organization, dana: Person, tmp_path: Path
) -> None:
    agent = an_agent(organization_of_polyai, dana, slug="front-desk")
    caller = program(dana, organization_of_polyai, "developer")
    publish, promote = curls("polyai-deployment-pipeline.txt")

    published = sent(publish, caller, {"AGENT_ID": str(agent.pk)}, tmp_path)
    assert (published.status, published.body["environment"]) == (201, "sandbox"), published.body
    ids = {"AGENT_ID": agent.slug, "DEPLOYMENT_ID": published.body["id"]}
    promoted = sent(promote, caller, ids, tmp_path)

    assert (promoted.status, promoted.body["environment"], promoted.body["action"]) == (201, "pre-release", "promote")


def test_promptshuttle__environment_creation__works_as_it_stands(
    organization_of_polyai: Organization, mara: Person
) -> None:
    text = (SEEDS / "promptshuttle-environments.txt").read_text(encoding="utf-8")
    found = re.search(r"POST (/api/v1/environments)\n(\{.*\})", text)
    assert found is not None
    caller = program(mara, organization_of_polyai, "org_admin")

    made = caller.post(found[1].removeprefix(BASE), json.loads(found[2]))

    assert (made.status, made.body["name"]) == (201, "production")
    assert "production" in [one["slug"] for one in caller.get("/environments").body["items"]]


def test_vapi__put_by_slug_and_list_by_label__work_under_the_name_assistants(
    organization: Organization, dana: Person, tmp_path: Path
) -> None:
    caller = program(dana, organization, "developer")
    listing, apply = curls("vapi-enterprise-environments.txt")[:2]
    document = {
        "kind": "Assistant",
        "apiVersion": "v1",
        "metadata": {"name": "order-agent", "labels": {"order-agent": "dev"}},
        "spec": {"prompt": "You answer."},
    }
    (tmp_path / "order-agent.dev.json").write_text(json.dumps(document), encoding="utf-8")

    made = sent(apply, caller, {}, tmp_path)
    again = sent(apply, caller, {}, tmp_path)

    assert (made.status, again.status) == (201, 201), made.body
    assert again.headers["Idempotency-Replayed"] == "true"
    listed = sent(listing, caller, {}, tmp_path)
    assert [one["slug"] for one in listed.body["items"]] == ["order-agent"]
