"""What the operator opened for webhooks (docs/operations.md)."""

from django.conf import settings

from console.outbound import Allowance


def allowance() -> Allowance:
    """Of `SLIPWAY_WEBHOOK_ALLOW_HOSTS` and `SLIPWAY_WEBHOOK_ALLOW_NETWORKS`; both are empty unless set."""
    hosts = frozenset(host.lower() for host in settings.WEBHOOK_ALLOW_HOSTS)
    return Allowance(hosts, tuple(settings.WEBHOOK_ALLOW_NETWORKS))
