"""`manage.py demo`: the demo organization, loaded once."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from console.demo.credentials import correct_url
from console.demo.story import load_demo


class Command(BaseCommand):
    """Founds the demo organization on an empty console; later calls only correct the address it is found at."""

    requires_system_checks = []  # they cost more than a call that has nothing to do
    help = "Load the demo organization into an empty console. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        """One option: the address."""
        parser.add_argument("--url", default=settings.PUBLIC_URL, help="where the console is reached")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was done."""
        if load_demo(options["url"]):
            self.stdout.write("The demo organization is loaded; its passwords are in demo-credentials.json.")
        elif correct_url(options["url"]):
            self.stdout.write("The address in demo-credentials.json is corrected.")
        else:
            self.stdout.write("Nothing to do: this console is set up.")
