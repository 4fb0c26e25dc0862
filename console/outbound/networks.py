"""Which network addresses belong to the public internet. Everything else is somebody's inside.

Written as a list of what is refused and not by `ipaddress.is_global` alone, because that follows the Python
release: a machine with an older one would reach what a newer one refuses. Sources: the IANA special-purpose registries
of IPv4 and IPv6 addresses, RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo), and the clouds' own addresses.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_INSIDE_4 = [
    "0.0.0.0/8",  # this host
    "10.0.0.0/8",
    "100.64.0.0/10",  # carriers' NAT; Alibaba's metadata is in it
    "127.0.0.0/8",
    "168.63.129.16/32",  # Azure's host agent: a public number with an inside meaning
    "169.254.0.0/16",  # link-local; the metadata of most clouds
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, and broadcast
]
# Of IPv6 only global unicast is called, and nothing in it that carries another address or is not routed.
_OUTSIDE_6 = ip_network("2000::/3")
_INSIDE_6 = [
    "2001::/23",  # Teredo, ORCHID, benchmarking and other protocol assignments
    "2001:db8::/32",
    "2002::/16",  # 6to4: an IPv4 address in disguise
    "3fff::/20",
    "5f00::/16",
]
INSIDE: list[Network] = [ip_network(text) for text in (*_INSIDE_4, *_INSIDE_6)]


def is_public(address: Address) -> bool:
    """Whether the address is somebody's on the public internet; mapped and embedded ones never are."""
    if isinstance(address, IPv6Address) and (address not in _OUTSIDE_6 or address.scope_id):
        return False
    return address.is_global and not is_in(address, INSIDE)


def is_in(address: Address, networks: Iterable[Network]) -> bool:
    """Whether one of the networks has the address."""
    return any(address.version == network.version and address in network for network in networks)


def address_in(text: str) -> Address | None:
    """The address that the text spells in its canonical form; None for a name and for every odd spelling."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found if isinstance(found, IPv6Address) or str(found) == text else None
