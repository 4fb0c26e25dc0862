"""Standard Webhooks: secrets, and the signature over id, time and body (standardwebhooks.com, T35).

No library: the whole of it are these lines, and they are tested against the published example of the standard.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime

from console.organizations.sealing import unseal
from console.webhooks.models import Webhook, is_signed_by_both

PREFIX = "whsec_"
BYTES = 32


def new_secret() -> str:
    """A secret nobody can guess, as receivers' libraries take it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()


def signature(secret: str, name: str, timestamp: int, body: str) -> str:
    """`v1,` and the HMAC-SHA256 in base64."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{name}.{timestamp}.{body}".encode()
    return f"v1,{base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()}"


def signatures(webhook: Webhook, name: str, at: datetime, body: str) -> str:
    """The header `webhook-signature`: by the secret, and during a rotation by the former one too.

    Raises `InvalidToken` when no encryption key of the installation opens the secret (T33).
    """
    sealed = [webhook.secret, *([webhook.former_secret] if is_signed_by_both(webhook, at) else [])]
    return " ".join(signature(unseal(one), name, int(at.timestamp()), body) for one in sealed)
