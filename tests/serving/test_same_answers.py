"""Both ways to a configuration, from memory and through Django, answer the same bytes and the same refusals."""

import gzip
from dataclasses import dataclass

import orjson
import pytest

from agents.contents import load
from agents.models import Version
from console.organizations.models import Organization
from tests.api.calling import program
from tests.builders import CONFIG, an_agent, published, pushed
from tests.cast import Person
from tests.serving.asking import Got, ask

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

CANVAS = {"flow": {"start": "a", "nodes": {"a": {"type": "end", "position": {"x": 1, "y": 2}}}, "edges": []}}


@dataclass(frozen=True)
class BothWays:
    """Asks from memory twice and through Django once; all three must say the same."""

    address: str
    path: str
    secret: str

    def __call__(self, query: str = "", **headers: str) -> tuple[Got, Got, Got]:
        """The three answers."""
        first = ask(self.address, self.path + query, self.secret, **headers)
        second = ask(self.address, self.path + query, self.secret, **headers)
        django = ask(self.address, self.path + query, authorization=f"bearer {self.secret}", **headers)
        assert (first.is_hot, second.is_hot, django.is_hot) == (True, True, False), query
        assert (first.status, first.body) == (second.status, second.body) == (django.status, django.body)
        for name in ("etag", "cache-control", "content-encoding", "content-type", "x-slipway-version"):
            assert first.headers.get(name) == second.headers.get(name) == django.headers.get(name), name
        return first, second, django


def test_config__by_both_ways__is_the_same(
    organization: Organization, dana: Person, quinn: Person, mara: Person, web_server_process: str
) -> None:
    agent = an_agent(organization, dana, config=CONFIG | CANVAS)
    pushed(agent, dana, quinn, mara)
    published(agent, dana, "You answer questions about orders. Be kind.\n" * 40)
    admin = program(mara, organization, "org_admin").secret
    path = f"/agents/{agent.slug}/config"
    both = BothWays(web_server_process, path, admin)

    live = both()[0]
    version = Version.objects.select_related("manifest").get(agent=agent, number=1)
    assert live.json == {
        "agent": "order-desk",
        "environment": "production",
        "version": 1,
        "digest": version.digest,
        "config": load(version.manifest),
    }
    assert "position" not in live.json["config"]["flow"]["nodes"]["a"]
    _has_the_headers(live, version)
    assert both("?environment=production")[0].body == live.body
    _follows_what_is_asked(both, live)

    browser = mara.client()
    seen = browser.get(f"/api/v1{path}")  # a person's session reads the same
    assert (seen.status_code, seen.content, seen.headers["ETag"]) == (200, live.body, live.headers["etag"])
    head = ask(web_server_process, path, admin, method="HEAD")
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", live.headers["etag"])

    by_id = ask(web_server_process, f"/agents/{agent.pk}/config", admin)
    place = organization.environments.get(slug="production")
    by_ids = ask(web_server_process, f"/agents/{agent.pk}/config?environment={place.pk}", admin)
    assert (by_id.is_hot, by_id.body, by_ids.body) == (True, live.body, live.body)


def _has_the_headers(live: Got, version: Version) -> None:
    assert live.headers["etag"] == f'"{version.digest}"'
    assert live.headers["cache-control"] == "private, no-cache"
    assert live.headers["x-content-type-options"] == "nosniff"
    assert {"Accept-Encoding", "Authorization"} <= set(live.headers["vary"].replace(",", "").split())
    assert len(live.headers["x-request-id"]) == 32


def _follows_what_is_asked(both: BothWays, live: Got) -> None:
    staging = both("?environment=staging")[0].json
    assert (staging["environment"], staging["version"]) == ("staging", 2)
    numbered = both("?version=2")[0].json
    assert (numbered["environment"], numbered["config"]) == (None, staging["config"])

    for known in (live.headers["etag"], f'"other", W/{live.headers["etag"]}', "*"):
        for answer in both(if_none_match=known):
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["x-slipway-version"] == "1"
    assert both(if_none_match='"other"')[0].status == 200

    packed = both("?environment=staging", accept_encoding="br, gzip")[0]
    assert packed.headers["content-encoding"] == "gzip"
    assert orjson.loads(gzip.decompress(packed.body)) == staging
    assert "content-encoding" not in both("?environment=staging", accept_encoding="gzip;q=0")[0].headers
