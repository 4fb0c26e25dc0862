"""How allauth behaves here: nobody signs up by themselves, mails name our own host, limits are per network."""

from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import get_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from console.organizations.sealing import seal, unseal

LOCKED_SECONDS = 15 * 60  # the longest wait of the limit `login_failed` (G40)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """People join by an invitation or found the first organization; the public sign-up is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an invitation creates the account."""
        return False

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Not reachable while sign-up is closed."""
        raise PermissionError("Sign-up is closed.")

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of this console may follow a sign-in (T46)."""
        return (url or "").startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse with 429 after too many failures; the page tells the waiting time."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise ImmediateHttpResponse(_too_many(request)) from None

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures count per account and network, so that nobody can lock somebody else out from afar."""
        return f"{credentials.get('email', '').strip().lower()}|{get_ip(request)}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The mailed link; its host comes from the settings, never from the request (T39)."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return settings.PUBLIC_URL.rstrip("/") + path.replace("UID-KEY", quote(key))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Mail under the name and host of the settings."""
        site = SimpleNamespace(name="Slipway", domain=urlsplit(settings.PUBLIC_URL).netloc)
        super().send_mail(template_prefix, email, {**context, "current_site": site})

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """Tell a person that their sign-in changed; a changed second factor ends their other sessions (G16)."""
        if template_prefix.startswith("mfa/"):
            end_other_sessions(self.request, user)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Keeps the secrets of second factors encrypted; every key of the settings decrypts, the first encrypts."""

    def encrypt(self, text: str) -> str:
        """The secret as the database keeps it."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; a missing or wrong key is an error, never an empty secret (T33)."""
        return unseal(encrypted_text)


def _too_many(request: HttpRequest) -> Any:
    context = {
        "status": 429,
        "title": "Too many failed attempts",
        "detail": "From your network there were too many failed sign-ins for this account. Nothing was changed."
        " Wait 15 minutes and try again, or set a new password through the link on the sign-in page.",
        "request_id": getattr(request, "request_id", ""),
    }
    response = render(request, "refusal.html", context, status=429)
    response.headers["Retry-After"] = str(LOCKED_SECONDS)
    return response
