"""`manage.py bench`: measure what the goals put a figure on."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from console.benchmarks import auditing, boards, comparing, lifecycle, report
from console.benchmarks.measuring import Series
from console.benchmarks.people import found_crew
from console.benchmarks.sample import Amount


class Command(BaseCommand):
    """Measures in a database of its own, prints the table and writes it into docs/benchmarks.md on request."""

    help = "Measure the verbs, the lists and the audit log in a throw-away database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Sizes of the run."""
        parser.add_argument("--rounds", type=int, default=30, help="runs of each act")
        parser.add_argument("--agents", type=int, default=1_000, help="agents of the large organization")
        parser.add_argument("--versions", type=int, default=10_000, help="their versions")
        parser.add_argument("--events", type=int, default=100_000, help="audit events there")
        parser.add_argument("--only", choices=["boards"], help="leave everything else out")
        parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the database, measure, report, and remove the database whatever happens."""
        own_name = connection.settings_dict["NAME"]
        connection.settings_dict["TEST"]["NAME"] = f"slipway_bench_{os.getpid()}"
        settings.ALLOWED_HOSTS = ["localhost"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with tempfile.TemporaryDirectory() as folder:
                settings.CHECKPOINT_DIR = Path(folder)
                amount = Amount(options["agents"], options["versions"], options["events"])
                text = self._measure(options["rounds"], amount, options["only"])
        finally:
            connection.creation.destroy_test_db(own_name, verbosity=0)
        self.stdout.write(text)
        if options["write"]:
            (Path(settings.BASE_DIR) / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")

    def _measure(self, rounds: int, amount: Amount, only: str | None) -> str:
        series: list[Series] = []
        if only is None:
            crew = found_crew()
            series += lifecycle.measure(crew, rounds)
            series += comparing.measure(crew, rounds)
        few, many = boards.sampled("few", boards.FEW), boards.sampled("many", amount)
        series += boards.measure(few, many, amount, rounds)
        return report.as_markdown(series, auditing.measure_verify(many))
