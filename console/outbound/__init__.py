"""Calls to addresses that people typed: parsed once, resolved once, connected to what was checked (T30, G28).

Every surface that calls out uses this room and nothing else: `look_up` reads an address and asks its name,
`require_allowed` judges what was found, `post` connects to exactly that. Nothing here knows of webhooks.
"""

from console.outbound.calling import Reply, post
from console.outbound.destinations import Allowance, Destination, look_up
from console.outbound.errors import UrlNotAllowed

__all__ = ["Allowance", "Destination", "Reply", "UrlNotAllowed", "look_up", "post"]
