"""`manage.py audit_verify`: recompute the chains, name the first bad row, exit 1 when one is broken."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from audit.findings import Verification
from audit.verify import missing_guards, organizations_to_verify, verify
from console.organizations.models import Organization


class Command(BaseCommand):
    """Checks every chain, or one organization's, against itself and its checkpoints."""

    help = "Recompute the audit chains and hold them against the checkpoints; exit 1 if something is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One option: the organization."""
        parser.add_argument("--organization", metavar="SLUG", help="only this organization")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one block per chain; fail at the end so that every chain is looked at."""
        names = dict(Organization.objects.values_list("pk", "slug"))
        results = [self._check(pk, names) for pk in _chosen(options["organization"])]
        guards = missing_guards()
        for name in guards:
            self.stdout.write(self.style.ERROR(f"The trigger {name} is gone or switched off: rows can be changed."))
        red = sum(not result.ok for result in results)
        if red or guards:
            raise CommandError(f"RED: {red} of {len(results)} chains are broken. docs/audit.md says what to do.")
        self.stdout.write(self.style.SUCCESS(f"Green: {len(results)} chains are sound."))

    def _check(self, organization_id: UUID, names: dict[UUID, str]) -> Verification:
        result = verify(organization_id)
        name = names.get(organization_id, f"{organization_id} (not in the database)")
        self.stdout.write(f"{name}: {'sound' if result.ok else 'BROKEN'}, {result.checked:,} rows checked")
        if bad := result.first_bad:
            self.stdout.write(self.style.ERROR(f"  first bad row {bad.sequence}: {bad.what}"))
        for finding in result.findings:
            if finding is not bad:
                self.stdout.write(f"  {finding.place}: {finding.what}")
        if result.problems > len(result.findings):
            self.stdout.write(f"  and {result.problems - len(result.findings):,} further problems")
        self.stdout.write(f"  {_window(result)}")
        if result.late_lines:
            self.stdout.write(f"  {result.late_lines} checkpoint lines were written later than their checkpoint")
        return result


def _chosen(slug: str | None) -> list[UUID]:
    if slug is None:
        return organizations_to_verify()
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise CommandError(f"There is no organization {slug!r}.")
    return [organization.pk]


def _window(result: Verification) -> str:
    if not result.uncovered:
        return "every row is covered by the checkpoint file"
    first, last = result.covered_to + 1, result.checked
    return f"rows {first} to {last} (since {result.uncovered_since}) are not covered by the checkpoint file yet"
