"""Settings, read from the environment only; a bad value stops the start and names the setting.

Where `SLIPWAY_ENVIRONMENT` is `production` (the default) the checks at the end refuse whatever
would be unsafe. `make run` and the tests say `local` and bring their own random secrets.
"""

import base64
import binascii
import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent


def text(name: str, default: str = "") -> str:
    """The value of a setting, or of the file that `<NAME>_FILE` names."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default).strip()


def flag(name: str, *, default: bool) -> bool:
    """A yes/no setting; anything but true, false, 1, 0 is refused."""
    value = text(name).lower()
    if value in {"", "true", "false", "1", "0"}:
        return default if value == "" else value in {"true", "1"}
    raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")


def number(name: str, default: int) -> int:
    """A whole number of zero or more."""
    value = text(name)
    if value and not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value or default)


def names(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty entries."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def database(url: str) -> dict[str, object]:
    """Django's database settings of a postgresql:// address; any other engine is refused (ADR 003)."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql://; only PostgreSQL has the row locks.")
    query = dict(item.split("=", 1) for item in parts.query.split("&") if "=" in item)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # A database that takes the connection and then says nothing is given up after 5 s (G31).
        "OPTIONS": {
            "options": "-c statement_timeout=30s -c lock_timeout=15s -c timezone=UTC",
            "connect_timeout": 5,
            # Only statements that always have the same text are prepared (ADR 018); a pooler may know none.
            "prepare_threshold": 0 if flag("SLIPWAY_PREPARED_STATEMENTS", default=True) else None,
        },
    }


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """A comma-separated list of networks, each as address/bits."""
    try:
        return [ip_network(item) for item in names(name)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must list networks such as 10.20.0.0/16: {error}.") from None


PRODUCTION = text("SLIPWAY_ENVIRONMENT", "production") != "local"
DEBUG = flag("SLIPWAY_DEBUG", default=False)
SLIPWAY_HOME = Path(text("SLIPWAY_HOME", str(BASE_DIR / ".slipway")))
SECRET_KEY = text("SLIPWAY_SECRET_KEY") or ("" if PRODUCTION else get_random_secret_key())
SECRET_KEY_FALLBACKS = names("SLIPWAY_SECRET_KEY_FALLBACKS")
ENCRYPTION_KEYS = names("SLIPWAY_ENCRYPTION_KEY")  # newest first; the older ones still decrypt
ALLOWED_HOSTS = names("SLIPWAY_ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
PUBLIC_URL = text("SLIPWAY_PUBLIC_URL", "http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL.startswith("https://") else []
MAINTENANCE = text("SLIPWAY_MAINTENANCE")  # what people read while every page answers 503; empty: the console is open
CHECKPOINT_KEY = text("SLIPWAY_CHECKPOINT_KEY")  # signs audit checkpoints; empty: derived from the secret key
CHECKPOINT_DIR = Path(text("SLIPWAY_CHECKPOINT_DIR", str(SLIPWAY_HOME / "checkpoints")))

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_fsm",
    "django_htmx",
    "ninja",
    "guardian",
    "simple_history",
    "template_partials",
    "console",
    "console.organizations",
    "audit",
    "agents",
    "environments",
    "console.webhooks",
]

MIDDLEWARE = [
    "console.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "console.middleware.not_kept",
    "console.middleware.closed_for_work",
    "csp.middleware.CSPMiddleware",
    "console.middleware.own_sessions",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "console.api.frame.ApiFrame",  # keys, limits, idempotency and errors of everything below /api/
    "console.middleware.readers_times",
    "console.middleware.SignedIn",  # a new route is closed unless it says otherwise
    "django.contrib.messages.middleware.MessageMiddleware",
    "console.middleware.paced",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "console.middleware.activity",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "console.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.context.page",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

DATABASES = {"default": database(text("DATABASE_URL", "postgresql:///slipway"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        # Rate limits must count over all processes, so the cache is shared: a table, not a process' memory.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "console_cache",
        # Culling drops entries at random, and with them counted failures: never before this many.
        "OPTIONS": {"MAX_ENTRIES": 200_000},
    },
    # Differences of large documents, packed; a table of its own, so that they never push out a counted failure.
    "comparisons": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "console_comparisons",
        "TIMEOUT": 7 * 24 * 60 * 60,
        "OPTIONS": {"MAX_ENTRIES": 2_000},
    },
}

# People and rights
AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = [
    "console.organizations.sessions.Accounts",
    "guardian.backends.ObjectPermissionBackend",
]
GUARDIAN_ANONYMOUS_USER_NAME = None
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "console.organizations.adapter.AccountAdapter"
MFA_ADAPTER = "console.organizations.adapter.SecondFactorAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proven by the invitation link sent to it
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
USERSESSIONS_TRACK_ACTIVITY = True  # shown on the page of sessions; kept by console.middleware.activity
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Slipway] "
ACCOUNT_EMAIL_NOTIFICATIONS = True  # people are told when their password or second factor changed (T38)
ACCOUNT_RATE_LIMITS = {"login_failed": "100/15m/ip,10/15m/key", "login": "60/m/ip"}  # key: account and network
MFA_TOTP_ISSUER = "Slipway"
MFA_TOTP_TOLERANCE = 1  # one step of 30 s for clocks that differ (RFC 6238 section 5.2)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60

# Browser safety
SESSION_ENGINE = "console.organizations.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "console.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
X_FRAME_OPTIONS = "DENY"
if flag("SLIPWAY_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # the proxy's last entry of X-Forwarded-For is the browser's network
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", NONCE],  # only pages with the code editor carry one: it writes its own style sheet
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 17 * 1024 * 1024  # an import is 16 MiB at most; verbs have tighter limits
FILE_UPLOAD_MAX_MEMORY_SIZE = 17 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# API
FORMS_PER_MINUTE = number("SLIPWAY_FORMS_PER_MINUTE", 240)  # of one person, through the pages
API_CALLS_PER_MINUTE = number("SLIPWAY_API_CALLS_PER_MINUTE", 1200)  # of one key or session
SERVING_MEMORY = number("SLIPWAY_SERVING_MEMORY_MB", 64) * 1024 * 1024  # of each web process, for configurations
NINJA_PAGINATION_PER_PAGE = 50

# Pages
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # only what has a catalogue: half a language would mix two on one page
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
QUEUE_COUNT_SECONDS = 60  # how long a process keeps what waits for somebody while nothing happens
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Mail and work behind the pages
EMAIL_BACKEND = "console.organizations.outbox.OutboxBackend"
MAIL_TRANSPORT = text("SLIPWAY_EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = text("SLIPWAY_EMAIL_HOST", "localhost")
EMAIL_PORT = number("SLIPWAY_EMAIL_PORT", 25)
EMAIL_HOST_USER = text("SLIPWAY_EMAIL_USER")
EMAIL_HOST_PASSWORD = text("SLIPWAY_EMAIL_PASSWORD")
EMAIL_USE_TLS = flag("SLIPWAY_EMAIL_TLS", default=False)
EMAIL_TIMEOUT = 10  # seconds; a mail server that hangs must not hold a request
DEFAULT_FROM_EMAIL = text("SLIPWAY_EMAIL_FROM", "slipway@localhost")
CELERY_BROKER_URL = text("CELERY_BROKER_URL", "redis://127.0.0.1:6379/0")

# What webhooks may call besides the public internet by https: hosts (name or name:port, also by http) and networks.
WEBHOOK_ALLOW_HOSTS = names("SLIPWAY_WEBHOOK_ALLOW_HOSTS")
WEBHOOK_ALLOW_NETWORKS = networks("SLIPWAY_WEBHOOK_ALLOW_NETWORKS")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": text("SLIPWAY_LOG_LEVEL", "INFO")},
}


def _is_encryption_key(value: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(value)) == 32
    except (binascii.Error, ValueError):
        return False


def _refuse_unsafe_production() -> None:
    """Production does not start with a setting that would be unsafe (T42); the message names it."""
    if DEBUG:
        raise ImproperlyConfigured("SLIPWAY_DEBUG must be false in production.")
    if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10 or "insecure" in SECRET_KEY or "change" in SECRET_KEY:
        raise ImproperlyConfigured("SLIPWAY_SECRET_KEY must be a random value of at least 50 characters.")
    if not ALLOWED_HOSTS or any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS):
        raise ImproperlyConfigured("SLIPWAY_ALLOWED_HOSTS must list the host names, without wildcards.")
    if not text("SLIPWAY_PUBLIC_URL").startswith("https://"):
        raise ImproperlyConfigured("SLIPWAY_PUBLIC_URL must be the console's own https:// address; mails link to it.")
    if not ENCRYPTION_KEYS or not all(_is_encryption_key(key) for key in ENCRYPTION_KEYS):
        raise ImproperlyConfigured("SLIPWAY_ENCRYPTION_KEY must be set: 32 random bytes, URL-safe base64.")


if PRODUCTION:
    _refuse_unsafe_production()
