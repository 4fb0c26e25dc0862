"""`python -m console.launcher.production_check`: Django's deployment check on production settings.

The secrets are made up for this one run; a warning counts as a failure.
"""

import os
import subprocess
import sys

from console.launcher.home import random_encryption_key, random_text
from console.launcher.stack import CHECKOUT


def main() -> int:
    """The exit code of `manage.py check --deploy`."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "SLIPWAY_ENVIRONMENT": "production",
        "SLIPWAY_SECRET_KEY": random_text(),
        "SLIPWAY_ENCRYPTION_KEY": random_encryption_key(),
        "SLIPWAY_ALLOWED_HOSTS": "slipway.example",
        "SLIPWAY_PUBLIC_URL": "https://slipway.example",
        "DATABASE_URL": "postgresql://slipway@127.0.0.1/slipway",  # `check` does not connect
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env={**os.environ, **settings}, cwd=CHECKOUT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
