"""Mail through the outbox: what the console sends becomes a row in the sender's own transaction."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from console.organizations.models import OutgoingMail

SUBJECT_LENGTH = 300


class OutboxBackend(BaseEmailBackend):
    """Django's mail backend of the web process; `console.organizations.jobs` sends what it wrote."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the mails; they are sent after the commit, at least once."""
        rows = [
            OutgoingMail(
                to=message.recipients(),
                subject=" ".join(str(message.subject).split())[:SUBJECT_LENGTH],
                body=str(message.body),
                html=_html(message),
            )
            for message in email_messages
            if message.recipients()
        ]
        OutgoingMail.objects.bulk_create(rows)
        return len(rows)


def _html(message: EmailMessage) -> str:
    parts = message.alternatives if isinstance(message, EmailMultiAlternatives) else []
    return next((str(content) for content, kind in parts if kind == "text/html"), "")
