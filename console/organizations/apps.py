"""The Django app of people, organizations and rights."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class OrganizationsConfig(AppConfig):
    """People, organizations and rights."""

    name = "console.organizations"
    label = "organizations"
    verbose_name = "Organizations"

    def ready(self) -> None:
        """Django's own hook after migrations: a release that adds a permission gives it to existing organizations."""
        post_migrate.connect(_give_new_permissions, dispatch_uid="organizations.give_new_permissions")


def _give_new_permissions(app_config: AppConfig, **_: Any) -> None:
    """Make the role groups of every organization equal to the role table, once all permissions exist."""
    if app_config.label != "environments":  # the last room; its permissions are the last to be made
        return
    from console.organizations.policies import sync_role_groups  # noqa: PLC0415  # models load after the apps

    for organization in apps.get_model("organizations", "Organization").objects.all():
        sync_role_groups(organization)
