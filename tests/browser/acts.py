"""What each person does in the story, as they would say it."""

import re

from tests.browser.visiting import Visitor
from tests.samples import SAMPLES

EVERLAST = SAMPLES / "vapi-everlast"
AGENTS = "/o/harbourline/agents/"
AGENT = f"{AGENTS}everlast/"
GREETING = re.compile(r"^greeting:.*\n(?: .*\n)*", re.MULTILINE)


def imports_an_agent(dana: Visitor) -> None:
    """From the vendor's file, as a new agent."""
    dana.open(AGENTS)
    dana.sees("No agents yet.")
    dana.follow("Import")
    dana.page.get_by_label("File").set_input_files(EVERLAST / "assistant.json")
    dana.type("Short name", "everlast")
    dana.press("Import", exact=True)
    dana.sees("Imported assistant.json, read as a Vapi assistant")


def imports_an_edit(dana: Visitor) -> None:
    """The vendor's production file into the draft, after the difference was shown."""
    dana.open(f"{AGENT}draft/import")
    dana.page.get_by_label("File").set_input_files(EVERLAST / "assistant-prod.json")
    dana.press("Show the difference")
    dana.sees("Nothing is saved yet.", "Where the content lands")
    dana.press("Replace the draft")
    dana.sees("The draft holds what assistant-prod.json held.")


def edits_the_greeting(dana: Visitor, greeting: str) -> None:
    """In the editor of the section."""
    dana.open(f"{AGENT}draft/edit/settings?as=text")
    dana.writes(GREETING.sub(f"greeting: {greeting}\n", dana.reads(), count=1))
    dana.saves()
    dana.page.reload()
    assert greeting in dana.reads()


def promotes(dana: Visitor, number: int, description: str, *, says: str = "") -> None:
    """Publishes the draft; the page says before the button what replaces what."""
    dana.open(AGENT)
    dana.follow("Promote to Staging")
    dana.sees(f"Staging gets v{number}", *([says] if says else []))
    dana.type("Description", description)
    dana.press("Promote to Staging")
    dana.sees("It waits for QA: Quinn Abara.")


def marks_ready(quinn: Visitor, number: int) -> None:
    """After reading the difference."""
    quinn.open(f"{AGENT}staging")
    quinn.sees(f"Staging: v{number}")
    quinn.type("Note", "Called it eleven times.")
    quinn.press("Mark Ready for Production")
    quinn.sees(f"v{number} is Ready for Production. It waits for an Org Admin: Mara Lindqvist.")


def requests_changes(quinn: Visitor, number: int, reason: str) -> None:
    """With the reason that the developers read first."""
    quinn.open(f"{AGENT}staging")
    quinn.type("Reason", reason)
    quinn.press("Request changes")
    quinn.sees(f"Changes to v{number} are requested. Dana Reyes wrote it and sees your reason.")


def pushes(mara: Visitor, number: int) -> None:
    """One page: facts, gates, difference, one button."""
    mara.open(AGENT)
    mara.follow(f"Push to Production: v{number}")
    mara.sees(f"Production gets v{number}", "Gates", "Ready by Quinn Abara")
    mara.type("Change ticket", f"OPS-88{number}")
    mara.press(f"Push to Production: v{number}")
    mara.sees("Release record", f"OPS-88{number}")


def rolls_back(mara: Visitor, number: int, reason: str) -> None:
    """To the version before, in three clicks from the list."""
    mara.open(AGENTS)
    mara.follow("Everlast Anna")
    mara.follow("Rollback")
    mara.sees(f"It gets v{number} back at once")
    mara.type("Reason", reason)
    mara.press(f"Rollback to v{number}")
    mara.sees("is on hold.")
