"""The audit page through HTTP: who sees what, the filters, the walk through the pages."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from lxml import html

from audit.jobs import verify_chains
from audit.log import record
from audit.models import Event
from audit.sample import fill
from console.organizations.actor import SYSTEM, Target
from console.organizations.ids import new_id
from console.organizations.models import Organization
from tests.cast import Person
from tests.remembering import remembered

AGENT = UUID("01930000-0000-7000-8000-000000000001")


def happened(
    organization: Organization,
    verb: str,
    person: Person | None = None,
    *,
    label: str = "Order desk",
    agent: UUID = AGENT,
    **more: Any,
) -> Event:
    """An event of the chain; `label` and `agent` say what it was about."""
    target = Target(organization, "agent", str(agent), label, agent_id=agent)
    return record(verb, target, actor=person.actor() if person else SYSTEM, **more)


def page(person: Person, query: str = "", slug: str = "harbourline", status: int = 200) -> html.HtmlElement:
    """The audit page as a parsed document."""
    answer = person.client().get(f"/o/{slug}/audit{query}")
    assert answer.status_code == status, answer.content[:2000]
    return html.fromstring(answer.content)


def shown(document: html.HtmlElement) -> list[int]:
    """The sequences on the page, from top to bottom."""
    return [int(row.get("id").removeprefix("event-")) for row in document.xpath('//*[@id="events"]//tbody/tr')]


def link(document: html.HtmlElement, rel: str) -> str:
    """The address query of the older (next) or newer (prev) page, empty at the end."""
    found = document.xpath(f'//nav[@class="pager"]//a[@rel="{rel}"]/@href')
    return f"?{found[0].partition('?')[2]}" if found else ""


@pytest.fixture
@remembered
def story(organization: Organization, dana: Person, quinn: Person, avery: Person, mara: Person) -> dict[str, Event]:
    """Five events of different people, environments and outcomes."""
    return {
        "draft": happened(organization, "draft.saved", dana, reason="a greeting"),
        "staged": happened(organization, "release.promoted", dana, environment="staging", after="ab" * 32),
        "refused": happened(organization, "release.marked_ready", dana, refusal="permission_denied"),
        "ready": happened(organization, "release.marked_ready", quinn, environment="staging", reason="50% done_ok"),
        "pushed": happened(organization, "release.pushed_to_production", mara, environment="production"),
    }


def test_audit__by_role__shows_own_or_releases_or_all(
    story: dict[str, Event], dana: Person, quinn: Person, avery: Person, mara: Person
) -> None:
    sequences = {name: event.sequence for name, event in story.items()}

    developer, qa = set(shown(page(dana))), set(shown(page(quinn)))

    own = set(Event.objects.filter(actor=dana.user).values_list("sequence", flat=True))
    assert developer == own
    assert {sequences["staged"], sequences["ready"], sequences["pushed"]} <= qa
    assert not {sequences["draft"], sequences["refused"]} & qa
    everything = set(Event.objects.filter(organization=story["draft"].organization).values_list("sequence", flat=True))
    assert set(shown(page(avery))) == set(shown(page(mara))) == everything


def test_audit__stranger__gets_404(organization: Organization, sam: Person, mara: Person) -> None:
    for path in ("audit", "audit/1"):
        assert sam.client().get(f"/o/{organization.slug}/{path}").status_code == 404
    assert sam.client().post(f"/o/{organization.slug}/audit/export", {"format": "csv"}).status_code == 404
    assert not Event.objects.filter(organization=organization, verb="audit.exported").exists()


def test_audit__without_any_reading_right__gets_403(story: dict[str, Event], dana: Person) -> None:
    permission = Permission.objects.get(codename="view_own_events")
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM organizations_organizationgroupobjectpermission WHERE permission_id = %s", [permission.pk]
        )

    answers = [dana.client().get(f"/o/harbourline/audit{path}") for path in ("", f"/{story['draft'].sequence}")]
    export = dana.client().post("/o/harbourline/audit/export", {"format": "csv"})

    assert [answer.status_code for answer in (*answers, export)] == [403, 403, 403]


def test_audit_event__invisible_to_the_person__gets_404(story: dict[str, Event], quinn: Person) -> None:
    client = quinn.client()

    assert client.get(f"/o/harbourline/audit/{story['refused'].sequence}").status_code == 404
    assert client.get("/o/harbourline/audit/0").status_code == 404
    assert client.get("/o/harbourline/audit/999999999999999999999999").status_code == 404
    assert client.get(f"/o/harbourline/audit/{story['pushed'].sequence}").status_code == 200


def test_audit_event__shows_hash_digests_and_neighbours(story: dict[str, Event], avery: Person) -> None:
    event = story["staged"]

    document = page(avery, f"/{event.sequence}")

    text = document.text_content()
    assert document.xpath('string(//*[@id="hash"])') == event.hash
    assert event.previous_hash in text
    assert event.after_digest in text
    assert document.xpath('//a[@rel="next"]/@href') == [f"/o/harbourline/audit/{event.sequence - 1}"]
    assert document.xpath('//a[@rel="prev"]/@href') == [f"/o/harbourline/audit/{event.sequence + 1}"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?action=release.promoted", ["staged"]),
        ("?action=release", ["pushed", "ready", "refused", "staged"]),
        ("?environment=production", ["pushed"]),
        ("?outcome=refused", ["refused"]),
        ("?actor=Quinn+Abara&action=release", ["ready"]),
        ("?q=GREETING", ["draft"]),
        ("?q=50%25+done_", ["ready"]),
        ("?q=nothing+like+it", []),
        ("?object=Order+desk", ["pushed", "ready", "refused", "staged", "draft"]),
        (f"?object={AGENT}&environment=staging", ["ready", "staged"]),
        ("?object=01930000-0000-7000-8000-0000000000ff", []),
        ("?since=2999-01-01", []),
        ("?until=1999-12-31", []),
        ("?action=release&since=2020-01-01&until=2990-01-01&q=&actor=", ["pushed", "ready", "refused", "staged"]),
        ("?actor=system", []),
    ],
)
def test_audit__filter__shows_exactly_what_matches(
    story: dict[str, Event], avery: Person, query: str, expected: list[str]
) -> None:
    assert shown(page(avery, query)) == [story[name].sequence for name in expected]


def test_audit__filters_of_one_event__find_it(story: dict[str, Event], avery: Person) -> None:
    event = story["ready"]
    Event.objects.get(pk=event.pk)
    after = (event.at + timedelta(microseconds=1)).isoformat().replace("+", "%2B")
    at = event.at.isoformat().replace("+", "%2B")

    assert shown(page(avery, f"?actor={event.actor_id}&action=release")) == [event.sequence]
    assert shown(page(avery, f"?since={at}&until={after}")) == [event.sequence]
    assert event.sequence not in shown(page(avery, f"?since={after}"))
    assert event.sequence not in shown(page(avery, f"?until={at}"))


def test_audit__request_id__leads_to_its_events(organization: Organization, avery: Person) -> None:
    answer = avery.client().post(
        "/o/harbourline/audit/export", {"format": "csv"}, headers={"X-Request-ID": "ticket-4711-x"}
    )
    b"".join(answer)

    found = Event.objects.get(organization=organization, verb="audit.exported")

    assert shown(page(avery, "?request_id=ticket-4711-x")) == [found.sequence]


@pytest.mark.parametrize(
    "query",
    [
        "?colour=red",
        "?verb=draft.saved",
        "?action=agent.exploded",
        "?outcome=maybe",
        "?since=yesterday",
        "?since=0001-01-01T00:00:00%2B14:00",
        "?until=9999-12-31",
        "?since=2026-02-02&until=2026-02-01",
        "?q=" + "x" * 101,
        "?q=%00",
        "?actor=a&actor=b",
        "?cursor=forged",
        "?actor__password=x",
    ],
)
def test_audit__bad_filter__gets_400_in_words(organization: Organization, avery: Person, query: str) -> None:
    document = page(avery, query, status=400)

    assert document.xpath('//*[@id="refusal"]')


def test_audit__active_filters__are_removable_chips(story: dict[str, Event], avery: Person) -> None:
    document = page(avery, "?action=release&environment=staging&q=done")

    chips = {
        chip.text_content().split(":")[0].strip(): chip.get("href") for chip in document.xpath('//a[@class="chip"]')
    }
    assert chips["Environment"] == "/o/harbourline/audit?q=done&action=release"
    assert chips["Clear all"] == "/o/harbourline/audit"
    assert shown(page(avery, f"?{chips['Environment'].partition('?')[2]}")) == [story["ready"].sequence]


def test_audit__nothing_matches__says_so(organization: Organization, avery: Person) -> None:
    assert "No entry matches these filters." in page(avery, "?q=zzz").text_content()


def test_audit__walking_while_rows_are_added__repeats_and_skips_nothing(
    organization: Organization, avery: Person
) -> None:
    fill(organization, 230)
    expected = list(
        Event.objects.filter(organization=organization).order_by("-sequence").values_list("sequence", flat=True)
    )
    walked: list[int] = []
    query = ""

    while True:
        document = page(avery, query)
        walked += shown(document)
        fill(organization, 20)
        query = link(document, "next")
        if not query:
            break

    assert walked == expected
    assert shown(page(avery, link(document, "prev")))[-1] == walked[-len(shown(document)) - 1]


def test_audit__newer_link__leads_back_to_the_same_rows(organization: Organization, avery: Person) -> None:
    fill(organization, 160)
    first = page(avery, "?outcome=done")
    second = page(avery, link(first, "next"))

    back = page(avery, link(second, "prev"))

    assert shown(back) == shown(first)
    assert not link(first, "prev")


def test_audit__cursor_of_another_filter_or_organization__gets_400(
    organization: Organization, other_organization: Organization, avery: Person, sam: Person
) -> None:
    fill(organization, 120)
    fill(other_organization, 120)
    cursor = link(page(avery), "next").partition("cursor=")[2]

    page(avery, f"?cursor={cursor}", status=200)
    page(avery, f"?outcome=done&cursor={cursor}", status=400)
    page(avery, f"?cursor={cursor[:-1]}", status=400)
    page(sam, f"?cursor={cursor}", slug="elsewhere", status=400)


def test_audit__text_search__stops_at_its_window_and_goes_on(
    organization: Organization, avery: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.audit_page.TEXT_WINDOW", 100)
    needle = happened(organization, "draft.saved", reason="needle in the hay")
    fill(organization, 250)
    pages: list[list[int]] = []
    query = "?q=needle"

    while query and len(pages) < 10:
        document = page(avery, query)
        pages.append(shown(document))
        query = link(document, "next")

    assert pages[:2] == [[], []]
    assert [number for rows in pages for number in rows] == [needle.sequence]


def test_audit__more_than_a_thousand__says_so(organization: Organization, avery: Person) -> None:
    fill(organization, 1_100)

    document = page(avery)

    assert document.xpath('normalize-space(//*[@id="count"])') == "1,000+ entries"


def test_audit__whatever_the_rows__asks_the_same_number_of_queries(organization: Organization, avery: Person) -> None:
    def queries(query: str = "") -> int:
        client = avery.client()
        client.get("/o/harbourline/audit")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(f"/o/harbourline/audit{query}").status_code == 200
        return len(captured)

    fill(organization, 60)
    few = queries()
    fill(organization, 200)

    assert queries() == few
    assert queries("?outcome=done") == few
    assert few <= 27


def test_audit__changed_row__is_shown_as_broken(story: dict[str, Event], avery: Person) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET actor_label = 'Nobody' WHERE id = %s", [story["draft"].pk])

    document = page(avery)

    assert document.xpath('//*[@id="chain-broken"]//a/@href') == [f"/o/harbourline/audit/{story['draft'].sequence}"]


def test_verify_chains__broken_chain__shows_a_banner_to_who_sees_everything(
    story: dict[str, Event], avery: Person, dana: Person
) -> None:
    verify_chains()
    assert not page(avery).xpath('//*[@id="known-break"]')
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET reason = 'x' WHERE id = %s", [story["draft"].pk])

    verify_chains()

    banner = page(avery).xpath('//*[@id="known-break"]')[0].text_content()
    assert f"First bad row {story['draft'].sequence}" in banner
    assert not page(dana).xpath('//*[@id="known-break"]')


def test_audit__get_on_the_export__gets_405(organization: Organization, avery: Person) -> None:
    assert avery.client().get("/o/harbourline/audit/export?format=csv").status_code == 405


def test_audit__text_from_outside__stays_text(organization: Organization, avery: Person) -> None:
    happened(organization, "draft.saved", reason="<script>alert(1)</script>", label='"><img src=x onerror=1>')

    document = page(avery)

    assert not document.xpath('//*[@id="main"]//script | //img')
    assert "<script>alert(1)</script>" in document.text_content()


def test_audit__object_by_the_slug_of_an_agent__finds_all_about_it(organization: Organization, avery: Person) -> None:
    agent = new_id()
    born = happened(organization, "agent.created", agent=agent, label="Night desk", data={"slug": "night-desk"})
    later = happened(organization, "release.promoted", agent=agent, label="Night desk v1")
    happened(organization, "agent.created", agent=new_id(), label="Day desk", data={"slug": "day-desk"})

    assert shown(page(avery, "?object=night-desk")) == [later.sequence, born.sequence]
    assert shown(page(avery, "?object=Night+desk")) == [later.sequence, born.sequence]
