"""Telling people what happened: rows and mails written by the verb, in its transaction, set by set.

A mail leaves after the commit, from the outbox. What a person switched off is not written for that channel.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import BooleanField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.template.loader import render_to_string
from django.urls import reverse

from agents.models import Agent, Version
from console.organizations.actor import Actor
from console.organizations.compiled import compiled
from console.organizations.models import Notification, NotificationSwitch, User
from environments.facts import LIVE, Facts
from environments.models import Deployment, Release, SignOff
from environments.recipients import holders_of_news, recipients
from environments.sentences import sentence_of

Event = Notification.Event


@dataclass(frozen=True, kw_only=True)
class News:
    """One thing that happened to one version. `names` are the words that its sentence speaks with."""

    event: str
    version: Version
    at: datetime
    path: str
    names: dict[str, Any]
    said: str = ""


def tell_of_move(move: Deployment, actor: Actor, facts: Facts, *, was: str = "") -> None:
    """Tell of a pin that moved. `was`: the state in which the former version was before the move."""
    path = _address("environments:release", move.agent, move.pk)
    names = {"by": move.by.name, "environment": move.environment.name, "version": move.version.number}
    version, event = move.version, Event.PUSHED if move.environment.is_production else Event.PROMOTED
    if move.action == Deployment.Action.ROLLBACK and move.from_version:
        event, version = Event.ROLLED_BACK, move.from_version
        names |= {"version": version.number, "back_to": move.version.number}
    elif move.break_glass:
        event = Event.GLASS_BROKEN
    elif event == Event.PROMOTED:
        path = _address("environments:decide", move.agent)
    news = [News(event=event, version=version, at=move.at, path=path, names=names, said=move.note)]
    if was == Release.State.READY and move.from_version and not _is_ready(move.from_version):
        news.append(_replaced(move, move.from_version))
    _tell(move.agent, actor, news, facts)


def tell_of_decision(sign_off: SignOff, actor: Actor) -> None:
    """Tell of a decision of QA, or of an approval that ended."""
    event = _DECISIONS.get(SignOff.Decision(sign_off.decision))
    if event is None:
        return
    agent, number = sign_off.agent, sign_off.version.number
    path = _address(_PAGES[event], agent, *([number] if event == Event.CHANGES_REQUESTED else []))
    by = sign_off.by.name if sign_off.by else ""
    names = {"by": by, "environment": sign_off.environment.name, "version": number}
    news = News(event=event, version=sign_off.version, at=sign_off.at, path=path, names=names, said=sign_off.note)
    _tell(agent, actor, [news], LIVE)


_DECISIONS = {
    SignOff.Decision.READY: Event.READY,
    SignOff.Decision.CHANGES_REQUESTED: Event.CHANGES_REQUESTED,
    SignOff.Decision.REVOKED: Event.APPROVAL_STALE,
    SignOff.Decision.EXPIRED: Event.APPROVAL_STALE,
}
_PAGES = {
    Event.READY: "environments:push",
    Event.CHANGES_REQUESTED: "environments:version",
    Event.APPROVAL_STALE: "environments:decide",
}


def _is_ready(version: Version) -> bool:
    """Whether it is still signed off: it may have left an earlier environment only."""
    return Release.objects.filter(version=version, state=Release.State.READY).exists()


def _replaced(move: Deployment, former: Version) -> News:
    """The approval of a READY version ended because another one took its place."""
    return News(
        event=Event.APPROVAL_STALE,
        version=former,
        at=move.at,
        path=_address("environments:decide", move.agent),
        names={"by": "", "environment": move.environment.name, "version": former.number},
        said=f"{move.environment.name} serves v{move.version.number} now.",
    )


def _tell(agent: Agent, actor: Actor, news: Sequence[News], facts: Facts) -> None:
    held = holders_of_news(agent, [one.event for one in news])
    rows, mails = [], []
    for one in news:
        people = recipients(one.event, agent, one.version, held, facts) - ({actor.user.pk} if actor.user else set())
        for person in with_switches(people, one.event):
            row = _notification(agent, person, one)
            if person.wants_console:
                rows.append(row)
            if person.wants_mail:
                mails.append(mail_of(row, person.email))
    Notification.objects.bulk_create(rows)
    if mails:
        get_connection().send_messages(mails)


def with_switches(people: set[UUID], event: str) -> Any:
    """The people with what they want to hear of this event, in one query."""
    return _with_switches(list(people), str(event)) if people else []


@compiled
def _with_switches(people: list[UUID], event: str) -> QuerySet[Any]:
    switches = NotificationSwitch.objects.filter(user=OuterRef("pk"), event=event)
    return (
        User.objects.filter(pk__any=people)
        .only("email")
        .annotate(wants_console=_wanted(switches, "console"), wants_mail=_wanted(switches, "mail"))
    )


def _wanted(switches: Any, channel: str) -> Coalesce:
    return Coalesce(Subquery(switches.values(channel)[:1]), Value(True), output_field=BooleanField())


def _notification(agent: Agent, person: User, news: News) -> Notification:
    return Notification(
        organization=agent.organization,
        user=person,
        event=news.event,
        agent_id=agent.pk,
        data={**news.names, "agent": agent.name},
        said=news.said,
        path=news.path,
        at=news.at,
    )


def mail_of(row: Notification, address: str) -> EmailMessage:
    """The mail of a notification, as the console words it."""
    here = settings.PUBLIC_URL.rstrip("/")
    context = {
        "sentence": sentence_of(row),
        "said": row.said,
        "organization": row.organization.name,
        "link": f"{here}{row.path}",
        "switches": f"{here}{reverse('notification_switches')}",
    }
    subject = f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{context['sentence']}"
    return EmailMessage(subject, render_to_string("environments/mail/notice.txt", context), to=[address])


def _address(name: str, agent: Agent, *more: object) -> str:
    return reverse(name, args=[agent.organization.slug, agent.slug, *more])
