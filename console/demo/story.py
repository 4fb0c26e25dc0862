"""Telling the story: every step at its time, in order, by the right person, through the verbs alone.

Every step leaves exactly one audit event, also a refused one. So the length of the chain says how far a load
came that was killed, and the next one goes on from there.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F
from django.test import override_settings

from audit.clock import database_time, shifted_by
from audit.models import ChainHead
from console.demo import credentials
from console.demo.folders import HERE, Folder, folders, read_steps
from console.demo.keys import make_keys
from console.demo.moments import moment
from console.demo.people import BY_KEY, FOUNDER, ORGANIZATION_NAME, ORGANIZATION_SLUG, RULES, new_credentials
from console.demo.steps import ACTS, Scene
from console.founding import Charter, Founder, set_up
from console.organizations.actor import SYSTEM, Actor
from console.organizations.errors import Refusal
from console.organizations.models import Installation, Notification, Organization, User

FOUNDED = "110 08:30"
SYSTEM_KEY = "slipway"  # `by` of what the console did by itself
DAYS_UNREAD = 14
FOUNDING_EVENTS = 2  # the pipeline and the organization


@dataclass(frozen=True)
class Step:
    """One thing that somebody did, and when."""

    at: datetime
    folder: Folder | None
    told: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.folder.slug if self.folder else ORGANIZATION_SLUG}: {dict(self.told)}"


def load_demo(url: str) -> bool:
    """Found the demo organization and tell its story, once; whether anything was to do.

    Does nothing on a console that anybody has set up. Goes on where a killed load stopped.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext('slipway_demo'))")
        try:
            if not Installation.objects.exists():
                credentials.begin(new_credentials(url))
            elif not Organization.objects.filter(slug=ORGANIZATION_SLUG).exists():
                credentials.forget()  # a load that was killed before it founded anything; somebody else did meanwhile
            written = credentials.begun()
            if written is None:
                return False
            passwords = {user["email"]: user["password"] for user in written["users"]}
            # The people of the demo do not exist outside of it: nothing is mailed to them.
            with override_settings(EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"):
                _tell(passwords)
                make_keys(written)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('slipway_demo'))")
    credentials.finish()
    return True


def steps_seen_from(now: datetime) -> list[Step]:
    """The whole story in the order in which it happened."""
    told: list[tuple[Folder | None, list[dict[str, Any]]]] = [(None, read_steps(HERE / "organization.yaml"))]
    told += [(folder, folder.steps()) for folder in folders()]
    found = [
        Step(moment(step["at"], now, grain=f"{folder and folder.slug} {number}"), folder, step)
        for folder, steps in told
        for number, step in enumerate(steps)
    ]
    return sorted(found, key=lambda step: step.at)


def _tell(passwords: Mapping[str, str]) -> None:
    organization = Organization.objects.filter(slug=ORGANIZATION_SLUG).first()
    opened = Installation.objects.values_list("opened_at", flat=True).first() or database_time()
    if organization is None:
        organization = _found(passwords, opened)
    done = ChainHead.objects.get(organization=organization).sequence - FOUNDING_EVENTS
    people = {user.email: user for user in User.objects.filter(memberships__organization=organization)}
    for step in steps_seen_from(opened)[done:]:
        with shifted_by(step.at - database_time()):
            _act(step, organization, people, passwords)
    # Everybody looked at what they were told, but for the last days.
    told = Notification.objects.filter(organization=organization, at__lt=opened - timedelta(days=DAYS_UNREAD))
    told.unread().update(read_at=F("at"))


def _found(passwords: Mapping[str, str], now: datetime) -> Organization:
    charter = Charter(slug=ORGANIZATION_SLUG, name=ORGANIZATION_NAME, rules=RULES)
    founder = Founder(email=FOUNDER.email, name=FOUNDER.name, password=passwords[FOUNDER.email])
    with shifted_by(moment(FOUNDED, now, grain="founded") - database_time()):
        return set_up(charter, actor=Actor(user=None, door="page", address=FOUNDER.address), founder=founder)


def _act(step: Step, organization: Organization, people: dict[str, User], passwords: Mapping[str, str]) -> None:
    told, actor = step.told, SYSTEM
    if told["by"] != SYSTEM_KEY:
        person = BY_KEY[told["by"]]
        if told["do"] == "join":
            told = {**told, "email": person.email, "name": person.name}
            actor = Actor(user=None, door="page", address=person.address)
        else:
            user = people.get(person.email) or User.objects.get(email=person.email)
            people[person.email] = user
            actor = Actor(user=user, door="page", address=person.address)
    scene = Scene(organization=organization, actor=actor, folder=step.folder, told=told, passwords=passwords)
    with _refused(step) if "refused" in told else nullcontext():
        ACTS[told["do"]](scene)


class _refused:
    """Lets pass exactly the refusal that the story tells of."""

    def __init__(self, step: Step) -> None:
        self.step = step

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, refusal: object, trace: object) -> bool:
        if refusal is None:
            raise LookupError(f"not refused: {self.step}")
        return isinstance(refusal, Refusal) and refusal.code == self.step.told["refused"]
