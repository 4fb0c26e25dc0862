"""The demo organization as it stands after loading: what it promises, and every invariant that it must hold."""

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from agents.contents import load
from agents.models import Agent, Draft, Version
from agents.schema import problems, validate
from audit.models import ChainHead, Event
from audit.verify import verify
from console.demo import story
from console.demo.credentials import begin, begun, finished_file, unfinished_file
from console.demo.folders import folders
from console.demo.keys import EVENTS
from console.demo.moments import moment
from console.demo.people import new_credentials
from console.demo.story import FOUNDING_EVENTS, load_demo, steps_seen_from
from console.organizations.actor import Actor
from console.organizations.models import Installation, Membership, Organization, User
from environments.available import offers
from environments.boards.matrix import FORWARD, columns_of, row_of
from environments.gathering import gather
from environments.models import Hold, Pin, Release
from environments.pipeline import environments_of
from environments.policies import permissions_on_agent
from environments.standing import standing_of

URL = "http://127.0.0.1:8000"

# agent -> (in Staging, its state), (in Production, its state), number of versions, draft differs from the latest
STANDING: dict[str, tuple[tuple[int, str] | None, tuple[int, str] | None, int, bool]] = {
    "parcel-lockers": (None, None, 0, True),
    "staff-helpdesk": ((3, "staging"), None, 3, False),
    "lantern-concierge": ((3, "changes_requested"), (2, "production"), 3, True),
    "clinic-appointments": ((8, "ready"), (7, "production"), 8, True),
    "ferry-desk": ((9, "staging"), (8, "production"), 9, True),
    "claims-intake": ((5, "rolled_back"), (4, "production"), 5, True),
    "stadtwerke-service": ((4, "production"), (4, "production"), 4, True),
    "order-desk": ((12, "production"), (12, "production"), 12, False),
}

# Each query names what must not be: reliability.md section 7, design.md R2.
MUST_BE_EMPTY = {
    "production serves what nobody approved": """
        SELECT p.id FROM environments_pin p JOIN environments_environment e ON e.id = p.environment_id
        JOIN environments_deployment d ON d.id = p.deployment_id JOIN agents_version v ON v.id = p.version_id
        LEFT JOIN environments_signoff s ON s.id = d.sign_off_id AND s.decision = 'ready' AND s.digest = v.digest
        WHERE e.kind = 'production' AND (s.id IS NULL OR d.version_id <> p.version_id)""",
    "a push without a valid approval": """
        SELECT d.id FROM environments_deployment d JOIN agents_version v ON v.id = d.version_id
        LEFT JOIN environments_signoff s ON s.id = d.sign_off_id AND s.decision = 'ready'
            AND s.digest = v.digest AND s.at < d.at
        WHERE d.action = 'push' AND s.id IS NULL""",
    "a gap in version numbers": """
        SELECT agent_id FROM agents_version GROUP BY agent_id HAVING max(number) <> count(*)""",
    "a version without its audit row": """
        SELECT v.id FROM agents_version v WHERE NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.agent_id = v.agent_id
            AND e.organization_id = v.organization_id AND e.verb = 'release.published' AND e.outcome = 'done'
            AND e.after_digest = v.digest AND e.actor_id = v.author_id)""",
    "a move without exactly one audit row": """
        SELECT d.id FROM environments_deployment d LEFT JOIN audit_event e ON e.outcome = 'done'
            AND e.organization_id = d.organization_id AND e.actor_id = d.by_id AND e.data->>'deployment' = d.id::text
        GROUP BY d.id HAVING count(e.id) <> 1""",
    "an approval by somebody behind the version": """
        SELECT s.id FROM environments_signoff s JOIN agents_version v ON v.id = s.version_id
        LEFT JOIN agents_versioncontributor c ON c.version_id = v.id AND c.user_id = s.by_id
        WHERE s.decision = 'ready' AND (v.author_id = s.by_id OR c.id IS NOT NULL OR s.is_self_approval)""",
    "a row that belongs to two organizations": """
        SELECT p.id FROM environments_pin p JOIN agents_version v ON v.id = p.version_id
        JOIN agents_agent a ON a.id = p.agent_id JOIN environments_environment e ON e.id = p.environment_id
        WHERE v.agent_id <> a.id OR NOT (p.organization_id = v.organization_id
            AND p.organization_id = a.organization_id AND p.organization_id = e.organization_id)""",
    "a gap in the audit sequence": """
        SELECT organization_id FROM audit_event GROUP BY organization_id HAVING max(sequence) <> count(*)""",
    "time that runs backwards": """
        SELECT id FROM (SELECT id, at, lag(at) OVER (ORDER BY sequence) AS before FROM audit_event) e
        WHERE at < before""",
    "anything in the future": """
        SELECT id FROM audit_event WHERE at > clock_timestamp() UNION ALL
        SELECT id FROM environments_deployment WHERE at > clock_timestamp()""",
}


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Path]:
    """The data folder of a console into which the demo was loaded once for this whole file."""
    folder = tmp_path_factory.mktemp("home")
    with django_db_blocker.unblock(), override_settings(SLIPWAY_HOME=folder):
        undone = transaction.atomic()
        undone._from_testcase = True  # type: ignore[attr-defined]  # as Django's TestCase: verbs may be durable inside
        with undone:
            assert load_demo(URL)
            yield folder
            transaction.set_rollback(True)


@pytest.fixture
def empty_home(db: None, tmp_path: Path) -> Iterator[Path]:
    """The data folder of a console that nobody has set up."""
    with override_settings(SLIPWAY_HOME=tmp_path):
        yield tmp_path


def written(home: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((home / "demo-credentials.json").read_text(encoding="utf-8"))
    return content


def test_demo__when_loaded__writes_five_people_with_working_passwords_for_the_owner_alone(home: Path) -> None:
    credentials = written(home)
    assert stat.S_IMODE((home / "demo-credentials.json").stat().st_mode) == 0o600
    assert sorted(path.name for path in home.glob("demo*")) == ["demo-credentials.json"]
    assert (credentials["url"], credentials["organization"]) == (URL, "harbor-and-pine")
    assert {(user["name"], user["role"]) for user in credentials["users"]} == {
        ("Dana Reyes", "developer"),
        ("Ben Okafor", "developer"),
        ("Quinn Abara", "qa"),
        ("Mara Lindqvist", "org_admin"),
        ("Avery Stone", "auditor"),
    }
    for user in credentials["users"]:
        account = User.objects.get(email=user["email"])
        assert account.check_password(user["password"])
        assert user["password"] not in account.password
        assert Membership.objects.get(user=account).roles == [user["role"]]
    assert len({user["password"] for user in credentials["users"]}) == 5


def test_demo__when_loaded__agents_stand_as_the_story_says(home: Path) -> None:
    found = {}
    for agent in Agent.objects.all():
        pins = {
            pin.environment.slug: (pin.version.number, str(pin.version.release.state))
            for pin in Pin.objects.filter(agent=agent).select_related("environment", "version__release")
        }
        latest = agent.versions.order_by("-number").first()
        differs = latest is None or latest.digest != agent.draft.manifest.digest
        found[agent.slug] = (pins.get("staging"), pins.get("production"), agent.versions.count(), differs)
    assert found == STANDING


def test_demo__when_loaded__the_dashboard_offers_each_person_what_each_agent_s_page_offers(home: Path) -> None:
    organization = Organization.objects.get()
    pipeline = environments_of(organization)
    for person in User.objects.all():
        agents = list(Agent.objects.visible_to(person, organization).select_related("organization"))
        board, actor = gather(agents, organization, pipeline), Actor(user=person)
        for agent in agents:
            rights = permissions_on_agent(person, agent)
            row = row_of(board[agent.pk], columns_of(pipeline, rights), actor, rights)
            shown = {(cell.step.label, cell.step.url) for cell in row.cells if cell.step}
            page = [one for one in offers(standing_of(agent), actor, rights) if one.enabled and one.verb in FORWARD]
            edits = {step for step in shown if step[0] == "Edit the draft"}
            assert shown - edits == {(one.label, one.url) for one in page}, (person.name, agent.slug)


def test_demo__when_loaded__exactly_the_version_that_was_rolled_back_is_held(home: Path) -> None:
    holds = Hold.objects.filter(lifted_at=None).values_list("agent__slug", "version__number")
    assert list(holds) == [("claims-intake", 5)]
    lifted = Hold.objects.exclude(lifted_at=None).values_list("agent__slug", "version__number")
    assert list(lifted) == [("order-desk", 4)]


def test_demo__when_loaded__every_release_state_and_every_kind_of_decision_can_be_seen(home: Path) -> None:
    states = set(Release.objects.values_list("state", flat=True))
    assert states >= {"staging", "changes_requested", "ready", "production", "superseded", "rolled_back"}
    refusals = set(Event.objects.exclude(refusal="").values_list("refusal", flat=True))
    assert refusals >= {"permission_denied", "approval_stale", "gate_failed", "on_hold", "stale_base", "merge_conflict"}


def test_demo__when_loaded__agents_are_as_large_and_as_foreign_as_promised(home: Path) -> None:
    configs = {draft.agent.slug: load(draft.manifest) for draft in Draft.objects.select_related("agent", "manifest")}
    assert len(configs["clinic-appointments"]["flow"]["nodes"]) >= 25
    handbook = "".join(page["content"] for page in configs["ferry-desk"]["knowledge"].values())
    assert len(handbook) >= 100 * 1024
    paragraphs = [text for text in handbook.split("\n\n") if not text.startswith(("|", "## ")) and len(text) > 80]
    assert len(paragraphs) == len(set(paragraphs)), "the handbook repeats itself"
    assert configs["stadtwerke-service"]["settings"]["language"] == "de-DE"


def test_demo__when_loaded__no_version_and_no_draft_has_a_problem(home: Path) -> None:
    manifests = [(str(version), version.manifest) for version in Version.objects.select_related("manifest")]
    manifests += [(str(draft), draft.manifest) for draft in Draft.objects.select_related("manifest")]
    found = {}
    for name, manifest in manifests:
        config = load(manifest)
        validate(config)
        found[name, manifest.digest] = problems(config)
    assert {name: list(faults) for name, faults in found.items() if faults} == {}


def test_demo__when_loaded__history_is_months_long_and_ends_just_now(home: Path) -> None:
    times = list(Event.objects.order_by("sequence").values_list("at", flat=True))
    assert len(times) >= 250
    assert timedelta(days=145) < timezone.now() - times[0] < timedelta(days=170)
    assert timezone.now() - times[-1] < timedelta(hours=1)
    months = {(at.year, at.month) for at in times}
    assert len(months) >= 6


def test_demo__when_loaded__leaves_one_event_per_step(home: Path) -> None:
    """What a killed load counts on."""
    assert ChainHead.objects.get().sequence == len(steps_seen_from(timezone.now())) + FOUNDING_EVENTS + EVENTS


def test_demo__when_loaded__the_audit_chain_is_sound(home: Path) -> None:
    result = verify(Organization.objects.get().pk)
    assert (result.first_bad, result.checked) == (None, Event.objects.count())


@pytest.mark.parametrize("what", MUST_BE_EMPTY)
def test_demo__when_loaded__keeps_the_invariants(what: str, home: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(MUST_BE_EMPTY[what])
        assert cursor.fetchall() == []


def test_demo__when_called_again__changes_nothing_but_the_address(home: Path) -> None:
    events, before = Event.objects.count(), written(home)
    call_command("demo", url=URL, stdout=StringIO())
    assert written(home) == before
    call_command("demo", url="http://127.0.0.1:8123", stdout=StringIO())
    assert written(home) == before | {"url": "http://127.0.0.1:8123"}
    assert stat.S_IMODE((home / "demo-credentials.json").stat().st_mode) == 0o600
    assert Event.objects.count() == events


def test_demo__when_the_console_is_set_up__does_nothing(empty_home: Path) -> None:
    Installation.objects.create(pk=1)
    call_command("demo", url=URL, stdout=StringIO())
    assert list(empty_home.iterdir()) == []
    assert not Organization.objects.exists()


def test_demo__when_killed_before_founding_and_set_up_by_somebody__does_nothing(empty_home: Path) -> None:
    begin(new_credentials(URL))
    Installation.objects.create(pk=1)
    assert not load_demo(URL)
    assert list(empty_home.iterdir()) == []


def test_demo__when_killed_and_called_again__goes_on_with_the_same_passwords(
    empty_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, act = steps_seen_from, story._act
    done: list[Any] = []

    def dying(*arguments: Any) -> None:
        if len(done) == 3:
            raise KeyboardInterrupt
        act(*arguments)
        done.append(arguments)

    monkeypatch.setattr(story, "steps_seen_from", lambda now: steps(now)[:9])
    monkeypatch.setattr(story, "_act", dying)
    with pytest.raises(KeyboardInterrupt):
        load_demo(URL)
    assert not finished_file().exists()
    passwords = begun()

    monkeypatch.setattr(story, "_act", act)
    assert load_demo(URL)
    finished = written(empty_home)
    assert [user.pop("api_key", "")[:4] for user in finished["users"]].count("slw_") >= 2
    assert finished == passwords
    assert not unfinished_file().exists()
    told = Event.objects.exclude(verb__startswith="key.").count()
    assert told == 9 + FOUNDING_EVENTS
    assert not load_demo(URL)


def test_demo__passwords__are_long_and_new_each_time() -> None:
    first, second = new_credentials(URL)["users"], new_credentials(URL)["users"]
    assert all(len(user["password"]) == 18 for user in first)
    assert not {user["password"] for user in first} & {user["password"] for user in second}


@pytest.mark.parametrize("weekday", range(7))
def test_moment__any_day_of_loading__working_days_come_before_minutes(weekday: int) -> None:
    now = datetime(2026, 11, 16, 0, 1, tzinfo=UTC) + timedelta(days=weekday)
    yesterday = moment("1 17:30", now, grain="a")
    assert yesterday.weekday() < 5
    assert yesterday < moment("170 min", now, grain="b") < now
    assert moment("2 09:00", now, grain="c") < yesterday


def test_steps__of_one_agent__are_told_in_their_order() -> None:
    told: dict[str, list[Any]] = {}
    for step in steps_seen_from(datetime(2026, 11, 20, 12, tzinfo=UTC)):
        if step.folder:
            told.setdefault(step.folder.slug, []).append(step.told)
    assert told == {folder.slug: folder.steps() for folder in folders()}
