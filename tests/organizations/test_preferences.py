"""How the console looks and answers to one person: kept on the profile, applied by the server, times included."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from console.organizations.models import Organization
from console.reader import reading_as
from console.templatetags.console_ui import absolute, exact
from tests.cast import Person
from tests.pages import by_id, has_id, page, words

CHOSEN = {
    "theme": "dark",
    "density": "compact",
    "motion": "reduced",
    "diff_layout": "unified",
    "clock": "12",
    "time_zone": "Asia/Tokyo",
}
MOMENT = datetime(2026, 11, 20, 13, 3, 22, tzinfo=UTC)


def test_change_preferences__by_the_form__are_kept_and_rendered_by_the_server(
    organization: Organization, mara: Person, dana: Person
) -> None:
    client = mara.client()
    assert client.post("/me/preferences", CHOSEN)["Location"] == "/me/preferences"

    shown = client.get("/me/preferences")
    document = page(shown)
    assert [document.get(f"data-{name}") for name in ("theme", "bs-theme", "density", "motion")] == [
        *("dark", "dark", "compact", "reduced")
    ]
    assert document.find("body").get("data-keys") == "off"
    assert "JST" in words(by_id(shown, "preferences"))
    assert ".m. JST" in words(by_id(shown, "preferences"))
    others = page(dana.client().get("/me/preferences"))
    assert (others.get("data-theme"), others.find("body").get("data-keys")) == ("system", "on")


@pytest.mark.parametrize(
    "wrong",
    [
        {"theme": "pink"},
        {"clock": "13"},
        {"time_zone": "Mars/Olympus"},
        {"time_zone": "../../etc/passwd"},
        {"more": "x"},
    ],
)
def test_change_preferences__with_a_value_of_no_list__changes_nothing(
    organization: Organization, mara: Person, wrong: dict[str, str]
) -> None:
    response = mara.client().post("/me/preferences", CHOSEN | wrong)

    mara.user.refresh_from_db()
    assert response.status_code == 422
    assert has_id(response, "form-errors")
    assert (mara.user.theme, mara.user.clock, mara.user.time_zone) == ("system", "24", "")


def test_times__of_a_browser_elsewhere__are_in_its_zone_until_utc_is_asked_for(
    organization: Organization, mara: Person
) -> None:
    client = mara.client()
    client.cookies["slipway-zone"] = "Europe%2FBerlin"
    assert "Times in Europe/Berlin" in words(page(client.get("/me/")))

    answer = client.post("/me/times", {"utc": "yes", "next": "/me/"})

    assert answer["Location"] == "/me/"
    assert "Times in UTC Show my time zone" in words(page(client.get("/me/")))
    client.post("/me/times", {"utc": "no", "next": "//evil.example/"})
    assert "Times in Europe/Berlin Show UTC" in words(page(client.get("/me/")))
    client.cookies["slipway-zone"] = "Nowhere%2FAtAll"
    assert "Times in UTC" in words(page(client.get("/me/")))


@pytest.mark.parametrize(
    ("zone", "clock", "date", "record"),
    [
        ("Europe/Berlin", "24", "20 Nov 2026, 14:03 CET", "2026-11-20 14:03:22 +01:00"),
        ("America/New_York", "12", "20 Nov 2026, 8:03 a.m. EST", "2026-11-20 08:03:22 -05:00"),
        ("Asia/Dubai", "24", "20 Nov 2026, 17:03 UTC+04", "2026-11-20 17:03:22 +04:00"),
    ],
)
def test_time__in_the_reader_s_zone__names_it(mara: Person, zone: str, clock: str, date: str, record: str) -> None:
    mara.user.time_zone, mara.user.clock = zone, clock

    with reading_as(mara.user, "Asia/Tokyo"):
        assert (absolute(MOMENT), exact(MOMENT)) == (date, record)

    assert timezone.get_current_timezone_name() == "UTC"
