"""The console's Celery application with the waits between tries of a webhook shortened, for who cannot wait a day.

Nothing of the product knows of it: a worker is started with `-A tests.webhooks.hurried:app` instead of the console's
own application. How many tries there are, the order of their waits, leases and all else are as in an installation.
"""

import os

from console.celery import app as app
from console.webhooks import pacing

HURRY = float(os.environ.get("SLIPWAY_TEST_HURRY", "1"))  # so many times as fast as in an installation

pacing.WAITS = tuple(wait / HURRY for wait in pacing.WAITS)  # type: ignore[assignment]  # fractions of a second
