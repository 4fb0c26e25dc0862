"""`manage.py carry_out`: the second process of a large bulk job; nobody but a worker starts it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from environments.bulk import carry_out_together
from environments.second_process import DONE, READY


class Command(BaseCommand):
    """Carries out the items of each line that it reads, and answers when they have ended."""

    help = "Carry out items of a bulk job, a line of ids at a time (started by a worker)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends with its input, and quietly when nobody hears the answer any more."""
        self._say(READY)
        for line in sys.stdin.buffer:
            carry_out_together([int(item_id) for item_id in line.split()])
            try:
                self._say(DONE)
            except BrokenPipeError:
                return

    def _say(self, word: bytes) -> None:
        sys.stdout.buffer.write(word)
        sys.stdout.buffer.flush()
