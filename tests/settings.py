"""The console's own settings with what tests need otherwise: fast, silent, inside the process."""

import os

from console import settings as console_settings

globals().update({name: value for name, value in vars(console_settings).items() if name.isupper()})

INSTALLED_APPS = ["tests", *console_settings.INSTALLED_APPS]  # for the flush of tests/management
ALLOWED_HOSTS = [*console_settings.ALLOWED_HOSTS, "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # scrypt costs 50 ms per sign-in
WHITENOISE_AUTOREFRESH = True  # otherwise every test client reads the whole folder of static files first
ACCOUNT_RATE_LIMITS = False  # a test of the limits sets them itself
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "comparisons")
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Tasks run where they are sent, unless a test has started a real worker.
CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL") or "memory://"
CELERY_TASK_ALWAYS_EAGER = os.environ.get("SLIPWAY_TEST_EAGER", "true") == "true"
CELERY_TASK_EAGER_PROPAGATES = True
