"""An address to call: read once by rules that leave nothing to interpretation, looked up once, then judged.

Two readers of one URL are a hole (Open WebUI CVE-2026-45400), so nobody else reads it: what is judged here are the
parts that `calling.post` connects with.
"""

import contextlib
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from threading import BoundedSemaphore, Thread

from console.outbound.errors import UrlNotAllowed
from console.outbound.networks import Network, address_in, is_in, is_public

LONGEST = 2000
LOOK_UP_SECONDS = 5.0
PORTS = frozenset({443, 8443})
USUAL = {"https": 443, "http": 80}
_VISIBLE = re.compile(r"[\x21-\x7e]+\Z")
_SHAPE = re.compile(r"(https?)://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?(/[^\s\\#]*|\?[^\s\\#]*)?\Z")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z")
_INSIDE_NAMES = ("localhost", "local", "localdomain", "internal", "intranet", "lan", "home.arpa", "corp", "home")

Resolver = Callable[[str, int], list[str]]
_asking = BoundedSemaphore(32)  # questions under way in this process


@dataclass(frozen=True)
class Allowance:
    """What an operator opened for one surface: hosts (`name` or `name:port`) and networks.

    An allowed host may be called by plain http and on any port (on its port, if it names one), wherever it is; an
    allowed network only lifts the rule that addresses are public.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    def opens(self, host: str, port: int) -> bool:
        """Whether the operator named this host, or this port of it."""
        return host in self.hosts or f"{host}:{port}" in self.hosts


@dataclass(frozen=True)
class Destination:
    """Where a call would go: the parts of the URL and the addresses of its host. `wrong` says why it is none."""

    url: str
    scheme: str = ""
    host: str = ""
    port: int = 0
    target: str = "/"
    addresses: tuple[str, ...] = ()
    wrong: str = ""

    @property
    def origin(self) -> str:
        """Scheme, host and port: who is talked to."""
        return f"{self.scheme}://{self.host}:{self.port}"

    @property
    def host_header(self) -> str:
        """The host as a request names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == USUAL[self.scheme] else f"{host}:{self.port}"

    def require_allowed(self, allowance: Allowance) -> None:
        """Refuse (`UrlNotAllowed`) what the console must never connect to; a name without address passes here."""
        why = self.wrong or (_why_not(self, allowance))
        if why:
            raise UrlNotAllowed(why)


def look_up(url: str, resolve: Resolver | None = None) -> Destination:
    """Read the URL and ask its name for addresses; never raises, says in `wrong` what is wrong.

    A network call of at most 5 s: not to be made inside a transaction (T51).
    """
    found = read(url)
    if found.wrong:
        return found
    if address_in(found.host):
        return _with_addresses(found, (found.host,))
    return _with_addresses(found, _asked(resolve or _resolve, found))


def read(url: str) -> Destination:
    """The parts of the URL, without asking anybody."""
    shape = _SHAPE.match(url) if len(url) <= LONGEST and _VISIBLE.match(url) else None
    if shape is None:
        return Destination(url[:LONGEST], wrong=_what_is_wrong(url))
    scheme, host, port = shape[1], shape[2].strip("[]").lower(), int(shape[3] or USUAL[shape[1]])
    target = shape[4] if (shape[4] or "").startswith("/") else f"/{shape[4] or ''}"
    wrong = "" if 0 < port < 65536 else "There is no such port."
    wrong = _wrong_host(host, is_bracketed=shape[2].startswith("[")) or wrong
    return Destination(url, scheme, host, port, target, wrong=wrong)


def _what_is_wrong(url: str) -> str:
    """The reason in words for a text that does not have our shape."""
    if len(url) > LONGEST:
        return f"An address has at most {LONGEST} characters."
    if not _VISIBLE.match(url):
        return "Write the address with plain ASCII characters and no spaces; a name of other letters in its xn-- form."
    scheme = url.partition(":")[0].lower()
    if not url.startswith(("https://", "http://")):
        return f"An address begins with https://, in small letters, not with {scheme[:20]!r}."
    if "@" in re.split(r"[/?#]", url.partition("://")[2])[0]:
        return "An address has no name or password in it."
    if "#" in url:
        return "An address has no part after #."
    return "This is not the address of a host: https://name/path, with digits after a colon for another port."


def _wrong_host(host: str, *, is_bracketed: bool) -> str:
    if is_bracketed or address_in(host):
        return "" if address_in(host) and is_bracketed == (":" in host) else "This is no network address."
    labels = host.split(".")
    if not all(_LABEL.match(label) for label in labels) or len(host) > 253:
        return "This is not the name of a host."
    if _NUMBER.match(labels[-1]):
        return "A network address is written as four decimal numbers, each without leading zeros."
    return ""


def _why_not(found: Destination, allowance: Allowance) -> str:
    if allowance.opens(found.host, found.port):
        return ""
    if found.scheme != "https":
        return "An address begins with https://: what is sent must not be read on the way."
    if found.port not in PORTS:
        return f"Port {found.port} is not called; ports 443 and 8443 are."
    in_networks = bool(found.addresses) and all(_allowed(text, allowance) for text in found.addresses)
    if not in_networks and _names_inside(found.host):
        return f"{found.host} is a name inside of a network, and only the public internet is called."
    if found.addresses and not all(_callable(text, allowance) for text in found.addresses):
        return f"{found.host} is not on the public internet, or not with every one of its addresses."
    return ""


def _names_inside(host: str) -> bool:
    is_name = address_in(host) is None
    return is_name and ("." not in host or any(host == name or host.endswith(f".{name}") for name in _INSIDE_NAMES))


def _allowed(text: str, allowance: Allowance) -> bool:
    address = address_in(text)
    return address is not None and is_in(address, allowance.networks)


def _callable(text: str, allowance: Allowance) -> bool:
    address = address_in(text)
    return address is not None and (is_public(address) or is_in(address, allowance.networks))


def _with_addresses(found: Destination, addresses: tuple[str, ...]) -> Destination:
    return Destination(found.url, found.scheme, found.host, found.port, found.target, addresses)


def _asked(resolve: Resolver, found: Destination) -> tuple[str, ...]:
    """The addresses of the name, none when nobody answers in time.

    In a thread, because the machine's resolver knows no limit; a daemon, so that one that hangs keeps no process alive.
    """
    answers: list[str] = []

    def ask() -> None:
        try:
            with contextlib.suppress(OSError, UnicodeError):
                answers.extend(resolve(found.host, found.port))
        finally:
            _asking.release()

    if not _asking.acquire(timeout=LOOK_UP_SECONDS):
        return ()
    asking = Thread(target=ask, name="look-up", daemon=True)
    asking.start()
    asking.join(LOOK_UP_SECONDS)
    return () if asking.is_alive() else tuple(answers)


def _resolve(host: str, port: int) -> list[str]:
    """The addresses of a name as the machine's resolver tells them, each once, in its order."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))
