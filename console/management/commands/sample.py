"""`manage.py sample`: an organization with thousands of agents, to look at and to measure."""

import time
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.crypto import get_random_string

from audit.clock import shifted_by
from console.benchmarks.people import found_crew
from console.benchmarks.sample import Amount, fill_organization
from console.organizations.models import Membership, Organization

FURTHER = [("developer-two", "developer"), ("developer-three", "developer"), ("qa-two", "qa"), ("auditor", "auditor")]


class Command(BaseCommand):
    """Founds an organization of its own and writes many agents with a past into it; nothing else is touched."""

    help = "Fill a new organization with sample agents, versions and audit events. Not for a console in use."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much, and where."""
        parser.add_argument("--organization", default="sample", help="slug of the organization to found")
        parser.add_argument("--agents", type=int, default=1_000)
        parser.add_argument("--versions", type=int, default=10_000)
        parser.add_argument("--events", type=int, default=100_000)
        parser.add_argument("--days", type=int, default=25, help="how far back the past reaches")

    def handle(self, *args: Any, **options: Any) -> None:
        """Found, fill, and say how to sign in."""
        slug, days = options["organization"], options["days"]
        if Organization.objects.filter(slug=slug).exists():
            raise CommandError(f"There is an organization {slug} already; give another --organization.")
        began = time.perf_counter()
        with shifted_by(-timedelta(days=days)):
            crew = found_crew(slug, further=FURTHER)
        amount = Amount(options["agents"], options["versions"], options["events"])
        fill_organization(crew.organization, amount, days=days)
        self.stdout.write(f"Filled {slug} in {time.perf_counter() - began:.0f} s.")
        for member in Membership.objects.filter(organization=crew.organization).select_related("user"):
            password = get_random_string(16)
            member.user.set_password(password)
            member.user.save(update_fields=["password"])
            self.stdout.write(f"{', '.join(role.label for role in member.role_list)}: {member.user.email} {password}")
