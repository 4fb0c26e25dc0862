"""What the members page shows: people, what each role can do, open invitations, gaps in the workflow."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet

from console.organizations.models import Membership, Organization
from console.organizations.policies import holder_of
from console.organizations.roles import PERMISSIONS, Role, permissions_of

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def members_of(organization: Organization) -> QuerySet[Membership]:
    """The members by name, each with whether they use a second factor, in one query."""
    factor = Authenticator.objects.filter(user=OuterRef("user"), type__in=SECOND_FACTORS)
    members = Membership.objects.filter(organization=organization).select_related("user")
    return members.annotate(second_factor=Exists(factor)).order_by("user__name", "pk")


def role_matrix(organization: Organization) -> list[dict[str, Any]]:
    """Every right in words, and which roles carry it under the rules of this organization."""
    held = {role: permissions_of(role, organization) for role in Role}
    return [
        {"words": words, "cells": [(role.label, code in held[role]) for role in Role]}
        for code, words in PERMISSIONS.items()
    ]


def workflow_gaps(organization: Organization) -> list[str]:
    """Steps of the way to Production that nobody here can take."""
    gaps = []
    if not holder_of("edit_draft", organization).people:
        gaps.append("Nobody can edit drafts yet: invite a Developer.")
    if not holder_of("mark_ready", organization).people:
        gaps.append("Nobody can mark agents ready yet: invite a QA tester.")
    return gaps
