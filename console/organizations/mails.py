"""What is mailed about memberships, as plain text (no markup, so nothing to inject into)."""

from typing import TYPE_CHECKING

from django.core.mail import EmailMessage
from django.template.loader import render_to_string

if TYPE_CHECKING:
    from console.organizations.models import Invitation


def send_invitation(invitation: "Invitation", link: str) -> None:
    """Mail the link. A failure is logged by Django and loses nothing: the inviter was shown the link too."""
    context = {"invitation": invitation, "link": link}
    subject = " ".join(render_to_string("organizations/mail/invitation_subject.txt", context).split())
    body = render_to_string("organizations/mail/invitation.txt", context)
    EmailMessage(subject, body, to=[invitation.email]).send()
