"""Webhooks: the lifecycle of releases told to addresses of the organization (ux.md S25, docs/webhooks.md)."""
