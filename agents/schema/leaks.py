"""What does not belong into a configuration: keys and passwords, and addresses that an environment should set."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from agents.names import pointer
from agents.schema.texts import Problem, texts

_CREDENTIALS = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^\s/:@{}]{1,200}:[^\s/@{}]{1,200}@", re.IGNORECASE)
# Fixed counts: a text of two megabytes must be looked through in one pass.
_KEYS = re.compile(
    r"\b(?:sk-[A-Za-z0-9_-]{16}|sk_(?:live|test)_[A-Za-z0-9]{12}|gh[pousr]_[A-Za-z0-9]{20}"
    r"|xox[abprs]-[A-Za-z0-9-]{10}|AKIA[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{30}"
    r"|eyJ[A-Za-z0-9_-]{10,100}\.eyJ[A-Za-z0-9_-]{10})|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----"
)
# No key is without one of these. They are found in a quarter of the time, and a publish looks through megabytes.
_MARKS = (*(f"gh{kind}_" for kind in "pousr"), "sk-", "sk_", "xox", "AKIA", "AIza", "eyJ", "-----BEGIN ")
_SECRET_FIELD = re.compile(r"(secret|password|api[_-]?key|token|authorization)\Z", re.IGNORECASE)
_REFERENCE = re.compile(r"secrets://|.*(\{\{|\$\{)|(Bearer\s+)?(\{\{|\$\{|secrets://)|REDACTED", re.DOTALL)
_AUTH_REFERENCE = re.compile(r"secrets://\S{1,200}|.{0,40}(\{\{[^{}]{1,200}\}\}|\$\{[^{}]{1,200}\})")
_ADDRESS = re.compile(r"\b(?:https?|wss?)://[A-Za-z0-9][A-Za-z0-9.-]{0,252}[^\s\"'<>)\]]{0,200}")
# Schemas name dialects by address, and a description speaks to people.
_NOT_CALLED = re.compile(r"/(parameters|description|\$schema)(/|\Z)")


def leaks(config: Mapping[str, Any]) -> Iterable[Problem]:
    """Secrets in plain text, anywhere."""
    for where, text in texts(config):
        if "://" in text and (found := _CREDENTIALS.search(text)):
            message = _("An address with a password in it; use a secrets:// reference.")
            yield Problem("error", where, message, "secret", *found.span())
        elif any(mark in text for mark in _MARKS) and (found := _KEYS.search(text)):
            message = _("This looks like a key; use a secrets:// reference and renew the key.")
            yield Problem("error", where, message, "secret", *found.span())
        elif _SECRET_FIELD.search(where) and text and not _REFERENCE.match(text) and len(text) >= 8:
            yield Problem("warning", where, _("A secret in plain text? Use a secrets:// reference."), "secret")


def is_reference(text: str) -> bool:
    """Whether an `auth_ref` names a secret instead of being one; nothing at all names none."""
    return not text.strip() or bool(_AUTH_REFERENCE.fullmatch(text.strip()))


def literal_keys(config: Mapping[str, Any]) -> Iterable[Problem]:
    """Secrets in the place where one is to be named."""
    for section in ("tools", "integrations"):
        for slug, item in (config.get(section) or {}).items():
            if not is_reference(item.get("auth_ref") or ""):
                where = pointer(section, slug, "auth_ref")
                yield Problem(
                    "error", where, _("auth_ref must name a secret (secrets://name), never be one."), "secret"
                )


def literal_addresses(config: Mapping[str, Any]) -> Iterable[Problem]:
    """Addresses in the prompt and in what tools call: every environment would use the same one. Once per place."""
    for section in ("prompt", "tools"):
        for where, text in texts(config.get(section), f"/{section}"):
            found = None if _NOT_CALLED.search(where) else _ADDRESS.search(text)
            if found and not _CREDENTIALS.search(text):
                message = _("A literal address, the same in every environment; a {{variable}} lets each set its own.")
                yield Problem("warning", where, message, "address", *found.span())
