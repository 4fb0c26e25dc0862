"""Keeping a filtered list under a name: one's own comfort, so in no organization's log."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from console.organizations.errors import Conflict
from console.organizations.models import Organization, SavedView, User
from console.organizations.names import checked_name, refused
from console.organizations.saved_views import filters_of

NAME, QUERY, MANY = 60, 2000, 50


def save_view(person: User, organization: Organization, *, page: str, name: str, query: str) -> SavedView:
    """Keep the filters of a page under a name; an equal name of the same page is given the new filters.

    Refuses (`Invalid`) an unusable name, a page that keeps no views, filters that ask for nothing.
    """
    name, kept = _named(name), filters_of(query)
    if page not in SavedView.Page.values:
        raise refused("page", gettext("This page keeps no views."))
    if not kept:
        raise refused("query", gettext("Nothing is filtered, so there is nothing to keep."))
    if len(kept) > QUERY:
        raise refused("query", gettext("These filters are too long to be kept."))
    mine = SavedView.objects.filter(person=person, organization=organization, page=page)
    if mine.exclude(name=name).count() >= MANY:
        raise refused("name", gettext("There are %(many)s views here already. Delete one first.") % {"many": MANY})
    view, _ = SavedView.objects.update_or_create(
        person=person, organization=organization, page=page, name=name, defaults={"query": kept}
    )
    return view


def rename_view(view: SavedView, *, name: str) -> None:
    """Call it otherwise; `Conflict` when another view of the page has the name."""
    view.name = _named(name)
    try:
        with transaction.atomic():
            view.save(update_fields=["name"])
    except IntegrityError:
        raise Conflict(
            gettext("There is a view %(view_name)s already. Nothing was changed.") % {"view_name": view.name}
        ) from None


def delete_view(view: SavedView) -> None:
    """Forget it."""
    view.delete()


def _named(name: str) -> str:
    checked = checked_name(name)
    if len(checked) > NAME:
        raise refused(
            "name",
            gettext("The name has %(checked)s characters; %(name)s are allowed.")
            % {"checked": len(checked), "name": NAME},
        )
    return checked
