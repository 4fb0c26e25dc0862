"""How allauth behaves here: nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """People join by an invitation or found the first organization; the public sign-up is closed."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an invitation creates the account."""
        return False

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        """Not reachable while sign-up is closed."""
        raise PermissionError("Sign-up is closed.")
