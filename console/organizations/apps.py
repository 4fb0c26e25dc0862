"""The Django app of people, organizations and rights."""

from django.apps import AppConfig


class OrganizationsConfig(AppConfig):
    """People, organizations and rights."""

    name = "console.organizations"
    label = "organizations"
    verbose_name = "Organizations"
