"""`manage.py prepare`: what has to be true in the database before a process serves."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Applies migrations and makes the cache table; loads the demo organization when asked to."""

    requires_system_checks = []  # they cost more than all the rest, and every other command makes them
    help = "Bring the database to this release. Safe to repeat; run it once before each deployment."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo-url", help="load the demo organization, reachable at this address, once")

    def handle(self, *args: Any, **options: Any) -> None:
        """One process for all steps: each start of Django costs more than the steps themselves."""
        call_command("migrate", interactive=False, verbosity=1)
        call_command("createcachetable")
        if options["demo_url"]:
            call_command("demo", url=options["demo_url"])
