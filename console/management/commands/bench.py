"""`manage.py bench`: measure what the goals put a figure on."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from console.benchmarks import auditing, autosaving, boards, bulk, comparing, lifecycle, own_statements, report, serving
from console.benchmarks.measuring import Series
from console.benchmarks.own_statements import Against
from console.benchmarks.people import Crew, crew_of, found_crew
from console.benchmarks.sample import Amount, amount_of

PARTS = ["verbs", "statements", "boards", "bulk", "serving"]


class Command(BaseCommand):
    """Measures in a database of its own or looks at a sample; prints the table and writes it into docs/ on request."""

    help = "Measure the verbs, the lists and the audit log in a throw-away database, or the pages of a sample."

    def add_arguments(self, parser: CommandParser) -> None:
        """Sizes of the run."""
        parser.add_argument("--rounds", type=int, default=30, help="runs of each act")
        parser.add_argument("--agents", type=int, default=1_000, help="agents of the large organization")
        parser.add_argument("--versions", type=int, default=10_000, help="their versions")
        parser.add_argument("--events", type=int, default=100_000, help="audit events there")
        parser.add_argument("--bulk", type=int, nargs="+", default=[1_000], help="agents of each bulk promotion")
        parser.add_argument(
            "--only", choices=["verbs", "statements", "boards", "bulk", "serving"], help="leave everything else out"
        )
        parser.add_argument("--of", metavar="SLUG", help="only the pages of an organization that `sample` has filled")
        parser.add_argument("--write", action="store_true", help="write the pages in docs/")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure what was asked for, print it, and write it where that is wanted."""
        if options["write"] and options["only"] in ("verbs", "statements", "boards"):
            raise CommandError("docs/benchmarks.md is written whole: leave --only away, or --write.")
        settings.ALLOWED_HOSTS = ["localhost"]
        texts = self._of_sample(options["of"], options["rounds"]) if options["of"] else self._apart(options)
        for name, text in texts.items():
            self.stdout.write(text)
            if options["write"]:
                (Path(settings.BASE_DIR) / "docs" / name).write_text(text, encoding="utf-8")

    def _of_sample(self, slug: str, rounds: int) -> dict[str, str]:
        """The pages of an organization that is there; they are only looked at."""
        crew = crew_of(slug)
        amount = amount_of(crew.organization)
        series = boards.measure(crew, amount, rounds)
        return {"benchmarks-large.md": report.of_sample(series, auditing.measure_verify(crew), amount)}

    def _apart(self, options: dict[str, Any]) -> dict[str, str]:
        """Make a database, measure in it, and remove it whatever happens."""
        own_name = connection.settings_dict["NAME"]
        connection.settings_dict["TEST"]["NAME"] = f"slipway_bench_{os.getpid()}"
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with tempfile.TemporaryDirectory() as folder:
                settings.CHECKPOINT_DIR = Path(folder)
                amount = Amount(options["agents"], options["versions"], options["events"])
                texts = self._texts(options["rounds"], amount, options["only"])
                if options["only"] in (None, "bulk"):
                    texts["benchmarks-bulk.md"] = report.of_bulk(
                        [bulk.measure(found_crew(f"fleet-{agents}"), agents) for agents in options["bulk"]]
                    )
        finally:
            connection.creation.destroy_test_db(own_name, verbosity=0)
        return texts

    def _texts(self, rounds: int, amount: Amount, only: str | None) -> dict[str, str]:
        """The pages of docs/ that these measurements make."""
        texts: dict[str, str] = {}
        if only == "bulk":
            return texts
        crew = found_crew() if only != "boards" else None
        if only == "statements" and crew is not None:
            return {"benchmarks.md": report.as_markdown([], own_statements.measure(crew, rounds))}
        if only == "verbs" and crew is not None:
            against = own_statements.measure(crew, rounds)
            return {"benchmarks.md": report.as_markdown(self._verbs(crew, rounds), against)}
        if only != "serving":
            texts["benchmarks.md"] = self._measure(crew, rounds, amount)
        if crew is not None:
            texts["benchmarks-serving.md"] = report.of_serving(*serving.measure(crew))
        return texts

    def _verbs(self, crew: Crew, rounds: int) -> list[Series]:
        return [*lifecycle.measure(crew, rounds), *autosaving.measure(crew, rounds)]

    def _measure(self, crew: Crew | None, rounds: int, amount: Amount) -> str:
        series: list[Series] = []
        against: list[Against] = []
        if crew is not None:
            series += self._verbs(crew, rounds)
            series += comparing.measure(crew, rounds)
            against = own_statements.measure(crew, rounds)
        few, many = boards.sampled("few", boards.FEW), boards.sampled("many", amount)
        series += [*boards.measure(few, boards.FEW, rounds), *boards.measure(many, amount, rounds)]
        return report.as_markdown(series, against, auditing.measure_verify(many))
