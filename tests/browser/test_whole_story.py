"""The release workflow told once in a browser, by four people: in to Production, back out, and on record."""

import csv
import re

import pytest

from tests.browser import acts
from tests.browser.acts import AGENT, AGENTS
from tests.browser.conftest import Visit
from tests.browser.visiting import PHONE, Visitor
from tests.cast import Person

pytestmark = pytest.mark.browser


def test_story__from_a_file_to_production_and_back__holds_for_four_people(
    visit: Visit, dana: Person, quinn: Person, mara: Person, avery: Person
) -> None:
    developer, tester, admin = visit(dana), visit(quinn), visit(mara)

    the_first_version_goes_live(developer, tester, admin)
    an_approval_ends_when_staging_gets_another_version(developer, tester, admin)
    changes_are_requested_and_made(developer, tester)
    a_version_goes_live_and_comes_back(admin)
    the_auditor_reads_who_did_what(visit(avery))


def the_first_version_goes_live(dana: Visitor, quinn: Visitor, mara: Visitor) -> None:
    dana.sign_in(AGENTS)
    acts.imports_an_agent(dana)
    acts.edits_the_greeting(dana, "Guten Morgen, hier ist Anna")
    quinn.sign_in("/o/harbourline/agents/")
    quinn.sees("Nothing has been promoted to Staging yet.")
    quinn.open(AGENT, status=404)
    acts.promotes(dana, 1, "Anna asks whether now is a good time.")

    quinn.open(AGENT)
    acts.marks_ready(quinn, 1)
    dana.open(AGENT)
    dana.sees("Needs Org Admin: Mara Lindqvist.")

    mara.sign_in(AGENTS)
    acts.pushes(mara, 1)


def an_approval_ends_when_staging_gets_another_version(dana: Visitor, quinn: Visitor, mara: Visitor) -> None:
    acts.imports_an_edit(dana)
    acts.promotes(dana, 2, "The state that runs at the vendor.")
    mara.open(f"{AGENT}push")
    mara.sees("Version 2 has not been marked ready.")
    quinn.open(f"{AGENT}staging")
    quinn.sees("Greeting")
    acts.marks_ready(quinn, 2)

    mara.open(f"{AGENT}push")
    acts.edits_the_greeting(dana, "Guten Abend, hier ist Anna")
    acts.promotes(dana, 3, "Evening calls.", says="v2 is marked ready. Its approval ends")
    mara.type("Note", "After the stand-up.")
    mara.press("Push to Production: v2", status=409)
    mara.sees("Nothing was changed.", "Version 3 has not been marked ready.")
    assert mara.page.get_by_role("textbox", name="Note").input_value() == "After the stand-up."


def changes_are_requested_and_made(dana: Visitor, quinn: Visitor) -> None:
    quinn.hold(PHONE)
    acts.requests_changes(quinn, 3, "She says good evening at nine in the morning.")
    dana.open(AGENT)
    dana.sees("Changes requested")
    acts.edits_the_greeting(dana, "Hallo, hier ist Anna")
    acts.promotes(dana, 4, "A greeting for every hour.")
    acts.marks_ready(quinn, 4)


def a_version_goes_live_and_comes_back(mara: Visitor) -> None:
    mara.hold(PHONE)
    acts.pushes(mara, 4)
    acts.rolls_back(mara, 1, "Calls drop after the greeting.")
    mara.open(AGENT)
    mara.sees("v4 is on hold")
    mara.follow("Lift hold: v4")
    mara.sees("Calls drop after the greeting.")
    mara.type("Reason", "It was the carrier, not the greeting.")
    mara.press("Lift hold")
    mara.sees("The hold on v4 is lifted.")


def the_auditor_reads_who_did_what(avery: Visitor) -> None:
    avery.sign_in(f"{AGENT}releases/")
    avery.sees("Mara Lindqvist rolled Production back from v4 to v1")
    avery.follow("Mara Lindqvist pushed v4")
    avery.sees("Gates as they were", "Approved by", "v4 against v1", "Hallo, hier ist Anna")
    avery.open(f"{AGENT}versions/4/")
    avery.open("/o/harbourline/audit?object=everlast")
    avery.sees("All events of the organization")

    with avery.page.expect_download() as saving:
        avery.page.get_by_role("button", name="Export CSV").click()
    lines = saving.value.path().read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))

    counted = re.search(r"(\d+) entries", avery.words())
    assert counted is not None
    assert len(rows) == int(counted[1])
