"""The pages of the organization and of the person, and the acts that belong to no agent."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from console.organizations.models import Organization
from console.organizations.policies import holder_of
from console.palette.entries import Entry
from console.palette.question import Question


def pages(nav: dict[str, Any]) -> list[Entry]:
    """The areas of the navigation, then one's own pages; what a role can never use is not among them."""
    areas = [
        Entry(
            label=item["label"],
            icon=item["icon"],
            url=item["url"],
            detail=_("Page"),
            keys=("g", item["go"]) if item.get("go") else (),
        )
        for item in nav["items"]
    ]
    own = [
        Entry(label=link["label"], icon=link["icon"], url=link["url"], detail=_("Your account"))
        for link in nav["user"]["links"]
    ]
    return [*areas, *own]


def comforts() -> list[Entry]:
    """What the page itself does."""
    return [
        Entry(label=_("Light or dark"), icon="moon", act="theme", words=_("toggle theme"), keys=("t",)),
        Entry(label=_("Keys"), icon="command", act="keys", words=_("help shortcuts keyboard"), keys=("?",)),
    ]


def organization_acts(organization: Organization, rights: frozenset[str], question: Question) -> Iterable[Entry]:
    """New agent, import, invite; who may not is told who may, when it was asked for in words."""
    slug = organization.slug
    acts = [
        (_("New agent"), "plus", reverse("agents:agent-create", args=[slug]), "create_agent", _("create add")),
        (_("Import an agent"), "upload", reverse("agents:agent-import", args=[slug]), "create_agent", _("file YAML")),
        (_("Invite"), "users", f"{reverse('members', args=[slug])}#invite", "manage_members", _("member person")),
    ]
    for label, icon, url, permission, words in acts:
        if not question.fits(label, words):
            continue
        if permission in rights:
            yield Entry(label=label, icon=icon, url=url, words=words)
        elif question.words:
            yield Entry(label=label, icon=icon, words=words, holder=holder_of(permission, organization))
